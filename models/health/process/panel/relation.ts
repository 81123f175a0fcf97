import { ridge } from '../../life/ridge.ts';
import { blocksOf, columnStandards } from '../rowMethod.ts';
import { type PanelMember, tailLimit } from './member.ts';

const PREDICTORS = 5;
const MAX_ROWS = 5000;
/** Minimum part of a channel's variance that the others must explain in held-out blocks. */
const MIN_EXPLAINED = 0.5;
const RIDGE = 1;
/** What is learned from each of these parts of the training must hold, with its limits, in the rest. */
const SPLITS = [0.4, 0.6, 0.8] as const;
/** Each residual is watched by itself, and averaged over about ten rows. */
const WEIGHTS = [1, 0.2] as const;
/** Weight at which a residual's level is tracked. Tracking stops beyond the limit, for at most `MAX_HELD` rows. */
const SLOW = 0.01;
const MAX_HELD = 500;

/**
 * Relation of a channel to its closest others, in standardised values; limits of its residual for each of `WEIGHTS`.
 */
interface Relationship {
  channel: number;
  by: number[];
  weights: number[];
  limits: number[];
}

export interface RelationSnapshot {
  mean: Float64Array;
  sd: Float64Array;
  relations: Relationship[];
  levels: Float64Array[];
  /** The residuals' levels, and rows for which they have been held. */
  slow: Float64Array;
  held: Float64Array;
}

interface RelationStep {
  row: Float64Array;
  left: Float64Array;
  levels: Float64Array[];
}

/**
 * Residual of a channel from its closest others: a linear relation plus the square of the closest. Judges a channel
 * only if held-out blocks of the training confirm the relation, and later ones that it persists: wandering values
 * correlate by chance for a while.
 */
export class Relation implements PanelMember<RelationSnapshot> {
  readonly name = 'relation';
  readonly seasonal = true;
  readonly sizes = 'own unit';
  readonly #mean: Float64Array;
  readonly #sd: Float64Array;
  readonly #relations: readonly Relationship[];
  readonly #levels: Float64Array[];
  readonly #slow: Float64Array;
  readonly #held: Float64Array;
  readonly #ratios: Float64Array;
  /** Result for the row judged last, which `push` of the same row reuses. */
  #latest: RelationStep | null = null;

  constructor({ mean, sd, relations, levels, slow, held }: RelationSnapshot) {
    this.#mean = mean;
    this.#sd = sd;
    this.#relations = relations;
    this.#levels = levels.map((level) => level.slice());
    this.#slow = slow.slice();
    this.#held = held.slice();
    this.#ratios = new Float64Array(mean.length);
  }

  static learn(training: readonly Float64Array[], used: readonly boolean[], alpha: number): Relation {
    const step = Math.max(1, Math.ceil(training.length / MAX_ROWS));
    const rows = training.filter((_, i) => i % step === 0);
    const { mean, sd } = columnStandards(rows);
    const scaled = rows.map((row) => row.map((v, c) => (v - mean[c]) / sd[c]));
    const relations: Relationship[] = [];
    used.forEach((use, channel) => {
      const by = use ? closest(scaled, channel) : [];
      if (by.length === 0) return;
      const inputs = scaled.map((row) => inputsOf(row, by));
      const targets = scaled.map((row) => row[channel]);
      const found = learnRelation(inputs, targets, alpha);
      const holds = SPLITS.every((part) => {
        const split = Math.floor(part * rows.length);
        const early = learnRelation(inputs.slice(0, split), targets.slice(0, split), alpha);
        if (!early) return false;
        const later = targets.slice(split).map((v, i) => v - product(inputs[split + i], early.weights));
        return WEIGHTS.every((weight, w) => averaged(later, weight).every((v) => Math.abs(v) <= early.limits[w]));
      });
      if (found && holds) relations.push({ channel, by, ...found });
    });
    const zeros = () => new Float64Array(relations.length);
    const held = new Float64Array(relations.length);
    return new Relation({ mean, sd, relations, levels: WEIGHTS.map(zeros), slow: zeros(), held });
  }

