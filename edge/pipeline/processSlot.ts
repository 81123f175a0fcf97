import {
  type ProcessLevels,
  type ProcessModel,
  type ProcessScore,
  scoreProcess,
} from '#models/health/process/processModel.ts';

/** Rows that a new model is tried on: ten minutes of ten-second intervals. */
const KEPT_ROWS = 60;
const LEAST_ROWS = 10;
/** A model that calls more of the machine's own recent rows unlike its training does not fit it. */
const MOST_ODD_PART = 0.2;

export interface ProcessSlotState {
  current: ProcessModel | null;
  previous: ProcessModel | null;
  levels: ProcessLevels | null;
}

/** A row of process values: each point's mean over the same interval. */
interface Row {
  interval: number;
  timeMs: number;
  values: Map<string, number>;
}

/** The model of one machine's process values, and the rows that it judges; a model can be changed, and taken back. */
export class ProcessSlot {
  readonly #state: ProcessSlotState;
  #open: Row | null = null;
  #recent: Row[] = [];

  constructor(state?: ProcessSlotState) {
    this.#state = state ?? { current: null, previous: null, levels: null };
  }

  get state(): ProcessSlotState {
    return this.#state;
  }

  get channels(): readonly string[] {
    return this.#state.current?.channels ?? [];
  }

  /** Takes a point's mean; a row that this completes is judged, and its verdict given back. */
  add(point: string, interval: number, timeMs: number, mean: number): (ProcessScore & { timeMs: number }) | null {
    const open = this.#open;
    let judged: ReturnType<ProcessSlot['add']> = null;
    if (open && open.interval !== interval) {
      judged = this.#judge(open);
      this.#recent.push(open);
      if (this.#recent.length > KEPT_ROWS) this.#recent.shift();
      this.#open = null;
    }
    this.#open ??= { interval, timeMs, values: new Map() };
    this.#open.values.set(point, mean);
    return judged;
  }

  /** Takes a model, after a trial on the rows that were kept. @throws Error with why it does not fit. */
  change(model: ProcessModel): string {
    const known = new Set(this.#recent.flatMap((row) => [...row.values.keys()]));
    const unknown = model.channels.filter((channel) => !known.has(channel));
    if (unknown.length > 0) throw new Error(`the machine has not said ${unknown.join(', ')} lately`);
    const rows = this.#recent.map((row) => rowOf(model, row)).filter((row) => row !== null);
    if (rows.length < LEAST_ROWS) throw new Error(`${rows.length} rows to try it on; ${LEAST_ROWS} are needed`);
    let levels: ProcessLevels | null = null;
    let odd = 0;
    for (const row of rows) {
      const score: ProcessScore = scoreProcess(model, row, levels);
      levels = score.levels;
      if (score.index > 1) odd++;
    }
    if (odd > MOST_ODD_PART * rows.length)
      throw new Error(`it calls ${odd} of the machine's last ${rows.length} rows unlike its training`);
    this.#state.previous = this.#state.current;
    this.#state.current = model;
    this.#state.levels = levels;
    return `tried on ${rows.length} rows, ${odd} unlike its training; it judges from now on`;
  }

  /** Back to the model before; where there was none, to none. @throws Error where there is nothing to take back. */
  rollBack(): string {
    const { current, previous } = this.#state;
    if (!current) throw new Error('the machine has no model');
    this.#state.current = previous;
    this.#state.previous = null;
    this.#state.levels = null;
    return previous ? 'the model before judges again' : 'no model judges any more';
  }

  #judge(row: Row): (ProcessScore & { timeMs: number }) | null {
    const { current, levels } = this.#state;
    const values = current && rowOf(current, row);
    if (!current || !values) return null;
    const score = scoreProcess(current, values, levels);
    this.#state.levels = score.levels;
    return { ...score, timeMs: row.timeMs };
  }
}

/** Null where a channel is missing: that interval cannot be judged. */
function rowOf({ channels }: ProcessModel, { values }: Row): number[] | null {
  const row = channels.map((channel) => values.get(channel));
  return row.every((v) => v !== undefined) ? row : null;
}
