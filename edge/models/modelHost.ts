import type { OwnMembers } from '#models/health/process/ownMembers.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { ProcessScore, ProcessState } from '#models/health/process/processState.ts';

/** Rows of one machine for one model. */
export interface HostJob {
  /** The model's package. */
  id: string;
  model: ProcessModel;
  /** Detectors that judge beside a machine's own model. */
  members?: OwnMembers;
  rows: number[][];
  state: ProcessState;
}

export type HostResult =
  | {
      ok: true;
      /** Null: still too few rows before it. */
      scores: (ProcessScore | null)[];
      state: ProcessState;
      /** Computing time. */
      ms: number;
      runtime: string;
    }
  | { ok: false; why: 'failed' | 'too_slow' | 'crashed'; detail: string };

/** Normal rows for training a model. */
export interface LearnRequest {
  channels: string[];
  rows: number[][];
  /** Rows that follow a gap. */
  starts: number[];
  /** Channels that describe how the machine is operated. */
  context: string[];
  /** Per channel: a change that is normal beyond what the training shows, in the channel's unit. */
  normalChanges: Record<string, number>;
}

export type LearnResult = { ok: true; model: ProcessModel; members: OwnMembers } | { ok: false; why: string };

/** Runs models off the thread that reads the network; every call returns in bounded time. */
export interface ModelHost {
  /** How often the process that runs them ended. */
  readonly restarts: number;
  run(jobs: readonly HostJob[]): Promise<HostResult[]>;
  learn(request: LearnRequest): Promise<LearnResult>;
  stop(): Promise<void>;
}
