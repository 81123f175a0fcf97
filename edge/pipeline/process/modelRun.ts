import { freshState, type ProcessModel } from '#models/health/process/processModel.ts';
import type { ProcessScore, ProcessState } from '#models/health/process/processState.ts';
import {
  MAX_FAILURES,
  MAX_ROW_MS,
  MIN_COMPARED,
  STALE_MS,
  STALE_STEPS,
  WORSE_FRACTION,
  WORSE_ROWS,
} from '../judgement.ts';

/** Statistics of a model since it got its role. */
export interface ModelRunState {
  state: ProcessState;
  /** Time of the last judged row, and the shortest step between rows; absent before the first. */
  lastMs?: number;
  stepMs?: number;
  rows: number;
  over: number;
  failures: number;
  /** Consecutive failed batches. */
  failing: number;
  /** Counts of the model it is compared with over the same rows: the active one, or the previous one. */
  beside: { rows: number; over: number };
  ms: number;
  runtime?: string;
}

export function createRun(model: ProcessModel): ModelRunState {
  return { state: freshState(model), rows: 0, over: 0, failures: 0, failing: 0, ms: 0, beside: { rows: 0, over: 0 } };
}

export function countExceedances(scores: readonly (ProcessScore | null)[]): number {
  return scores.filter((score) => score !== null && score.index > 1).length;
}

/** Why a run is worse than the one it is compared with; null if it is not. */
export function findRegression(run: ModelRunState): string | null {
  if (run.failing >= MAX_FAILURES) return `it failed ${run.failing} times in a row`;
  const { beside } = run;
  if (run.rows < MIN_COMPARED) return null;
  const ms = run.ms / run.rows;
  if (ms > MAX_ROW_MS) return `it takes ${ms.toFixed(0)} ms a row`;
  if (beside.rows === 0) return null;
  const expectedOver = (beside.over / beside.rows) * run.rows;
  if (run.over - expectedOver < Math.max(WORSE_ROWS, WORSE_FRACTION * run.rows)) return null;
  return `it calls ${run.over} of ${run.rows} rows unlike its training, the other model ${Math.round(expectedOver)}`;
}

/** Whether a model's smoothed state is too old for a row of this time. */
export function isStale({ lastMs, stepMs = 0 }: Pick<ModelRunState, 'lastMs' | 'stepMs'>, timeMs: number): boolean {
  return lastMs !== undefined && timeMs - lastMs > Math.max(STALE_MS, STALE_STEPS * stepMs);
}

/** The state with which a model continues after a gap. */
export function afterGap(model: ProcessModel, { members }: ProcessState): ProcessState {
  return { ...freshState(model), ...(members ? { members, follows: 'gap' } : {}) };
}

/** Records the times of assessed rows. */
export function recordTimes(run: ModelRunState, timesMs: readonly number[]): void {
  for (const timeMs of timesMs) {
    if (run.lastMs !== undefined && timeMs > run.lastMs)
      run.stepMs = Math.min(run.stepMs ?? Number.POSITIVE_INFINITY, timeMs - run.lastMs);
    run.lastMs = timeMs;
  }
}
