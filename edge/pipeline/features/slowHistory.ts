import { slowFeatures } from '#models/signal/slowFeatures.ts';

export interface SlowHistoryState {
  timesUs: number[];
  values: number[];
}

/**
 * Values that a device stored while disconnected: summarised by intervals like live ones, but separately, and used
 * neither for assessment nor for learning.
 */
export class SlowHistory {
  readonly #intervalUs: number;
  readonly #limit: number | undefined;
  readonly #emitRow: (startUs: number, row: number[]) => void;
  #state: SlowHistoryState;

  /** @param keep receives an interval's row, as `slowFeatures` gives it. */
  constructor(
    intervalUs: number,
    limit: number | undefined,
    emitRow: (startUs: number, row: number[]) => void,
    state: SlowHistoryState = { timesUs: [], values: [] },
  ) {
    this.#intervalUs = intervalUs;
    this.#limit = limit;
    this.#emitRow = emitRow;
    this.#state = state;
  }

  get state(): SlowHistoryState {
    return this.#state;
  }

  add(timeUs: number, value: number): void {
    const { timesUs, values } = this.#state;
    const isOther = Math.floor(timeUs / this.#intervalUs) !== Math.floor(timesUs[0] / this.#intervalUs);
    if (timesUs.length > 0 && (isOther || timeUs <= timesUs[timesUs.length - 1])) this.close();
    this.#state.timesUs.push(timeUs);
    this.#state.values.push(value);
    if (values.length >= MAX_VALUES) this.close();
  }

  /** Completes the current interval: live values follow. */
  close(): void {
    const { timesUs, values } = this.#state;
    if (timesUs.length === 0) return;
    this.#state = { timesUs: [], values: [] };
    this.#emitRow(timesUs[0], slowFeatures(timesUs, values, this.#limit));
  }
}

/** Limit per interval; more values are summarised early, to bound the memory. */
const MAX_VALUES = 10_000;
