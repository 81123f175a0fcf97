import type { PeriodKind } from '#models/supply/periods.ts';
import type { Depot } from './repairLoop.ts';
import type { Segment } from './segments.ts';
import type { StockTarget } from './stockPolicy.ts';
import type { TransferRules } from './transfers.ts';

export interface PlanSettings {
  /** `2026-01-31`. */
  today: string;
  period: PeriodKind;
  /** Periods ahead that are shown. */
  horizon: number;
  /** Days between two chances to order. */
  reviewDays: number;
  /** Of items that name none. */
  target: StockTarget;
  /** Of items of a segment that name none; absent: `target`. */
  segmentTargets?: Partial<Record<Segment, StockTarget>>;
  /** Life of a part without records. */
  usualLifeDays: number;
  /** Part of a unit's cost that holding it for a year costs, of items that name none. */
  holdingRateAYear: number;
  /** Money for orders now; null: all that are needed. */
  budget: number | null;
  /** The site that repairs for all others; absent: each repairs its own. */
  depot?: Depot;
  /** Transfers between sites; absent: none are proposed. */
  transfers?: TransferRules;
  /** Of all sums; absent: not told. */
  currency?: string;
}

/** Levels of the fan that is shown and stored. */
export const FAN_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
