import { groupedBy } from '../groupedBy.ts';
import { median } from '../health/statistics.ts';
import type { MachineCosts } from './valueLedger.ts';

/** The health index of a machine over time; 1 is the limit in force at the time. */
export interface IndexHistory {
  machine: string;
  /** Milliseconds since 1970, rising. */
  timeMs: ArrayLike<number>;
  /** Largest index of each interval. */
  index: ArrayLike<number>;
}

/** When an alert is raised. */
export interface AlertRule {
  /** In multiples of the limit in force. */
  limit: number;
  /** Time that the index must stay above the limit; 0: two consecutive intervals. */
  persistMs: number;
}

/** What a rule would have done over a history. */
export interface LimitTrial {
  limit: number;
  persistMinutes: number;
  /** Alerts that it would have raised. */
  raised: number;
  /** Alerts that no failure followed. */
  falseAlerts: number;
  /** False alerts per machine and month of 30 days; null: the histories cover no time. */
  falsePerMachineMonth: number | null;
  /** Failures with an alert early enough to plan a stop. */
  foretold: number;
  /** Failures without an alert, or with one that came too late. */
  missed: number;
  /** Median time from alert to failure of those predicted, in hours; null: none. */
  leadTimeH: number | null;
  /** A planned stop for each predicted failure, an unplanned one for each other, and a visit for each false alert. */
  cost: number;
}

export interface TrialSettings {
  /** An alert at most this long before a failure predicts it. */
  horizonMs: number;
  /** Time needed to plan a stop. */
  noticeMs: number;
  /** An alert returns below this part of its limit. */
  hysteresis: number;
}

/** Defaults: multiples of the current limit, and minutes that the index must stay above it. */
export const TRIED = { limits: [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4], persistMinutes: [0, 24 * 60] };

const HOUR_MS = 3_600_000;
export const TRIAL_SETTINGS: TrialSettings = { horizonMs: 90 * 24 * HOUR_MS, noticeMs: 24 * HOUR_MS, hysteresis: 0.8 };
/** An excursion becomes an alert at its second interval: a single one is an outlier. */
const MIN_INTERVALS = 2;

/**
 * What each of several alert rules would have done over stored history, given the failures during that time. Pure.
 * @param failures times of failures, by machine.
 * @throws RangeError for a limit that is not positive.
 */
export function tryLimits(
  histories: readonly IndexHistory[],
  failures: ReadonlyMap<string, readonly number[]>,
  rules: readonly AlertRule[],
  costsOf: (machine: string) => MachineCosts,
  settings: TrialSettings = TRIAL_SETTINGS,
): LimitTrial[] {
  const months = histories.reduce((sum, history) => sum + spanMs(history), 0) / (30 * 24 * HOUR_MS);
  return rules.map((rule) => {
    if (!(rule.limit > 0)) throw new RangeError(`a limit of ${rule.limit} is not positive`);
    const parts = histories.map((history) =>
      tryLimit(history, recorded(history, failures), rule, costsOf(history.machine), settings),
    );
    const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + of(part), 0);
    const leads = parts.flatMap(({ leadsMs }) => leadsMs);
    return {
      limit: rule.limit,
      persistMinutes: rule.persistMs / 60_000,
      raised: sum((p) => p.raised),
      falseAlerts: sum((p) => p.falseAlerts),
      falsePerMachineMonth: months > 0 ? sum((p) => p.falseAlerts) / months : null,
      foretold: leads.length,
      missed: sum((p) => p.missed),
      leadTimeH: leads.length === 0 ? null : median(leads) / HOUR_MS,
      cost: sum((p) => p.cost),
    };
  });
}

/**
 * The trial of least cost. Of several with equal cost, the middle one of the persistence that has most of them: few
 * failures leave a wide choice, and a limit at its edge is the first to fail on other machines. Null if all cost the
 * same. Pure.
 */
export function findCheapest(trials: readonly LimitTrial[]): LimitTrial | null {
  const least = Math.min(...trials.map(({ cost }) => cost));
  if (!trials.some(({ cost }) => cost > least)) return null;
  const cheapest = trials.filter(({ cost }) => cost === least);
  const groups = [...groupedBy(cheapest, ({ persistMinutes }) => String(persistMinutes)).values()];
  const [widest] = groups.toSorted((a, b) => b.length - a.length);
  return widest.toSorted((a, b) => a.limit - b.limit)[Math.floor(widest.length / 2)];
}

/**
 * The trial that finds most within a budget of false alerts; of several, the one with the fewest. Null: none fits.
 * Pure.
 */
export function withinBudget(trials: readonly LimitTrial[], falsePerMachineMonth: number): LimitTrial | null {
  const within = trials.filter((t) => (t.falsePerMachineMonth ?? Number.POSITIVE_INFINITY) <= falsePerMachineMonth);
  const best = within.toSorted((a, b) => b.foretold - a.foretold || a.falseAlerts - b.falseAlerts || b.limit - a.limit);
  return best[0] ?? null;
}

const spanMs = ({ timeMs }: IndexHistory): number => (timeMs.length === 0 ? 0 : timeMs[timeMs.length - 1] - timeMs[0]);

/** Failures of a machine while its history was recorded: no limit could have predicted earlier ones. */
function recorded({ machine, timeMs }: IndexHistory, failures: ReadonlyMap<string, readonly number[]>): number[] {
  const fromMs = timeMs[0] ?? Number.POSITIVE_INFINITY;
  return (failures.get(machine) ?? []).filter((failedMs) => failedMs >= fromMs);
}

function tryLimit(
  history: IndexHistory,
  failures: readonly number[],
  rule: AlertRule,
  costs: MachineCosts,
  settings: TrialSettings,
) {
  const raises = raisesOf(history, rule, settings.hysteresis);
  const { horizonMs, noticeMs } = settings;
  const predicts = (raisedMs: number, failedMs: number) => raisedMs <= failedMs && failedMs - raisedMs <= horizonMs;
  const falseAlerts = raises.filter((raisedMs) => !failures.some((failedMs) => predicts(raisedMs, failedMs))).length;
  const leadsMs = failures.flatMap((failedMs) => {
    const first = raises.find((raisedMs) => predicts(raisedMs, failedMs));
    return first !== undefined && failedMs - first >= noticeMs ? [failedMs - first] : [];
  });
  const missed = failures.length - leadsMs.length;
  const cost = leadsMs.length * costs.plannedStop + missed * costs.unplannedStop + falseAlerts * costs.inspection;
  return { raised: raises.length, falseAlerts, leadsMs, missed, cost };
}

/** Times at which excursions above a limit became alerts, milliseconds. */
function raisesOf({ timeMs, index }: IndexHistory, { limit, persistMs }: AlertRule, hysteresis: number): number[] {
  const raises: number[] = [];
  let [over, sinceMs, isRaised] = [0, 0, false];
  for (let i = 0; i < index.length; i++) {
    over = index[i] >= limit ? over + 1 : 0;
    if (over === 1) sinceMs = timeMs[i];
    if (!isRaised && over >= MIN_INTERVALS && timeMs[i] - sinceMs >= persistMs) {
      isRaised = true;
      raises.push(timeMs[i]);
    } else if (isRaised && index[i] < limit * hysteresis) isRaised = false;
  }
  return raises;
}
