import type { AlarmLimit, Contribution } from '#models/contracts/health.ts';

export type Score =
  | { assessable: true; index: number; contributions: Contribution[]; limit?: AlarmLimit }
  | Unassessable;
export interface Unassessable {
  assessable: false;
  reason: string;
  remedy: string;
}

/** While it learns from rows of its own. @param left rows that are still to come. */
export function stillLearning(left: number): Unassessable {
  return { assessable: false, reason: 'learning what rows are normal', remedy: `${left} more rows` };
}

/**
 * Judges rows against those that it learned first: features of one point, or values of several channels. An index of 1 is
 * the alert limit. `score` never changes what the detector knows; `learn` does, and never takes a fault for normal;
 * `snapshot` is plain data that can be given to the constructor to go on.
 */
export interface Detector<Snapshot = Float64Array> {
  /** @param timeMs end of the row; only detectors that know days use it. */
  score(row: ArrayLike<number>, timeMs?: number): Score;
  learn(row: ArrayLike<number>, timeMs?: number): void;
  snapshot(): Snapshot;
}
