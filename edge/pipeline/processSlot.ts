import {
  freshState,
  loadProcess,
  type ProcessModel,
  type ProcessScore,
  type ProcessState,
  stepProcess,
} from '#models/health/process/processModel.ts';
import type { RowModel } from '#models/health/process/rowMethod.ts';

/** Rows that a new model is tried on: ten minutes of ten-second intervals. */
const KEPT_ROWS = 60;
const LEAST_ROWS = 10;
/** Intervals that a point may be behind the others. */
const OPEN_ROWS = 3;
/** A model that calls more of the machine's own recent rows unlike its training does not fit it. */
const MOST_ODD_PART = 0.2;

export interface ProcessSlotState {
  current: ProcessModel | null;
  previous: ProcessModel | null;
}

/** A row of process values: each point's mean over the same interval. */
interface Row {
  interval: number;
  timeMs: number;
  values: Map<string, number>;
}

/** The model of one machine's process values, and the rows that it judges; a model can be changed, and taken back. */
export class ProcessSlot {
  #models: ProcessSlotState;
  #changed = false;
  /** Not kept across a restart: the smoothing begins anew. */
  #carried: ProcessState | null = null;
  #loaded: RowModel | null = null;
  /** By interval, the oldest first; those that points may still add to. */
  #open: Row[] = [];
  #recent: Row[] = [];

  constructor(models?: ProcessSlotState) {
    this.#models = models ?? { current: null, previous: null };
    this.#loaded = this.#models.current && loadProcess(this.#models.current);
  }

  /** The models, where they changed since this was last asked. */
  changed(): ProcessSlotState | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return this.#models;
  }

  /** When the newest row ended. */
  get newestMs(): number | null {
    return (this.#open.at(-1) ?? this.#recent.at(-1))?.timeMs ?? null;
  }

  /** Takes a point's mean; a row that is complete by it, or given up, is judged, and its verdict given back. */
  add(point: string, interval: number, timeMs: number, mean: number): (ProcessScore & { timeMs: number }) | null {
    let row = this.#open.find((r) => r.interval === interval);
    if (!row) {
      const oldest = this.#open[0];
      // Of an interval that is over for everybody.
      if (oldest && this.#open.length >= OPEN_ROWS && interval < oldest.interval) return null;
      row = { interval, timeMs, values: new Map() };
      this.#open = [...this.#open, row].sort((a, b) => a.interval - b.interval);
    }
    row.values.set(point, mean);
    const complete = this.#models.current?.channels.every((channel) => row.values.has(channel)) ?? false;
    const done = complete ? row : this.#open.length > OPEN_ROWS ? this.#open[0] : null;
    return done && this.#close(done);
  }

  /** Takes a model, after a trial on the rows that were kept. @throws Error with why it does not fit. */
  change(model: ProcessModel): string {
    const lately = [...this.#recent, ...this.#open];
    const known = new Set(lately.flatMap((row) => [...row.values.keys()]));
    const unknown = model.channels.filter((channel) => !known.has(channel));
    if (unknown.length > 0) throw new Error(`the machine has not said ${unknown.join(', ')} lately`);
    const rows = lately.map((row) => rowOf(model, row)).filter((row) => row !== null);
    if (rows.length < LEAST_ROWS)
      throw new Error(`${rows.length} rows of all its channels to try it on; ${LEAST_ROWS} are needed`);
    const loaded = loadProcess(model);
    let carried = freshState(model);
    let odd = 0;
    for (const row of rows) {
      const { score, state } = stepProcess(model, loaded, row, carried);
      carried = state;
      if (score && score.index > 1) odd++;
    }
    if (odd > MOST_ODD_PART * rows.length)
      throw new Error(`it calls ${odd} of the machine's last ${rows.length} rows unlike its training`);
    this.#use({ current: model, previous: this.#models.current });
    return `tried on ${rows.length} rows, ${odd} unlike its training; it judges from now on`;
  }

  /** Back to the model before; where there was none, to none. @throws Error where there is nothing to take back. */
  rollBack(): string {
    const { current, previous } = this.#models;
    if (!current) throw new Error('the machine has no model');
    this.#use({ current: previous, previous: null });
    return previous ? 'the model before judges again' : 'no model judges any more';
  }

  #use(models: ProcessSlotState): void {
    this.#models = models;
    this.#carried = null;
    this.#loaded = models.current && loadProcess(models.current);
    this.#changed = true;
  }

  /** Judges a row, if it is complete, and lets go of it and of those before it. */
  #close(row: Row): (ProcessScore & { timeMs: number }) | null {
    this.#recent.push(...this.#open.filter((r) => r.interval <= row.interval));
    if (this.#recent.length > KEPT_ROWS) this.#recent.splice(0, this.#recent.length - KEPT_ROWS);
    this.#open = this.#open.filter((r) => r.interval > row.interval);
    const { current } = this.#models;
    const values = current && rowOf(current, row);
    if (!current || !this.#loaded || !values) return null;
    const { score, state } = stepProcess(current, this.#loaded, values, this.#carried ?? freshState(current));
    this.#carried = state;
    return score && { ...score, timeMs: row.timeMs };
  }
}

/** Null where a channel is missing: that interval cannot be judged. */
function rowOf({ channels }: ProcessModel, { values }: Row): number[] | null {
  const row = channels.map((channel) => values.get(channel));
  return row.every((v) => v !== undefined) ? row : null;
}
