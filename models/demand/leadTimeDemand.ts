import { countUnits } from './countUnit.ts';
import { Sba } from './croston.ts';
import { type DemandClass, demandClass } from './demandClass.ts';
import type { Forecaster } from './forecaster.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { type Outcomes, PartPool, type PooledItem } from './partPool.ts';
import { demandAfter } from './partWindows.ts';
import { probabilityAlive } from './probabilityAlive.ts';
import { sampleItems } from './sampleItems.ts';
import { periodsExposed, sinceFirstDemand } from './sinceFirstDemand.ts';
import { Tsb } from './tsb.ts';

/** Demand of a part within its lead time. */
export interface LeadTimeDemand {
  mean: number;
  /** At the requested levels, rising. */
  quantiles: number[];
  /** The distribution with the largest weight. */
  method: string;
}

/** Levels at which candidates are scored, whatever is requested. */
const JUDGED = [0.5, 0.8, 0.9, 0.95, 0.99] as const;
/** Origins of the backtest, in lead times before the end. */
const BACKTESTS = [1, 2];
/** The same for tables with too few items for a pool, where only an item's own past can be used. */
const BACKTESTS_ALONE = Array.from({ length: 24 }, (_, k) => k + 1);
const MIN_HISTORY = 3;
/** Items that the others learn from: more take longer and change nothing. */
const TEACHERS = 5_000;
/** Probability of being in demand below which an item has ended. */
const ENDED = 0.05;
/** Relative excess over the best score at which a candidate's weight falls to 1/e, for many outcomes. */
const SHARPNESS = 0.03;
/** Number of outcomes of a class at which losses count half as much as for many. */
const FEW_OUTCOMES = 30;

/** Data of one item at one origin, for all candidates. */
interface Known {
  /** Counting unit of demand; a part of the mean size for measured demand. */
  unit: number;
  mean: number;
  variance: number;
  tsb: number;
  sba: number;
  /** Probability that the item is still in demand. */
  alive: number;
  pooled: { pool: PartPool; item: PooledItem } | null;
}

type Candidate = (known: Known, leadTime: number, levels: readonly number[]) => number[];

const quantilesOf = (sorted: Float64Array, size: number, levels: readonly number[]) =>
  levels.map((p) => size * sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]);

/** Quantiles of a negative binomial demand in units of any size. */
function countQuantiles(unit: number, mean: number, variance: number, levels: readonly number[]): number[] {
  return negativeBinomialQuantiles(mean / unit, variance / unit ** 2, levels).map((count) => count * unit);
}

/** Demand a period of the distributions that need no pool, by name. */
const RATES: Record<string, (known: Known) => number> = {
  negative_binomial: ({ mean }) => mean,
  sba_negative_binomial: ({ sba }) => sba,
  tsb_negative_binomial: ({ tsb }) => tsb,
};

const ALONE: Record<string, Candidate> = Object.fromEntries(
  Object.entries(RATES).map(([name, rate]) => [
    name,
    (known, L, levels) =>
      ifAlive(known.alive, levels, (within) => countQuantiles(known.unit, rate(known) * L, known.variance * L, within)),
  ]),
);

/** Candidates that need a pool. */
const POOLED: Record<string, Candidate> = {
  pooled_windows: ({ pooled, alive }, _, levels) =>
    windowQuantiles(pooled!.pool.outcomesNear(pooled!.item), pooled!.item.features.size, alive, levels),
  pooled_mean_windows: ({ pooled, alive }, _, levels) =>
    windowQuantiles(pooled!.pool.outcomesNearMean(pooled!.item), pooled!.item.features.size, alive, levels),
  pooled_mean_negative_binomial: ({ unit, pooled, mean, variance, alive }, _, levels) => {
    const expected = (pooled!.item.mu / alive) * pooled!.item.features.size;
    const dispersion = mean > 0 ? Math.max(unit, variance / mean) : pooled!.item.features.size;
    return ifAlive(alive, levels, (within) => countQuantiles(unit, expected, expected * dispersion, within));
  },
};

/** Quantiles of demand that is 0 unless the item is alive, and otherwise has the quantiles of `within`. */
function ifAlive(alive: number, levels: readonly number[], within: (levels: readonly number[]) => number[]): number[] {
  const above = levels.map((p) => (p - (1 - alive)) / alive).filter((p) => p > 0);
  return [...new Array(levels.length - above.length).fill(0), ...within(above)];
}

/** Quantiles of the outcomes of items that were as likely to be alive; lower for an item that is less likely. */
function windowQuantiles(near: Outcomes, size: number, alive: number, levels: readonly number[]): number[] {
  return ifAlive(Math.min(1, alive / near.alive), levels, (within) => quantilesOf(near.outcomes, size, within));
}

/**
 * Demand of each part within the lead time, as a distribution: six candidates, weighted within the item's demand class
 * by their scores at two past origins. Quantiles are averaged level by level.
 * @param histories demand a period, oldest first, none empty.
 * @param leadTime the whole protection interval, in periods.
 * @param levels rising, between 0 and 1.
 * @param resultCount how many of the first histories get a result; the others are only learned from.
 */
