interface PointHistory {
  timesS: number[];
  indices: number[];
  /** Every so many-th index is kept, so that the whole rise fits in `CAPACITY`. */
  stride: number;
  skipped: number;
}

export type IndexHistoryState = Record<string, PointHistory>;

const CAPACITY = 64;
/** A rise begins above one of these and is forgotten below the other. */
const BEGINS = 0.55;
const FORGOTTEN = 0.45;

/** The rise of each point's index since it left its normal, thinned to a bounded number of observations. */
export class IndexHistory {
  readonly #state: IndexHistoryState;

  static empty(): IndexHistoryState {
    return {};
  }

  constructor(state: IndexHistoryState) {
    this.#state = state;
  }

  of(point: string): PointHistory | undefined {
    return this.#state[point];
  }

  add(point: string, timeS: number, index: number): void {
    if (index < FORGOTTEN) delete this.#state[point];
    const known = this.#state[point];
    if (!known) {
      if (index >= BEGINS) this.#state[point] = { timesS: [timeS], indices: [index], stride: 1, skipped: 0 };
      return;
    }
    known.skipped++;
    if (known.skipped < known.stride) return;
    known.skipped = 0;
    known.timesS.push(timeS);
    known.indices.push(index);
    if (known.timesS.length >= CAPACITY) thin(known);
  }
}

function thin(history: PointHistory): void {
  const even = (_: number, i: number) => i % 2 === 0;
  history.timesS = history.timesS.filter(even);
  history.indices = history.indices.filter(even);
  history.stride *= 2;
}
