import type { Contribution } from '#models/contracts/health.ts';

export type Score =
  | { assessable: true; index: number; contributions: Contribution[] }
  | { assessable: false; reason: string; remedy: string };

/**
 * Judges rows of features of one point against that point's own past. An index of 1 is the alert limit.
 * `score` never changes what the detector knows; `learn` does; `snapshot` can be given to the constructor to go on.
 */
export interface Detector {
  score(row: readonly number[]): Score;
  learn(row: readonly number[]): void;
  snapshot(): Float64Array;
}