export function leadTimeDemand(
  histories: readonly Float64Array[],
  leadTime: number,
  levels: readonly number[],
  resultCount = histories.length,
): LeadTimeDemand[] {
  const units = countUnits(histories);
  const chosen = sampleItems(histories, units, TEACHERS);
  const teachers = { histories: chosen.map((i) => histories[i]), units: chosen.map((i) => units[i]) };
  const pool = PartPool.learn(teachers.histories, teachers.units, leadTime);
  const candidates = pool ? { ...ALONE, ...POOLED } : ALONE;
  const names = Object.keys(candidates);
  const weights = weightsByClass(teachers.histories, teachers.units, leadTime, candidates);
  return histories.slice(0, resultCount).map((history, i) => {
    const known = knownDemand(history, units[i], pool);
    const weight = weights.get(demandClass(history)) ?? names.map(() => 1 / names.length);
    const method = names[weight.indexOf(Math.max(...weight))];
    if (known.alive < ENDED) return { mean: 0, quantiles: levels.map(() => 0), method };
    const candidateQuantiles = names.map((name) => candidates[name](known, leadTime, levels));
    const quantiles = levels.map((_, j) => candidateQuantiles.reduce((sum, q, c) => sum + weight[c] * q[j], 0));
    const alone = () => names.reduce((sum, name, c) => sum + weight[c] * RATES[name](known), 0) * leadTime;
    const mean = known.pooled ? known.pooled.item.mu * known.pooled.item.features.size : known.alive * alone();
    return { mean, quantiles, method };
  });
}

function knownDemand(given: Float64Array, unit: number, pool: PartPool | null): Known {
  const history = sinceFirstDemand(given);
  const periods = periodsExposed(history.length, history.filter((v) => v > 0).length);
  const mean = history.reduce((a, b) => a + b, 0) / periods;
  const power = history.reduce((sum, v) => sum + v * v, 0);
  const variance = Math.max(0, power - periods * mean ** 2) / Math.max(1, periods - 1);
  const rate = (forecaster: Forecaster) => {
    forecaster.fit(Array.from(history));
    return forecaster.predict(1)[0];
  };
  return {
    unit,
    mean,
    variance,
    tsb: rate(new Tsb()),
    sba: rate(new Sba()),
    alive: probabilityAlive(history),
    pooled: pool && { pool, item: pool.item(given, unit) },
  };
}

function pinball(level: number, quantile: number, outcome: number): number {
  return outcome >= quantile ? level * (outcome - quantile) : (1 - level) * (quantile - outcome);
}

/** Weights of the candidates in each demand class, by their scaled pinball loss at the backtest's origins. */
function weightsByClass(
  histories: readonly Float64Array[],
  units: readonly number[],
  leadTime: number,
  candidates: Record<string, Candidate>,
): Map<DemandClass, number[]> {
  const names = Object.keys(candidates);
  const isPooled = names.length > Object.keys(ALONE).length;
  // In a pool, items that never sold show how soon such a part is demanded; alone they show nothing.
  const periodsOf = (history: Float64Array) => (isPooled ? history : sinceFirstDemand(history)).length;
  const losses = new Map<DemandClass, { sums: number[]; outcomes: number }>();
  for (const back of isPooled ? BACKTESTS : BACKTESTS_ALONE) {
    const cut = back * leadTime;
    const places = histories.flatMap((h, i) => (periodsOf(h) - cut >= MIN_HISTORY ? [i] : []));
    const kept = places.map((i) => histories[i]);
    const shortened = kept.map((h) => h.subarray(0, h.length - cut));
    const keptUnits = places.map((i) => units[i]);
    const pool = isPooled ? PartPool.learn(shortened, keptUnits, leadTime) : null;
    if (!pool && isPooled) continue;
    kept.forEach((history, i) => {
      const known = knownDemand(shortened[i], keptUnits[i], pool);
      const outcome = demandAfter(history, history.length - cut, leadTime);
      const sizes = shortened[i].filter((v) => v > 0);
      const size = sizes.length > 0 ? (known.mean * shortened[i].length) / sizes.length : (pool?.level.size ?? 1);
      const scale = ((known.mean * shortened[i].length + size) / (shortened[i].length + 1)) * leadTime;
      // By the data known then: the whole history would reveal which items never sold.
      const itsClass = demandClass(shortened[i]);
      const its = losses.get(itsClass) ?? { sums: names.map(() => 0), outcomes: 0 };
      its.outcomes++;
      names.forEach((name, c) => {
        const candidateQuantiles = candidates[name](known, leadTime, JUDGED).map(
          (q) => Math.round(q / known.unit) * known.unit,
        );
        JUDGED.forEach((level, j) => {
          its.sums[c] += pinball(level, candidateQuantiles[j], outcome) / scale;
        });
      });
      losses.set(itsClass, its);
    });
  }
  return new Map([...losses].map(([itsClass, its]) => [itsClass, softmaxWeights(its.sums, its.outcomes)]));
}

function softmaxWeights(losses: readonly number[], outcomes: number): number[] {
  const sharpness = SHARPNESS * (1 + FEW_OUTCOMES / outcomes);
  const best = Math.max(1e-12, Math.min(...losses));
  const weights = losses.map((loss) => Math.exp(-(loss / best - 1) / sharpness));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}
