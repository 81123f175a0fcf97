import { statSync } from 'node:fs';
import { NotYet } from '../pipeline/trial.ts';

const AGAIN_MS = 10_000;

/** When a model file is looked at again. */
export class ModelFileWait {
  /** Null: it was taken, or had been before. */
  readonly why: string | null;
  readonly #file: string;
  readonly #changedMs: number | null;
  readonly #dueMs: number;

  private constructor(file: string, why: string | null, dueMs: number) {
    this.#file = file;
    this.why = why;
    this.#dueMs = dueMs;
    this.#changedMs = changedMs(file);
  }

  static settled(file: string): ModelFileWait {
    return new ModelFileWait(file, null, Number.POSITIVE_INFINITY);
  }

  /** One that was refused waits for another file, a machine that has not run enough for a moment. */
  static refused(file: string, error: unknown, nowMs: number): ModelFileWait {
    const why = error instanceof Error ? error.message : String(error);
    return new ModelFileWait(file, why, error instanceof NotYet ? nowMs + AGAIN_MS : Number.POSITIVE_INFINITY);
  }

  due(nowMs: number): boolean {
    return nowMs >= this.#dueMs || changedMs(this.#file) !== this.#changedMs;
  }
}

/** Null: it is not there, as when a stick was pulled out. */
function changedMs(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
