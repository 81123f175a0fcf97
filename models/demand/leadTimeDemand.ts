import { Sba } from './croston.ts';
import { type DemandClass, demandClass } from './demandClass.ts';
import type { Forecaster } from './forecaster.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { PartPool, type PooledItem } from './partPool.ts';
import { demandAfter } from './partWindows.ts';
import { stillAsked } from './stillAsked.ts';
import { Tsb } from './tsb.ts';

/** Demand of a part within its lead time. */
export interface LeadTimeDemand {
  mean: number;
  /** At the levels that were asked for, rising. */
  quantiles: number[];
  /** Whose distribution weighs most. */
  method: string;
}

/** Levels that candidates are judged at, whatever is asked for. */
const JUDGED = [0.5, 0.8, 0.9, 0.95, 0.99] as const;
/** Origins of the backtest, in lead times before the end. */
const BACKTESTS = [1, 2] as const;
const LEAST_HISTORY = 3;
/** How much worse a candidate's score is, as a part of the best, where its weight has fallen to 1/e; of many outcomes. */
const SHARPNESS = 0.03;
/** Outcomes, of all items of a class, whose losses tell half of what many tell. */
const FEW_OUTCOMES = 30;

/** What is known of one item at one origin, for all candidates. */
interface Known {
  /** What demand is counted in: 1 of whole numbers, else a part of its mean size. */
  unit: number;
  mean: number;
  variance: number;
  tsb: number;
  sba: number;
  pooled: { pool: PartPool; item: PooledItem } | null;
}

type Candidate = (known: Known, leadTime: number, levels: readonly number[]) => number[];

const quantilesOf = (sorted: Float64Array, size: number, levels: readonly number[]) =>
  levels.map((p) => size * sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]);

/** Quantiles of a negative binomial law of demand that comes in units of any size. */
function countQuantiles(unit: number, mean: number, variance: number, levels: readonly number[]): number[] {
  return negativeBinomialQuantiles(mean / unit, variance / unit ** 2, levels).map((count) => count * unit);
}

/** Parts of a mean size that demand is counted in where it is not whole. */
const FINE = 20;

function unitOf(history: Float64Array): number {
  if (history.every(Number.isInteger)) return 1;
  const sizes = history.filter((v) => v > 0);
  return sizes.reduce((a, b) => a + b, 0) / sizes.length / FINE;
}

/** Demand a period of the distributions that need nobody else, by their names. */
const RATES: Record<string, (known: Known) => number> = {
  negative_binomial: ({ mean }) => mean,
  sba_negative_binomial: ({ sba }) => sba,
  tsb_negative_binomial: ({ tsb }) => tsb,
};

const ALONE: Record<string, Candidate> = Object.fromEntries(
  Object.entries(RATES).map(([name, rate]) => [
    name,
    (known, L, levels) => countQuantiles(known.unit, rate(known) * L, known.variance * L, levels),
  ]),
);

/** Those that need a pool. */
const POOLED: Record<string, Candidate> = {
  pooled_windows: ({ pooled }, _, levels) =>
    quantilesOf(pooled!.pool.outcomesNear(pooled!.item), pooled!.item.features.size, levels),
  pooled_mean_windows: ({ pooled }, _, levels) =>
    quantilesOf(pooled!.pool.outcomesNearMean(pooled!.item), pooled!.item.features.size, levels),
  pooled_mean_negative_binomial: ({ unit, pooled, mean, variance }, _, levels) => {
    const expected = pooled!.item.mu * pooled!.item.features.size;
    const dispersion = mean > 0 ? Math.max(unit, variance / mean) : pooled!.item.features.size;
    return countQuantiles(unit, expected, expected * dispersion, levels);
  },
};

/**
 * Demand of each part within the lead time, as a distribution: six candidates, each weighted within the item's demand
 * class by how it did at two origins of the past. Quantiles are averaged level by level.
 * @param histories demand a period, oldest first, none empty.
 * @param leadTime the whole protection interval, in periods.
 * @param levels rising, between 0 and 1.
 * @param wanted how many of the first histories are answered; the others teach alone.
 */
