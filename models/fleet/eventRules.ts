import { holmCorrected } from '#models/statistics/holm.ts';
import { shareOf } from '#models/statistics/wilson.ts';
import type { UnitEvent } from '../health/failure/failureRecords.ts';

/** Events of a fleet, and the failures that they may precede; all times in one unit. */
export interface EventHistory {
  events: ReadonlyMap<string, readonly UnitEvent[]>;
  failures: ReadonlyMap<string, readonly UnitEvent[]>;
  /** When each unit was observed. */
  from: number;
  to: number;
}

/** Events, in this order if `ordered`, that are followed by a failure. */
export interface EventRule {
  events: string[];
  ordered: boolean;
  failure: string;
  /** Number of occurrences, no two of one unit within a horizon, and how many a failure followed within one. */
  occurrences: number;
  followed: number;
  /** Followed occurrences as a part of all horizons observed. */
  support: number;
  /** Part of the failures that it preceded. */
  coverage: number;
  /** Part of the occurrences that a failure followed, with its 95 % interval. */
  confidence: number;
  low: number;
  high: number;
  /** Confidence over the chance of a failure within a horizon of a random time of the same units. */
  lift: number;
  /** Chance of as many failures after random times of the same units, with Holm's correction for all rules tried. */
  p: number;
}

/** Minimum number of occurrences for a rule. */
const MIN_OCCURRENCES = 5;
const P_LIMIT = 0.01;
const MIN_LIFT = 1.5;
/** Only the most frequent kinds of events are considered, at most this many. */
const MAX_KINDS = 40;

interface Antecedent {
  events: string[];
  ordered: boolean;
}

/**
 * Associations and sequences of events before failures: single kinds, pairs within a horizon, and pairs in their order.
 * Occurrences of one unit that lie closer than a horizon count once. The test compares failures after occurrences with
 * failures after random times of the same units (Poisson-binomial law), so that units with frequent failures and many
 * events make no rule; Holm's correction counts every rule tried.
 * Source of the measures: Agrawal, Imielinski & Swami, SIGMOD 1993; Brin et al., SIGMOD 1997 (lift).
 * @param horizon in the unit of the times; a failure at the time of an event does not follow it.
 */
export function eventRules(history: EventHistory, horizon: number): { rules: EventRule[]; tried: number } {
  const antecedents = antecedentsOf(history);
  const kinds = [...new Set([...history.failures.values()].flatMap((own) => own.map((f) => f.kind)))].sort();
  const times = antecedents.map((one) => occurrencesOf(history, one, horizon));
  const all = kinds.flatMap((failure) => {
    const outcome = outcomeOf(history, failure, horizon);
    return antecedents.flatMap((antecedent, i) => {
      const rule = judged(antecedent, times[i], outcome, history, horizon);
      return rule ? [rule] : [];
    });
  });
  const p = holmCorrected(all.map((rule) => rule.p));
  const corrected = [...all.keys()].sort((a, b) => all[a].p - all[b].p).map((i) => ({ ...all[i], p: p[i] }));
  const certain = corrected.filter((rule) => rule.p < P_LIMIT && rule.lift >= MIN_LIFT);
  return { rules: certain.filter((rule) => !isRedundant(rule, all)), tried: all.length };
}

/** @returns a history observed from its first event or failure to its last. */
export function historyOf(
  events: ReadonlyMap<string, readonly UnitEvent[]>,
  failures: ReadonlyMap<string, readonly UnitEvent[]>,
): EventHistory {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const own of [...events.values(), ...failures.values()])
    for (const { time } of own) [from, to] = [Math.min(from, time), Math.max(to, time)];
  return { events, failures, from, to };
}

function antecedentsOf({ events }: EventHistory): Antecedent[] {
  const counts = new Map<string, number>();
  for (const own of events.values()) for (const { kind } of own) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts]
    .filter(([, count]) => count >= MIN_OCCURRENCES)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_KINDS)
    .map(([kind]) => kind)
    .sort();
  const pairs = kinds.flatMap((a, i) => kinds.slice(i + 1).map((b) => [a, b]));
  return [
    ...kinds.map((kind) => ({ events: [kind], ordered: false })),
    ...pairs.map((pair) => ({ events: pair, ordered: false })),
    ...pairs.flatMap(([a, b]) => [
      { events: [a, b], ordered: true },
      { events: [b, a], ordered: true },
    ]),
  ];
}

