import type { PeriodKind } from '#models/supply/periods.ts';
import type { Depot } from './repairLoop.ts';
import type { Segment } from './segments.ts';
import type { StockTarget } from './stockPolicy.ts';
import type { TransferRules } from './transfers.ts';

export interface PlanSettings {
  /** `2026-01-31`. */
  today: string;
  period: PeriodKind;
  /** Number of forecast periods shown. */
  horizon: number;
  /** Days between reviews. */
  reviewDays: number;
  /** Default for items without a target. */
  target: StockTarget;
  /** By segment, for items without a target; absent: `target`. */
  segmentTargets?: Partial<Record<Segment, StockTarget>>;
  /** Mean life of a part without records. */
  usualLifeDays: number;
  /** Yearly holding cost as a share of the unit cost, for items without a rate. */
  holdingRateAYear: number;
  /** Money for orders now; null: no limit. */
  budget: number | null;
  /** The site that repairs for all others; absent: each repairs its own. */
  depot?: Depot;
  /** Transfers between sites; absent: none are proposed. */
  transfers?: TransferRules;
  /** Of all amounts; absent: unknown. */
  currency?: string;
}

/** Quantile levels of the fan that is shown and stored. */
export const FAN_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
