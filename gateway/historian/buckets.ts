import type { Columns } from '#models/contracts/api.ts';

/** Mean and largest value in equal intervals of a time range; empty intervals are left out. */
export class Buckets {
  readonly #fromMs: number;
  readonly #widthMs: number;
  readonly #sum: Float64Array;
  readonly #max: Float64Array;
  readonly #count: Float64Array;

  constructor(fromMs: number, toMs: number, count: number) {
    this.#fromMs = fromMs;
    this.#widthMs = Math.max(1, (toMs - fromMs) / count);
    this.#sum = new Float64Array(count);
    this.#max = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#count = new Float64Array(count);
  }

  add(timeMs: number, value: number): void {
    const at = Math.floor((timeMs - this.#fromMs) / this.#widthMs);
    if (at < 0 || at >= this.#count.length) return;
    this.#sum[at] += value;
    this.#count[at]++;
    if (value > this.#max[at]) this.#max[at] = value;
  }

  columns(): Columns {
    const columns: Columns = { timeMs: [], mean: [], max: [] };
    this.#count.forEach((n, at) => {
      if (n === 0) return;
      columns.timeMs.push(this.#fromMs + at * this.#widthMs);
      columns.mean.push(this.#sum[at] / n);
      columns.max.push(this.#max[at]);
    });
    return columns;
  }
}
