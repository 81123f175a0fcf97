import { median } from '../health/statistics.ts';
import type { MachineCosts } from './valueLedger.ts';

/** The health index of a machine over time; 1 is the limit that was in force. */
export interface IndexHistory {
  machine: string;
  /** Milliseconds since 1970, rising. */
  timeMs: ArrayLike<number>;
  /** Largest index of each interval. */
  index: ArrayLike<number>;
}

/** What an alert limit would have done over a history. */
export interface LimitTrial {
  /** In units of the limit that was in force. */
  limit: number;
  /** Alerts that it would have raised. */
  raised: number;
  /** Of these: before no failure. */
  falseAlerts: number;
  /** Failures with an alert early enough to plan a stop. */
  foretold: number;
  /** Failures without, or too late. */
  missed: number;
  /** Median time from alert to failure of those foretold, in hours; null: none. */
  leadTimeH: number | null;
  /** Planned stops of failures foretold, unplanned ones of the others, and a visit for each false alert. */
  cost: number;
}

export interface TrialSettings {
  /** An alert so long before a failure foretells it. */
  horizonMs: number;
  /** Planning a stop takes so long. */
  noticeMs: number;
  /** Below this part of its limit an alert returns. */
  hysteresis: number;
}

const HOUR_MS = 3_600_000;
export const TRIAL_SETTINGS: TrialSettings = { horizonMs: 90 * 24 * HOUR_MS, noticeMs: 24 * HOUR_MS, hysteresis: 0.8 };
/** An excursion is an alert from its second interval on: one alone is an outlier. */
const LEAST_INTERVALS = 2;

/**
 * What each of several alert limits would have done over stored history, beside the failures that came while it was
 * recorded. Pure.
 * @param failures times of failures, by machine.
 * @throws RangeError for a limit that is not positive.
 */
export function tryLimits(
  histories: readonly IndexHistory[],
  failures: ReadonlyMap<string, readonly number[]>,
  limits: readonly number[],
  costsOf: (machine: string) => MachineCosts,
  settings: TrialSettings = TRIAL_SETTINGS,
): LimitTrial[] {
  return limits.map((limit) => {
    if (!(limit > 0)) throw new RangeError(`a limit of ${limit} is not positive`);
    const parts = histories.map((history) =>
      tryLimit(history, recorded(history, failures), limit, costsOf(history.machine), settings),
    );
    const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + of(part), 0);
    const leads = parts.flatMap(({ leadsMs }) => leadsMs);
    return {
      limit,
      raised: sum((p) => p.raised),
      falseAlerts: sum((p) => p.falseAlerts),
      foretold: leads.length,
      missed: sum((p) => p.missed),
      leadTimeH: leads.length === 0 ? null : median(leads) / HOUR_MS,
      cost: sum((p) => p.cost),
    };
  });
}

/** The trial that costs least; of several the highest limit. Null where all cost the same. Pure. */
export function cheapest(trials: readonly LimitTrial[]): LimitTrial | null {
  const byCost = trials.toSorted((a, b) => a.cost - b.cost || b.limit - a.limit);
  return byCost.length > 1 && byCost[0].cost < byCost[byCost.length - 1].cost ? byCost[0] : null;
}

/** Failures of a machine while its history was recorded: no limit could have foretold those before. */
function recorded({ machine, timeMs }: IndexHistory, failures: ReadonlyMap<string, readonly number[]>): number[] {
  const fromMs = timeMs[0] ?? Number.POSITIVE_INFINITY;
  return (failures.get(machine) ?? []).filter((failedMs) => failedMs >= fromMs);
}

function tryLimit(
  history: IndexHistory,
  failures: readonly number[],
  limit: number,
  costs: MachineCosts,
  settings: TrialSettings,
) {
  const raises = raisesOf(history, limit, settings.hysteresis);
  const { horizonMs, noticeMs } = settings;
  const foretells = (raisedMs: number, failedMs: number) => raisedMs <= failedMs && failedMs - raisedMs <= horizonMs;
  const falseAlerts = raises.filter((raisedMs) => !failures.some((failedMs) => foretells(raisedMs, failedMs))).length;
  const leadsMs = failures.flatMap((failedMs) => {
    const first = raises.find((raisedMs) => foretells(raisedMs, failedMs));
    return first !== undefined && failedMs - first >= noticeMs ? [failedMs - first] : [];
  });
  const missed = failures.length - leadsMs.length;
  const cost = leadsMs.length * costs.plannedStop + missed * costs.unplannedStop + falseAlerts * costs.inspection;
  return { raised: raises.length, falseAlerts, leadsMs, missed, cost };
}

/** When excursions over a limit became alerts, milliseconds. */
function raisesOf({ timeMs, index }: IndexHistory, limit: number, hysteresis: number): number[] {
  const raises: number[] = [];
  let [over, isRaised] = [0, false];
  for (let i = 0; i < index.length; i++) {
    over = index[i] >= limit ? over + 1 : 0;
    if (!isRaised && over >= LEAST_INTERVALS) {
      isRaised = true;
      raises.push(timeMs[i]);
    } else if (isRaised && index[i] < limit * hysteresis) isRaised = false;
  }
  return raises;
}
