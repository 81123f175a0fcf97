import type { Method } from '#models/demand/forecasters.ts';
import { type Measures, measuresOf } from '#models/demand/measures.ts';
import type { Tracked } from '#models/demand/replaceMethod.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { dayOf } from '#models/supply/dates.ts';
import type { SupplyRow } from '#models/supply/supplyTables.ts';
import type { EstimateOutcome } from './foresight.ts';
import { isForPart } from './installedBase.ts';
import type { Stream } from './machineOutlook.ts';
import { FAN_LEVELS } from './planSettings.ts';
import { type Recalibration, type Resolved, recalibrationOf } from './recalibration.ts';

/** A recorded chance of a machine's demand: its outcome recalibrates later ones. */
export interface ChanceForecast {
  day: number;
  item: string;
  machine: string;
  stream: Exclude<Stream, 'planned'>;
  /** Before any recalibration. */
  chance: number;
  horizonDays: number;
  /** Median remaining life of its alert; null: none. */
  saidDays: number | null;
}

/** A forecast of a period, made before any of its demand was known. */
export interface DemandForecast {
  item: string;
  site: string;
  class: string;
  period: number;
  mean: number;
  /** Mean as a planner overrode it; absent: nobody did. */
  overridden?: number;
  naive: number;
  /** At FAN_LEVELS. */
  fan: number[];
  /** Actual demand; null until the period ends. */
  actual: number | null;
}

/** Accuracy of the forecasts of one period and class. */
export interface PeriodMeasures {
  period: number;
  class: string;
  measures: Measures;
}

/** The method that replaced an item's usual one. */
export interface ReplacedMethod {
  item: string;
  site: string;
  method: Method;
  since: string;
  why: string;
}

/** What planning stores from one run to the next. */
export interface PlanMemory {
  chances: ChanceForecast[];
  demands: DemandForecast[];
  measures: PeriodMeasures[];
  methods: ReplacedMethod[];
  /** By `site/edge/asset`, the day from which a machine was watched. */
  watchedSince: Record<string, number>;
}

export const NO_MEMORY: PlanMemory = { chances: [], demands: [], measures: [], methods: [], watchedSince: {} };

/** Chances and demands older than this no longer count. */
const KEPT_DAYS = 1100;
const KEPT_PERIODS = 24;
const KEPT_MEASURES = 600;
/** Maintenance records may arrive a few days late. */
const GRACE_DAYS = 3;

type PartRemovals = ReadonlyMap<string, readonly number[]>;

/**
 * Replacement days of a machine's part, rising, by machine and item: the outcomes of chances. For a part that only some
 * failures need, these are all of the machine's failures.
 */
export function findRemovals(
  bom: readonly SupplyRow<'bom'>[],
  records: readonly SupplyRow<'maintenance'>[],
): PartRemovals {
  const days = new Map<string, number[]>();
  const byMachine = groupedBy(records, (r) => r.machine);
  for (const b of bom) {
    const own = (byMachine.get(b.machine) ?? []).filter((r) => r.kind !== 'planned' && isForPart(r, b));
    days.set(
      `${b.machine}\t${b.item}`,
      own.map((r) => dayOf(r.date)),
    );
  }
  for (const list of days.values()) list.sort((a, b) => a - b);
  return days;
}

/** Recalibration of each stream by its outcomes. Chances whose horizon has not passed do not count yet. */
export function recalibrations(
  chances: readonly ChanceForecast[],
  takings: PartRemovals,
  today: number,
): Map<Stream, Recalibration> {
  // Chances of one machine and horizon overlap: together they count as one.
  const resolved = [...groupedBy(chances, horizonKey).values()].flatMap((all) =>
    all
      .filter((t) => t.day + t.horizonDays + GRACE_DAYS <= today)
      .map((t): Resolved & { stream: Stream } => {
        const days = takings.get(`${t.machine}\t${t.item}`) ?? [];
        const came = days.some((d) => d > t.day && d <= t.day + t.horizonDays);
        return { stream: t.stream, chance: t.chance, came, weight: 1 / all.length };
      }),
  );
  const byStream = groupedBy(resolved, (r) => r.stream);
  return new Map([...byStream.values()].map((all) => [all[0].stream, recalibrationOf(all)]));
}

const horizonKey = (t: ChanceForecast) => `${t.machine}\t${t.item}\t${Math.floor(t.day / Math.max(1, t.horizonDays))}`;

/** Estimates of remaining life whose part has since been replaced. Those of one failure count as one. */
export function estimateOutcomes(chances: readonly ChanceForecast[], takings: PartRemovals): EstimateOutcome[] {
  const ended = chances.flatMap(({ saidDays, machine, item, day }) => {
    const endDay = (takings.get(`${machine}\t${item}`) ?? []).find((d) => d >= day);
    if (saidDays === null || endDay === undefined) return [];
    return [{ saidDays, cameDays: endDay - day, failure: `${machine}\t${item}\t${endDay}` }];
  });
  const failures = groupedBy(ended, (e) => e.failure);
  return [...failures.values()].flatMap((all) =>
    all.map(({ saidDays, cameDays }) => ({ saidDays, cameDays, weight: 1 / all.length })),
  );
}

/** Errors of an item's recorded forecasts with known outcomes. */
export function forecastErrorsOf(forecasts: readonly DemandForecast[]): Tracked {
  const completed = forecasts.filter((d) => d.actual !== null);
  return {
    mean: completed.map((d) => d.mean),
    naive: completed.map((d) => d.naive),
    actual: completed.map((d) => d.actual as number),
  };
}

/**
 * Memory with new outcomes: recorded forecasts get their actual demand, updated each time since records may arrive
 * late; and accuracy measures of those periods.
 * @param actualOf demand of an item in a completed period; null: not known yet.
 */
export function resolveDemands(
  memory: PlanMemory,
  actualOf: (item: string, site: string, period: number) => number | null,
): PlanMemory {
  const demands = memory.demands.map((d) => ({ ...d, actual: actualOf(d.item, d.site, d.period) }));
  const first = demands.reduce((least, d) => Math.min(least, d.period), Number.POSITIVE_INFINITY);
  const older = memory.measures.filter((m) => m.period < first);
  const came = demands.filter((d) => d.actual !== null);
  return { ...memory, demands, measures: [...older, ...measuresByClass(came)].slice(-KEPT_MEASURES) };
}

function measuresByClass(resolved: readonly DemandForecast[]): PeriodMeasures[] {
  const each = resolved.flatMap((d) => [d.class, 'all'].map((name) => ({ ...d, name })));
  const groups = groupedBy(each, (d) => `${d.period}\t${d.name}`);
  return [...groups.values()].flatMap((group) => {
    const [{ period, name }] = group;
    const measures = measuresOf(
      group.map((d) => ({
        actual: [d.actual as number],
        mean: [d.mean],
        naive: [d.naive],
        quantiles: fanByLevel(d.fan),
        scale: 0,
      })),
    );
    return measures ? [{ period, class: name, measures }] : [];
  });
}

const fanByLevel = (fan: readonly number[]) => Object.fromEntries(FAN_LEVELS.map((level, i) => [level, [fan[i]]]));

/** Drops entries that are too old to count. */
export function trimmedMemory(memory: PlanMemory, today: number, period: number): PlanMemory {
  return {
    ...memory,
    chances: memory.chances.filter((c) => c.day > today - KEPT_DAYS),
    demands: memory.demands.filter((d) => d.period > period - KEPT_PERIODS),
  };
}