export function leadTimeDemand(
  histories: readonly Float64Array[],
  leadTime: number,
  levels: readonly number[],
  wanted = histories.length,
): LeadTimeDemand[] {
  const pool = PartPool.learn(histories, leadTime);
  const candidates = pool ? { ...ALONE, ...POOLED } : ALONE;
  const names = Object.keys(candidates);
  const weights = weightsByClass(histories, leadTime, candidates);
  return histories.slice(0, wanted).map((history) => {
    const known = knownOf(history, pool);
    const weight = weights.get(demandClass(history)) ?? names.map(() => 1 / names.length);
    // The pool has seen what silence means; alone, an item that has long been silent may be asked for no more.
    const alive = pool ? 1 : stillAsked(history);
    const within = levels.map((p) => (p - (1 - alive)) / alive).filter((p) => p > 0);
    const said = names.map((name) => candidates[name](known, leadTime, within));
    const above = within.map((_, j) => said.reduce((sum, q, c) => sum + weight[c] * q[j], 0));
    const quantiles = [...new Array(levels.length - within.length).fill(0), ...above];
    const alone = () => names.reduce((sum, name, c) => sum + weight[c] * RATES[name](known), 0) * leadTime;
    const mean = known.pooled ? known.pooled.item.mu * known.pooled.item.features.size : alive * alone();
    return { mean, quantiles, method: names[weight.indexOf(Math.max(...weight))] };
  });
}

function knownOf(history: Float64Array, pool: PartPool | null): Known {
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  const variance = history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, history.length - 1);
  const rate = (forecaster: Forecaster) => {
    forecaster.fit(Array.from(history));
    return forecaster.predict(1)[0];
  };
  return {
    unit: unitOf(history),
    mean,
    variance,
    tsb: rate(new Tsb()),
    sba: rate(new Sba()),
    pooled: pool && { pool, item: pool.item(history) },
  };
}

function pinball(level: number, quantile: number, outcome: number): number {
  return outcome >= quantile ? level * (outcome - quantile) : (1 - level) * (quantile - outcome);
}

/** Weights of the candidates in each demand class, by their scaled pinball loss at the backtest's origins. */
function weightsByClass(
  histories: readonly Float64Array[],
  leadTime: number,
  candidates: Record<string, Candidate>,
): Map<DemandClass, number[]> {
  const names = Object.keys(candidates);
  const losses = new Map<DemandClass, { sums: number[]; outcomes: number }>();
  for (const back of BACKTESTS) {
    const cut = back * leadTime;
    const kept = histories.filter((h) => h.length - cut >= LEAST_HISTORY);
    const shortened = kept.map((h) => h.subarray(0, h.length - cut));
    const pool = PartPool.learn(shortened, leadTime);
    if (!pool && names.length > Object.keys(ALONE).length) continue;
    kept.forEach((history, i) => {
      const known = knownOf(shortened[i], pool);
      const outcome = demandAfter(history, history.length - cut, leadTime);
      const sizes = shortened[i].filter((v) => v > 0);
      const size = sizes.length > 0 ? (known.mean * shortened[i].length) / sizes.length : (pool?.level.size ?? 1);
      const scale = ((known.mean * shortened[i].length + size) / (shortened[i].length + 1)) * leadTime;
      // By what was known then: the whole history would tell which items never sold.
      const itsClass = demandClass(shortened[i]);
      const its = losses.get(itsClass) ?? { sums: names.map(() => 0), outcomes: 0 };
      its.outcomes++;
      names.forEach((name, c) => {
        const said = candidates[name](known, leadTime, JUDGED).map((q) => Math.round(q / known.unit) * known.unit);
        JUDGED.forEach((level, j) => {
          its.sums[c] += pinball(level, said[j], outcome) / scale;
        });
      });
      losses.set(itsClass, its);
    });
  }
  return new Map([...losses].map(([itsClass, its]) => [itsClass, softened(its.sums, its.outcomes)]));
}

function softened(losses: readonly number[], outcomes: number): number[] {
  const sharpness = SHARPNESS * (1 + FEW_OUTCOMES / outcomes);
  const best = Math.max(1e-12, Math.min(...losses));
  const weights = losses.map((loss) => Math.exp(-(loss / best - 1) / sharpness));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}
