import { ridge } from '../../life/ridge.ts';
import { blocksOf, columnStandards } from '../rowMethod.ts';
import { type PanelMember, tailLimit } from './member.ts';

const PREDICTORS = 5;
const MOST_ROWS = 5000;
/** Of a channel's variance, in blocks that were left out, the others must explain this much: else there is no relation. */
const LEAST_EXPLAINED = 0.5;
const RIDGE = 1;
/** Each residual is watched by itself, and averaged over some ten rows. */
const WEIGHTS = [1, 0.2] as const;

/**
 * What a channel's closest others do not explain of it: a linear relation, bent by the square of the closest.
 * Takes part where blocks of the training that it was not learned from show that the relation holds.
 */
export class Relation implements PanelMember {
  readonly name = 'relation';
  readonly sizes = 'own unit';
  readonly #mean: Float64Array;
  readonly #sd: Float64Array;
  readonly #relations: { channel: number; by: number[]; weights: number[]; limits: number[] }[] = [];
  readonly #levels: Float64Array[];

  constructor(training: readonly Float64Array[], used: readonly boolean[], alpha: number) {
    const step = Math.max(1, Math.ceil(training.length / MOST_ROWS));
    const rows = training.filter((_, i) => i % step === 0);
    ({ mean: this.#mean, sd: this.#sd } = columnStandards(rows));
    const scaled = rows.map((row) => row.map((v, c) => (v - this.#mean[c]) / this.#sd[c]));
    used.forEach((use, channel) => {
      const by = use ? closest(scaled, channel) : [];
      if (by.length === 0) return;
      const inputs = scaled.map((row) => inputsOf(row, by));
      const targets = scaled.map((row) => row[channel]);
      const left = new Array<number>(rows.length);
      let worst = 0;
      for (const { from, to } of blocksOf(rows.length)) {
        const weights = ridge(
          [...inputs.slice(0, from), ...inputs.slice(to)],
          [...targets.slice(0, from), ...targets.slice(to)],
          RIDGE,
        );
        let [after, before] = [0, 0];
        for (let t = from; t < to; t++) {
          left[t] = targets[t] - product(inputs[t], weights);
          after += left[t] ** 2;
          before += targets[t] ** 2;
        }
        worst = Math.max(worst, before > 0 ? after / Math.max(before, to - from) : 1);
      }
      const explained = 1 - left.reduce((sum, v) => sum + v * v, 0) / rows.length;
      if (explained < LEAST_EXPLAINED || worst > 1 - LEAST_EXPLAINED / 2) return;
      const limits = WEIGHTS.map((weight) => {
        let level = 0;
        return tailLimit(
          left.map((v) => {
            level += weight * (v - level);
            return Math.abs(level);
          }),
          alpha / WEIGHTS.length,
        );
      });
      this.#relations.push({ channel, by, weights: ridge(inputs, targets, RIDGE), limits });
    });
    this.#levels = WEIGHTS.map(() => new Float64Array(this.#relations.length));
  }

  ratios(row: Float64Array): Float64Array {
    const out = new Float64Array(row.length);
    this.#next(row).forEach((levels, w) => {
      this.#relations.forEach(({ channel, limits }, i) => {
        out[channel] = Math.max(out[channel], Math.abs(levels[i]) / limits[w]);
      });
    });
    return out;
  }

  push(row: Float64Array): void {
    this.#next(row).forEach((levels, w) => {
      this.#levels[w].set(levels);
    });
  }

  visible(): (number | null)[] {
    const out = new Array<number | null>(this.#mean.length).fill(null);
    for (const { channel, limits } of this.#relations) out[channel] = limits[limits.length - 1] * this.#sd[channel];
    return out;
  }

  #next(row: Float64Array): Float64Array[] {
    const scaled = row.map((v, c) => (v - this.#mean[c]) / this.#sd[c]);
    const left = this.#relations.map(
      ({ channel, by, weights }) => scaled[channel] - product(inputsOf(scaled, by), weights),
    );
    return WEIGHTS.map((weight, w) =>
      this.#levels[w].map((level, i) => {
        // A single value weighs in an average no more than one at the limit: a spike does not last.
        const most = weight === 1 ? Number.POSITIVE_INFINITY : this.#relations[i].limits[0];
        return level + weight * (Math.max(-most, Math.min(most, left[i])) - level);
      }),
    );
  }
}

function inputsOf(row: Float64Array, by: readonly number[]): number[] {
  return [1, ...by.map((c) => row[c]), row[by[0]] ** 2];
}

function product(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The channels that go most with one, of those that go with it at all. */
function closest(scaled: readonly Float64Array[], channel: number): number[] {
  const width = scaled[0].length;
  const along = new Float64Array(width);
  for (const row of scaled) for (let c = 0; c < width; c++) along[c] += (row[c] * row[channel]) / scaled.length;
  return Array.from(along, (_, c) => c)
    .filter((c) => c !== channel && Math.abs(along[c]) > 0.3)
    .sort((a, b) => Math.abs(along[b]) - Math.abs(along[a]))
    .slice(0, PREDICTORS);
}
