import { median } from '#models/health/statistics.ts';
import { type Share, shareOf } from '#models/statistics/wilson.ts';

/** An alert on which somebody has a finding. */
export interface JudgedAlert {
  rule: string;
  finding: 'confirmed' | 'false_alarm' | 'nothing_found';
  /** Milliseconds since 1970. */
  raisedAtMs: number;
  foundAtMs: number;
}

/** A failure of a machine that nobody planned, as maintenance recorded it. */
export interface RecordedFailure {
  machine: string;
  atMs: number;
}

export interface TrackRecord {
  /** What raised the alerts: the kind of evidence, and the fault that it named. */
  rule: string;
  /** With a finding. */
  alerts: number;
  findings: { confirmed: number; false_alarm: number; nothing_found: number };
  /** Confirmed of those with a finding, with a 95 % interval. */
  precision: Share;
  /** Median time from the raise to the confirming finding, in hours; null where none was confirmed. */
  leadTimeH: number | null;
}

const HOUR_MS = 3_600_000;

/**
 * How often the alerts of each rule were right, and how early. Pure.
 * @param judged the newest finding of each alert that has one.
 */
export function trackRecords(judged: readonly JudgedAlert[]): TrackRecord[] {
  return [...new Set(judged.map((j) => j.rule))].sort().map((rule) => {
    const own = judged.filter((j) => j.rule === rule);
    const count = (finding: JudgedAlert['finding']) => own.filter((j) => j.finding === finding).length;
    const confirmed = own.filter((j) => j.finding === 'confirmed');
    return {
      rule,
      alerts: own.length,
      findings: {
        confirmed: confirmed.length,
        false_alarm: count('false_alarm'),
        nothing_found: count('nothing_found'),
      },
      precision: shareOf(confirmed.length, own.length),
      leadTimeH:
        confirmed.length === 0 ? null : median(confirmed.map((j) => Math.max(0, j.foundAtMs - j.raisedAtMs) / HOUR_MS)),
    };
  });
}

/** An alert within so long before a failure foretold it. */
const PREDICTION_WINDOW_MS = 90 * 24 * HOUR_MS;

/**
 * Failures that no alert of their machine foretold. Pure.
 * @param raises of alerts that nobody found false, by machine; times in any order.
 */
export function findMisses(
  failures: readonly RecordedFailure[],
  raises: ReadonlyMap<string, readonly number[]>,
): RecordedFailure[] {
  return failures.filter((failure) => warningMs(failure, raises) === null);
}

/** Days from the first alert that foretold a failure to the failure, of each that was foretold. Pure. */
export function warningDays(
  failures: readonly RecordedFailure[],
  raises: ReadonlyMap<string, readonly number[]>,
): number[] {
  return failures.flatMap((failure) => {
    const ms = warningMs(failure, raises);
    return ms === null ? [] : [ms / (24 * HOUR_MS)];
  });
}

/** Null: no alert foretold the failure. */
function warningMs({ machine, atMs }: RecordedFailure, raises: ReadonlyMap<string, readonly number[]>): number | null {
  const before = (raises.get(machine) ?? []).filter(
    (raisedMs) => raisedMs <= atMs && atMs - raisedMs <= PREDICTION_WINDOW_MS,
  );
  return before.length === 0 ? null : atMs - Math.min(...before);
}
