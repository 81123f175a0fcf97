import type { AlarmLimit, Contribution } from '#models/contracts/health.ts';

export type Score =
  | { assessable: true; index: number; contributions: Contribution[]; limit?: AlarmLimit }
  | Unassessable;
export interface Unassessable {
  assessable: false;
  reason: string;
  remedy: string;
}

/**
 * The score while a detector is learning.
 * @param left rows that are still needed.
 */
export function stillLearning(left: number): Unassessable {
  return { assessable: false, reason: 'learning what rows are normal', remedy: `${left} more rows` };
}

/**
 * Scores rows against a learned baseline: features of one point, or values of several channels. An index of 1 is the
 * alert limit. `score` does not change the detector; `learn` does, and does not learn faults; `snapshot` is plain data
 * from which the constructor restores the detector.
 */
export interface Detector<Snapshot = Float64Array> {
  /** @param timeMs end of the row; only detectors that know days use it. */
  score(row: ArrayLike<number>, timeMs?: number): Score;
  learn(row: ArrayLike<number>, timeMs?: number): void;
  snapshot(): Snapshot;
}
