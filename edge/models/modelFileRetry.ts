import { statSync } from 'node:fs';
import { NotReadyError } from '../pipeline/process/trial.ts';

const RETRY_MS = 10_000;

/** When a model file is looked at again. */
export class ModelFileRetry {
  /** Null: it was taken, or had been before. */
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

  /** One that was refused waits for another file, a machine that has not run enough for a moment. */
  static refused(file: string, error: unknown, nowMs: number): ModelFileRetry {
    const why = error instanceof Error ? error.message : String(error);
    return new ModelFileRetry(file, why, error instanceof NotReadyError ? nowMs + RETRY_MS : Number.POSITIVE_INFINITY);
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs || modifiedMs(this.#file) !== this.#modifiedMs;
  }
}

/** Null: it is not there, as when a stick was pulled out. */
function modifiedMs(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
