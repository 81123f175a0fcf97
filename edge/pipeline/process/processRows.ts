import type { ProcessModel } from '#models/health/process/processModel.ts';
import { TRIAL_ROWS } from '../judgement.ts';
import { NotReadyError } from './trial.ts';

/** Rows kept for the trial of a new model and for drift detection. */
const RECENT_ROWS = 500;
/** Intervals that a point may lag behind the others. */
const OPEN_ROWS = 3;

/** The means of a machine's process values over one interval. */
export interface ProcessRow {
  interval: number;
  timeMs: number;
  values: ReadonlyMap<string, number>;
}

interface OpenRow extends ProcessRow {
  values: Map<string, number>;
}

/** Combines means of single points into rows of a machine. Not kept across a restart. */
export class ProcessRows {
  /** Rows that points may still add to, by interval, the oldest first. */
  #open: OpenRow[] = [];
  #recent: ProcessRow[] = [];

  /** The newest complete rows. */
  get recent(): readonly ProcessRow[] {
    return this.#recent;
  }

  /** End of the newest row. */
  get newestMs(): number | null {
    return (this.#open.at(-1) ?? this.#recent.at(-1))?.timeMs ?? null;
  }

  /**
   * Adds a point's mean.
   * @param channels that complete a row.
   * @returns rows that are now complete, or can wait no longer.
   */
  add(point: string, interval: number, timeMs: number, mean: number, channels: readonly string[]): ProcessRow[] {
    let row = this.#open.find((r) => r.interval === interval);
    if (!row) {
      const oldest = this.#open[0];
      // The interval is over for every point.
      if (oldest && this.#open.length >= OPEN_ROWS && interval < oldest.interval) return [];
      row = { interval, timeMs, values: new Map() };
      this.#open = [...this.#open, row].sort((a, b) => a.interval - b.interval);
    }
    row.values.set(point, mean);
    if (channels.length > 0 && channels.every((channel) => row.values.has(channel))) return this.#closeUntil(interval);
    return this.#open.length > OPEN_ROWS ? this.#closeUntil(this.#open[0].interval) : [];
  }

  /**
   * The latest rows of a model's channels, for a trial.
   * @throws NotReadyError if a channel has no recent value.
   */
  forTrial({ channels }: ProcessModel): number[][] {
    const recent = [...this.#recent.slice(-TRIAL_ROWS), ...this.#open].map((row) => row.values);
    const unknown = channels.filter((channel) => !recent.some((values) => values.has(channel)));
    if (unknown.length > 0) throw new NotReadyError(`the machine has not said ${unknown.join(', ')} lately`);
    return recent
      .filter((values) => channels.every((channel) => values.has(channel)))
      .map((values) => channels.map((channel) => values.get(channel) as number));
  }

  /** Closes a row and all earlier ones. */
  #closeUntil(interval: number): ProcessRow[] {
    const closed = this.#open.filter((row) => row.interval <= interval);
    this.#open = this.#open.filter((row) => row.interval > interval);
    this.#recent.push(...closed);
    if (this.#recent.length > RECENT_ROWS) this.#recent.splice(0, this.#recent.length - RECENT_ROWS);
    return closed;
  }
}