  snapshot(): RelationSnapshot {
    return {
      mean: this.#mean,
      sd: this.#sd,
      relations: [...this.#relations],
      levels: this.#levels.map((level) => level.slice()),
      slow: this.#slow.slice(),
      held: this.#held.slice(),
    };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios.fill(0);
    this.#step(row).levels.forEach((levels, w) => {
      for (let i = 0; i < levels.length; i++) {
        const { channel, limits } = this.#relations[i];
        out[channel] = Math.max(out[channel], Math.abs(levels[i]) / limits[w]);
      }
    });
    return out;
  }

  push(row: Float64Array): void {
    const { left, levels } = this.#step(row);
    this.#latest = null;
    for (let i = 0; i < left.length; i++) {
      const { limits } = this.#relations[i];
      const beyond = levels.some((level, w) => Math.abs(level[i]) > limits[w]);
      this.#held[i] = beyond ? this.#held[i] + 1 : 0;
      if (!beyond || this.#held[i] > MAX_HELD) this.#slow[i] += SLOW * (left[i] - this.#slow[i]);
    }
    levels.forEach((level, w) => {
      this.#levels[w].set(level);
    });
  }

  /** The residuals' levels stay: they follow how a relation shifts over hours. */
  restart(): void {
    for (const levels of this.#levels) levels.fill(0);
    this.#held.fill(0);
    this.#latest = null;
  }

  visitState(visit: (part: Float64Array) => void): void {
    for (const levels of this.#levels) visit(levels);
    visit(this.#slow);
    visit(this.#held);
    this.#latest = null;
  }

  visible(): (number | null)[] {
    const out = new Array<number | null>(this.#mean.length).fill(null);
    for (const { channel, limits } of this.#relations) out[channel] = limits[limits.length - 1] * this.#sd[channel];
    return out;
  }

  /** Residuals of a row, and their averages after it. */
  #step(row: Float64Array): RelationStep {
    if (this.#latest?.row === row) return this.#latest;
    const scaled = new Float64Array(row.length);
    for (let c = 0; c < row.length; c++) scaled[c] = (row[c] - this.#mean[c]) / this.#sd[c];
    const left = new Float64Array(this.#relations.length);
    const levels = WEIGHTS.map(() => new Float64Array(left.length));
    for (let i = 0; i < left.length; i++) {
      const { channel, by, weights, limits } = this.#relations[i];
      left[i] = scaled[channel] - explained(scaled, by, weights);
      const own = left[i] - this.#slow[i];
      for (let w = 0; w < WEIGHTS.length; w++) {
        // A single value weighs in an average no more than one at the limit, so a spike does not linger.
        const most = WEIGHTS[w] === 1 ? Number.POSITIVE_INFINITY : limits[0];
        const level = this.#levels[w][i];
        levels[w][i] = level + WEIGHTS[w] * (Math.max(-most, Math.min(most, own)) - level);
      }
    }
    this.#latest = { row, left, levels };
    return this.#latest;
  }
}

/** Weights, and limits from held-out blocks; null if these show no relation. */
function learnRelation(inputs: readonly number[][], targets: readonly number[], alpha: number) {
  const n = targets.length;
  const mean = targets.reduce((a, b) => a + b, 0) / n;
  let [after, before] = [0, 0];
  const left = blocksOf(n).flatMap(({ from, to }) => {
    const weights = ridge(
      [...inputs.slice(0, from), ...inputs.slice(to)],
      [...targets.slice(0, from), ...targets.slice(to)],
      RIDGE,
    );
    return targets.slice(from, to).map((v, i) => v - product(inputs[from + i], weights));
  });
  left.forEach((v, t) => {
    after += v * v;
    before += (targets[t] - mean) ** 2;
  });
  if (after > (1 - MIN_EXPLAINED) * before) return null;
  const limits = WEIGHTS.map((weight) => tailLimit(averaged(left, weight).map(Math.abs), alpha / WEIGHTS.length));
  return { weights: ridge(inputs, targets, RIDGE), limits };
}

function averaged(values: readonly number[], weight: number): number[] {
  let level = 0;
  return values.map((v) => {
    level += weight * (v - level);
    return level;
  });
}

function inputsOf(row: Float64Array, by: readonly number[]): number[] {
  return [1, ...by.map((c) => row[c]), row[by[0]] ** 2];
}

/** Product of `inputsOf` and weights, without allocating the array. */
function explained(row: Float64Array, by: readonly number[], weights: readonly number[]): number {
  let sum = weights[0];
  for (let k = 0; k < by.length; k++) sum += weights[k + 1] * row[by[k]];
  return sum + weights[by.length + 1] * row[by[0]] ** 2;
}

function product(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The channels most correlated with one, among those correlated at all. */
function closest(scaled: readonly Float64Array[], channel: number): number[] {
  const width = scaled[0].length;
  const along = new Float64Array(width);
  for (const row of scaled) for (let c = 0; c < width; c++) along[c] += (row[c] * row[channel]) / scaled.length;
  return Array.from(along, (_, c) => c)
    .filter((c) => c !== channel && Math.abs(along[c]) > 0.3)
    .sort((a, b) => Math.abs(along[b]) - Math.abs(along[a]))
    .slice(0, PREDICTORS);
}
