import { median } from '#models/health/statistics.ts';
import { type Share, shareOf } from '#models/statistics/wilson.ts';

/** An alert with a finding. */
export interface JudgedAlert {
  rule: string;
  finding: 'confirmed' | 'false_alarm' | 'nothing_found';
  /** Milliseconds since 1970. */
  raisedAtMs: number;
  foundAtMs: number;
}

/** An unplanned failure of a machine, as maintenance recorded it. */
export interface RecordedFailure {
  machine: string;
  atMs: number;
}

export interface TrackRecord {
  /** What raised the alerts: the kind of evidence, and the fault it named. */
  rule: string;
  /** Number of alerts with a finding. */
  alerts: number;
  findings: { confirmed: number; false_alarm: number; nothing_found: number };
  /** Confirmed share of those with a finding, with a 95 % interval. */
  precision: Share;
  /** Median time from the raise to the confirming finding, in hours; null if none was confirmed. */
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

/** An alert within this time before a failure predicted it. */
const PREDICTION_WINDOW_MS = 90 * 24 * HOUR_MS;

/**
 * Failures that no alert of their machine predicted. Pure.
 * @param raises times of alerts not found to be false, by machine, in any order.
 */
export function findMisses(
  failures: readonly RecordedFailure[],
  raises: ReadonlyMap<string, readonly number[]>,
): RecordedFailure[] {
  return failures.filter((failure) => warningMs(failure, raises) === null);
}

/** Days from the first predicting alert to the failure, for each failure that was predicted. Pure. */
export function warningDays(
  failures: readonly RecordedFailure[],
  raises: ReadonlyMap<string, readonly number[]>,
): number[] {
  return failures.flatMap((failure) => {
    const ms = warningMs(failure, raises);
    return ms === null ? [] : [ms / (24 * HOUR_MS)];
  });
}

/** Null: no alert predicted the failure. */
function warningMs({ machine, atMs }: RecordedFailure, raises: ReadonlyMap<string, readonly number[]>): number | null {
  const before = (raises.get(machine) ?? []).filter(
    (raisedMs) => raisedMs <= atMs && atMs - raisedMs <= PREDICTION_WINDOW_MS,
  );
  return before.length === 0 ? null : atMs - Math.min(...before);
}
