import { statSync } from 'node:fs';
import { NotReadyError } from '../pipeline/process/trial.ts';

const RETRY_MS = 10_000;

/** Decides when a model file is retried. */
export class ModelFileRetry {
  /** Null: it was installed, now or before. */
  readonly why: string | null;
  readonly #file: string;
  readonly #modifiedMs: number | null;
  readonly #dueMs: number;

  private constructor(file: string, why: string | null, dueMs: number) {
    this.#file = file;
    this.why = why;
    this.#dueMs = dueMs;
    this.#modifiedMs = modifiedMs(file);
  }

  static settled(file: string): ModelFileRetry {
    return new ModelFileRetry(file, null, Number.POSITIVE_INFINITY);
  }

  /** A refused file is retried when it changes; a machine with too little history, after a while. */
  static refused(file: string, error: unknown, nowMs: number): ModelFileRetry {
    const why = error instanceof Error ? error.message : String(error);
    return new ModelFileRetry(file, why, error instanceof NotReadyError ? nowMs + RETRY_MS : Number.POSITIVE_INFINITY);
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs || modifiedMs(this.#file) !== this.#modifiedMs;
  }
}

/** Null: the file is missing, for example because a memory stick was removed. */
function modifiedMs(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
