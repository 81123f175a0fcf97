import type { Columns } from '#models/contracts/api.ts';
import type { Summary } from './rollups.ts';

/** Mean and maximum in equal intervals of a time range; empty intervals are omitted. */
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
    const at = this.#at(timeMs);
    if (at === null) return;
    this.#sum[at] += value;
    this.#count[at]++;
    if (value > this.#max[at]) this.#max[at] = value;
  }

  /** Adds a rolled-up interval to the bucket that contains its midpoint. */
  addSummary({ startUs, widthUs, count, sum, max }: Summary): void {
    const at = this.#at((startUs + widthUs / 2) / 1000);
    if (at === null) return;
    this.#sum[at] += sum;
    this.#count[at] += count;
    if (max > this.#max[at]) this.#max[at] = max;
  }

  #at(timeMs: number): number | null {
    const at = Math.floor((timeMs - this.#fromMs) / this.#widthMs);
    return at < 0 || at >= this.#count.length ? null : at;
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
