import { FORGET_INDEX, START_INDEX } from '../judgement.ts';

interface PointHistory {
  timesS: number[];
  indices: number[];
  /** Every n-th index is kept, so that the whole rise fits in `CAPACITY`. */
  stride: number;
  skipped: number;
}

export type IndexHistoryState = Map<string, PointHistory>;

const CAPACITY = 64;

/** The rise of each point's index since it left its baseline, thinned to a bounded number of observations. */
export class IndexHistory {
  readonly #state: IndexHistoryState;

  static empty(): IndexHistoryState {
    return new Map();
  }

  constructor(state: IndexHistoryState) {
    this.#state = state;
  }

  all(): PointHistory[] {
    return [...this.#state.values()];
  }

  add(point: string, timeS: number, index: number): void {
    if (index < FORGET_INDEX) this.#state.delete(point);
    const known = this.#state.get(point);
    if (!known) {
      if (index >= START_INDEX) this.#state.set(point, { timesS: [timeS], indices: [index], stride: 1, skipped: 0 });
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
