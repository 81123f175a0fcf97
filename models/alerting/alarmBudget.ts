import type { Score } from '#models/health/detector.ts';
import { quantile } from '#models/health/statistics.ts';
import { randomOf } from '#models/random/random.ts';

/** Scores of which the largest is kept: neighbours are not independent. */
export const BUDGET_BLOCK = 30;
/** Blocks from which a limit is made. */
export const BUDGET_BLOCKS = 100;
const MAX_SHAPE = 0.25;
const RESAMPLES = 200;
const UPPER = 0.95;

/**
 * The level that the largest of `BUDGET_BLOCK` scores exceeds `falseAlerts` times in `blocks` blocks: generalised Pareto,
 * by moments, of what lies over the blocks' median, its shape kept within 0 and 0.25; of bootstrapped blocks the 95 %
 * quantile, for a limit that is too low costs a false alert each time. Source: Coles, "An Introduction to Statistical
 * Modeling of Extreme Values" (2001), §4.3; moments: Hosking & Wallis, Technometrics 29 (1987).
 * @param maxima of `BUDGET_BLOCKS` blocks of a sound machine.
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

/** Maxima that differ by less than this part of the threshold are the same: quantised ones differ by rounding. */
const SAME = 1e-9;

/** Excesses without a spread of their own, one alone or several that are the same, are exponential: a shape of 0. */
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

/** What is kept of a point's budget. */
export interface BudgetState {
  /** Time of the first score; null before it. */
  firstMs: number | null;
  maxima: number[];
  inBlock: number;
  blockMaximum: number;
  /** Once it is known: what the index is divided by, 1 and more. */
  times: number | null;
  /** Largest index of the alert that is on; 0: none is. */
  peak?: number;
  /** When alerts returned by themselves within the last month, and how far the limit was raised for them. */
  returns?: number[];
  raised?: number;
}

export const NO_BUDGET: BudgetState = { firstMs: null, maxima: [], inBlock: 0, blockMaximum: 0, times: null };

/** No limit is raised further than this: a machine that degrades while its limit is learned must not hide it. */
const MAX_TIMES = 2;
const MONTH_MS = 30 * 86_400_000;

/**
 * The budget after one more index of a machine that is not alerted. The configured limit, 1, is the floor: where the
 * machine's own extremes would pass it more often than the budget allows, the limit is raised. Pure.
 * @param falseAlerts that it may bring in a month, at the pace at which scores came until now.
 */
export function stepBudget(state: BudgetState, index: number, timeMs: number, falseAlerts: number): BudgetState {
  // What passes the limit is not learned from: it may be a fault.
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

/** Excursions come again a little larger. */
const MARGIN = 1.25;

/**
 * The budget beside an alert: where more alerts than it allows in a month have returned by themselves, be it one alone, the
 * limit is raised beyond them, as far as that needs. What does not return is never taken for normal. Pure.
 * @param index by the configured limit.
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

/** A score by its budget: the index over the raised limit, and what made the limit. */
export function withBudget(score: Score, budget: BudgetState): Score {
  if (!score.assessable) return score;
  const times = Math.max(budget.times ?? 1, budget.raised ?? 1);
  if (times === 1) return { ...score, limit: { times: 1, by: 'floor' } };
  return { ...score, index: score.index / times, limit: { times, by: 'budget' } };
}
