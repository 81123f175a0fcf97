import type { Score } from '#models/health/detector.ts';
import { quantile } from '#models/health/statistics.ts';
import { randomOf } from '#models/random/random.ts';

/** Scores in a block. Only the largest is kept, as neighbouring scores are not independent. */
export const BUDGET_BLOCK = 30;
/** Blocks that a limit is computed from. */
export const BUDGET_BLOCKS = 100;
const MAX_SHAPE = 0.25;
const RESAMPLES = 200;
const UPPER = 0.95;

/**
 * The level that the largest of `BUDGET_BLOCK` scores exceeds `falseAlerts` times in `blocks` blocks. A generalised
 * Pareto law is fitted by moments to the excesses over the blocks' median, with its shape kept within 0 and 0.25. The
 * result is the 95 % quantile over bootstrapped blocks, since each time a limit that is too low is exceeded, a false
 * alert is raised. Source: Coles, "An Introduction to Statistical Modeling of Extreme Values" (2001), §4.3; moments:
 * Hosking & Wallis, Technometrics 29 (1987).
 * @param maxima of `BUDGET_BLOCKS` blocks of a healthy machine.
 */
export function computeBudgetLimit(maxima: readonly number[], blocks: number, falseAlerts: number): number {
  const random = randomOf(1);
  const levels = Array.from({ length: RESAMPLES }, () =>
    returnLevel(
      maxima.map(() => maxima[Math.floor(random() * maxima.length)]),
      blocks / falseAlerts,
    ),
  );
  return quantile(levels, UPPER);
}

/** Maxima that differ by less than this part of the threshold count as equal: quantised ones differ by rounding. */
const SAME = 1e-9;

/** Excesses without spread (a single one, or equal ones) are treated as exponential: a shape of 0. */
function returnLevel(maxima: readonly number[], period: number): number {
  const threshold = quantile(maxima, 0.5);
  const excess = maxima.map((v) => v - threshold).filter((v) => v > SAME * Math.abs(threshold));
  if (excess.length === 0) return threshold;
  const mean = excess.reduce((a, b) => a + b, 0) / excess.length;
  const variance = excess.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, excess.length - 1);
  const shape = variance > 0 ? Math.min(MAX_SHAPE, Math.max(0, 0.5 * (1 - mean ** 2 / variance))) : 0;
  const scale = mean * (1 - shape);
  const times = Math.max(1, (excess.length / maxima.length) * period);
  const reach = shape < 1e-6 ? Math.log(times) : (times ** shape - 1) / shape;
  return threshold + scale * reach;
}

/** Persisted state of a point's false-alarm budget. */
export interface BudgetState {
  /** Time of the first score; null before it. */
  firstMs: number | null;
  maxima: number[];
  inBlock: number;
  blockMaximum: number;
  /** Divisor of the index, at least 1; null while it is being learned. */
  times: number | null;
  /** Largest index of the active alert; 0: none is active. */
  peak?: number;
  /** When alerts returned by themselves within the last month, and how far the limit was raised for them. */
  returns?: number[];
  raised?: number;
}

export const NO_BUDGET: BudgetState = { firstMs: null, maxima: [], inBlock: 0, blockMaximum: 0, times: null };

/** Upper bound of the factor: a machine that degrades while its limit is learned must not mask its own fault. */
const MAX_TIMES = 2;
const MONTH_MS = 30 * 86_400_000;

/**
 * The budget after one more index of a machine without an active alert. The configured limit, 1, is the floor: where
 * the machine's own extremes would exceed it more often than the budget allows, the limit is raised. Pure.
 * @param falseAlerts allowed a month, at the rate of scores so far.
 */
export function stepBudget(state: BudgetState, index: number, timeMs: number, falseAlerts: number): BudgetState {
  // Scores above the limit are not learned from: they may be a fault.
  if (state.times !== null || index >= 1) return state;
  const blockMaximum = Math.max(state.blockMaximum, index);
  const firstMs = state.firstMs ?? timeMs;
  if (state.inBlock + 1 < BUDGET_BLOCK) return { ...state, firstMs, inBlock: state.inBlock + 1, blockMaximum };
  const maxima = [...state.maxima, blockMaximum];
  if (maxima.length < BUDGET_BLOCKS) return { ...state, firstMs, maxima, inBlock: 0, blockMaximum: 0, times: null };
  const blocksPerMonth = (BUDGET_BLOCKS * MONTH_MS) / Math.max(1, timeMs - firstMs);
  const limit = computeBudgetLimit(maxima, blocksPerMonth, falseAlerts);
  const { peak, returns, raised } = state;
  return { ...NO_BUDGET, peak, returns, raised, times: Math.min(MAX_TIMES, Math.max(1, limit)) };
}

/** Excursions recur a little larger. */
const MARGIN = 1.25;

/**
 * The budget during an alert: once more alerts have returned by themselves than it allows in a month, the limit is
 * raised above the latest. An alert that does not return is never learned as normal. Pure.
 * @param index relative to the configured limit.
 */
export function stepReturns(
  state: BudgetState,
  index: number,
  alerted: boolean,
  timeMs: number,
  falseAlerts: number,
): BudgetState {
  const peak = state.peak ?? 0;
  if (alerted) return index > peak ? { ...state, peak: index } : state;
  if (peak === 0) return state;
  const returns = [...(state.returns ?? []).filter((ms) => timeMs - ms < MONTH_MS), timeMs];
  if (returns.length <= falseAlerts) return { ...state, peak: 0, returns };
  return { ...state, peak: 0, returns: [], raised: Math.max(state.raised ?? 1, MARGIN * peak) };
}

/** A score with its budget applied: the index relative to the raised limit, and what set that limit. */
export function withBudget(score: Score, budget: BudgetState): Score {
  if (!score.assessable) return score;
  const times = Math.max(budget.times ?? 1, budget.raised ?? 1);
  if (times === 1) return { ...score, limit: { times: 1, by: 'floor' } };
  return { ...score, index: score.index / times, limit: { times, by: 'budget' } };
}