/** By unit, the times at which the rule's events are complete, a horizon or more apart. */
function occurrencesOf({ events }: EventHistory, { events: required, ordered }: Antecedent, horizon: number) {
  const found = new Map<string, number[]>();
  for (const [unit, own] of events) {
    const times: number[] = [];
    const [first, second] = required;
    let [lastFirst, lastSecond] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { time, kind } of own) {
      const isFirst = kind === first;
      if (!isFirst && kind !== second) continue;
      if (isFirst) lastFirst = time;
      else lastSecond = time;
      const together =
        second === undefined ||
        (ordered
          ? !isFirst && time > lastFirst && time - lastFirst <= horizon
          : Math.abs(lastFirst - lastSecond) <= horizon);
      if (together && time - (times.at(-1) ?? Number.NEGATIVE_INFINITY) >= horizon) times.push(time);
    }
    if (times.length > 0) found.set(unit, times);
  }
  return found;
}

interface Outcome {
  failure: string;
  times: ReadonlyMap<string, number[]>;
  total: number;
  /** For each unit, the part of its time within a horizon before a failure. */
  rates: ReadonlyMap<string, number>;
}

function outcomeOf({ failures, from, to }: EventHistory, failure: string, horizon: number): Outcome {
  const times = new Map<string, number[]>();
  const rates = new Map<string, number>();
  let total = 0;
  for (const [unit, own] of failures) {
    const at = own.filter((f) => f.kind === failure).map((f) => f.time);
    if (at.length === 0) continue;
    total += at.length;
    times.set(unit, at);
    const covered = at.reduce((sum, time, i) => sum + Math.min(horizon, time - Math.max(from, at[i - 1] ?? from)), 0);
    rates.set(unit, Math.min(1, covered / (to - from)));
  }
  return { failure, times, total, rates };
}

function judged(
  antecedent: Antecedent,
  occurrences: ReadonlyMap<string, number[]>,
  { failure, times, total, rates }: Outcome,
  { events, failures, from, to }: EventHistory,
  horizon: number,
): EventRule | null {
  const chances: number[] = [];
  let [followed, preceded] = [0, 0];
  for (const [unit, own] of occurrences) {
    const ends = times.get(unit) ?? [];
    // The outcome of the latest occurrences is not known yet.
    const known = own.filter((time) => time + horizon <= to);
    for (const time of known) {
      chances.push(rates.get(unit) ?? 0);
      if (ends.some((end) => end > time && end <= time + horizon)) followed++;
    }
    preceded += ends.filter((end) => own.some((time) => end > time && end <= time + horizon)).length;
  }
  const n = chances.length;
  if (n < MIN_OCCURRENCES) return null;
  const expected = chances.reduce((a, b) => a + b, 0);
  const units = new Set([...events.keys(), ...failures.keys()]).size;
  const confidence = followed / n;
  const { low = 0, high = 1 } = shareOf(followed, n);
  return {
    ...antecedent,
    failure,
    occurrences: n,
    followed,
    support: followed / ((units * (to - from)) / horizon),
    coverage: preceded / total,
    confidence,
    low,
    high,
    lift: expected > 0 ? followed / expected : 0,
    p: tailOf(chances, followed),
  };
}

/** Chance that `k` or more of independent events with these chances occur: the Poisson-binomial law, by recursion. */
export function tailOf(chances: readonly number[], k: number): number {
  if (k === 0) return 1;
  // Counts below k, and k or more.
  const below = new Float64Array(k);
  below[0] = 1;
  let beyond = 0;
  for (const p of chances) {
    beyond += below[k - 1] * p;
    for (let j = k - 1; j > 0; j--) below[j] = below[j] * (1 - p) + below[j - 1] * p;
    below[0] *= 1 - p;
  }
  return beyond;
}

/** Whether a rule of two events is no more certain than a simpler one; a few of many pairs look better by chance. */
function isRedundant(rule: EventRule, all: readonly EventRule[]): boolean {
  const simpler = all.filter(
    (other) =>
      other.failure === rule.failure &&
      !other.ordered &&
      other.events.every((event) => rule.events.includes(event)) &&
      (other.events.length < rule.events.length || rule.ordered),
  );
  return simpler.some(
    ({ confidence }) => tailOf(new Array(rule.occurrences).fill(confidence), rule.followed) * all.length > P_LIMIT,
  );
}
