import type { ProcessModel, ProcessScore, ProcessState } from '#models/health/process/processModel.ts';

/** Rows of one machine for one model. */
export interface HostJob {
  /** The model's package. */
  id: string;
  model: ProcessModel;
  rows: number[][];
  state: ProcessState;
}

export type HostResult =
  | {
      ok: true;
      /** Null: too few rows before it yet. */
      scores: (ProcessScore | null)[];
      state: ProcessState;
      /** Time that it took. */
      ms: number;
      runtime: string;
    }
  | { ok: false; why: 'failed' | 'too_slow' | 'crashed'; detail: string };

/** Runs models away from the thread that reads the network; whatever they do, an answer comes in bounded time. */
export interface ModelHost {
  run(jobs: readonly HostJob[]): Promise<HostResult[]>;
  stop(): Promise<void>;
}
