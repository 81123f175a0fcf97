import { expect, test } from 'vitest';
import type { Score } from '#models/health/detector.ts';
import { quantile } from '#models/health/statistics.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import {
  BUDGET_BLOCK,
  BUDGET_BLOCKS,
  type BudgetState,
  computeBudgetLimit,
  NO_BUDGET,
  stepBudget,
  stepReturns,
  withBudget,
} from './alarmBudget.ts';

/** Scores of a healthy machine: smoothed, skewed, every ten seconds. */
function scores(seed: number): () => number {
  const random = randomOf(seed);
  let level = 0;
  return () => {
    level += (2 / 11) * (gaussian(random) - level);
    return 0.4 * Math.exp(0.5 * level);
  };
}
const MONTH = (30 * 86_400) / 10;

test('twelve months of healthy machines stay within the budget, while a quantile of the training does not', {
  tags: 'slow',
}, () => {
  const counts = { budget: 0, naive: 0 };
  for (let seed = 1; seed <= 12; seed++) {
    const next = scores(seed);
    const training = Array.from({ length: BUDGET_BLOCK * BUDGET_BLOCKS }, next);
    const maxima = Array.from({ length: BUDGET_BLOCKS }, (_, b) =>
      Math.max(...training.slice(b * BUDGET_BLOCK, (b + 1) * BUDGET_BLOCK)),
    );
    const limits = { budget: computeBudgetLimit(maxima, MONTH / BUDGET_BLOCK, 1), naive: quantile(training, 0.999) };
    const above = { budget: 0, naive: 0 };
    for (let i = 0; i < MONTH; i++) {
      const score = next();
      for (const kind of ['budget', 'naive'] as const) {
        above[kind] = score > limits[kind] ? above[kind] + 1 : 0;
        if (above[kind] === 3) counts[kind]++;
      }
    }
  }
  expect(counts.budget / 12).toBeLessThanOrEqual(1);
  expect(counts.naive / 12).toBeGreaterThan(20);
});

test('the configured limit is the floor; a restless machine has its limit raised, at most twofold', () => {
  const settle = (of: (i: number) => number) => {
    let state: BudgetState = NO_BUDGET;
    for (let i = 0; i < BUDGET_BLOCK * BUDGET_BLOCKS; i++) state = stepBudget(state, of(i), 10_000 * i, 1);
    return state.times;
  };
  expect(settle(() => 0.45)).toBe(1);
  const random = randomOf(3);
  const restless = settle(() => Math.min(0.99, 0.5 + 0.12 * Math.abs(gaussian(random))));
  expect(restless).toBeGreaterThan(1.05);
  expect(restless).toBeLessThanOrEqual(2);
});

test('scores above the limit are not learned from, and a limit that is set stays', () => {
  expect(stepBudget(NO_BUDGET, 1.5, 0, 1)).toBe(NO_BUDGET);
  const settled: BudgetState = { ...NO_BUDGET, times: 1.3 };
  expect(stepBudget(settled, 0.2, 0, 1)).toBe(settled);
});

test('alerts that return by themselves more often than the budget allows raise the limit beyond them', () => {
  let budget = NO_BUDGET;
  const day = 86_400_000;
  let alerts = 0;
  // Each morning an excursion of 3, for an hour.
  for (let n = 0; n < 30; n++) {
    const seen = withBudget({ assessable: true, index: 3, contributions: [] }, budget);
    const on = seen.assessable && seen.index >= 1;
    if (on) alerts++;
    budget = stepReturns(budget, 3, on, n * day, 0.2);
    budget = stepReturns(budget, 0.2, false, n * day + 3_600_000, 0.2);
  }
  expect(alerts).toBe(1);
  expect(withBudget({ assessable: true, index: 3, contributions: [] }, budget)).toMatchObject({
    limit: { by: 'budget' },
  });
  const worse = withBudget({ assessable: true, index: 8, contributions: [] }, budget);
  expect(worse.assessable && worse.index).toBeGreaterThan(1);
});

const MONTH_MS = 30 * 86_400_000;

test('the limit of exponential extremes is that of their law, or above it by the uncertainty of a hundred blocks', () => {
  const maxima = Array.from({ length: BUDGET_BLOCKS }, (_, i) => -Math.log(1 - (i + 0.5) / BUDGET_BLOCKS));
  for (const blocks of [100, 1000, 10_000]) {
    // The level exceeded once in this many blocks: ln(blocks).
    const limit = computeBudgetLimit(maxima, blocks, 1);
    expect(limit).toBeGreaterThan(Math.log(blocks));
    expect(limit).toBeLessThan(1.4 * Math.log(blocks));
    // Two false alerts in this many blocks are one in half as many.
    expect(computeBudgetLimit(maxima, blocks, 2)).toBe(computeBudgetLimit(maxima, blocks / 2, 1));
    const scaled = maxima.map((v) => 3 + 2 * v);
    expect(computeBudgetLimit(scaled, blocks, 1)).toBeCloseTo(3 + 2 * limit, 6);
  }
});

test('for generalised Pareto extremes with a shape of up to a quarter the limit is at most a third too high', () => {
  for (const shape of [0.01, 0.1, 0.2, 0.25]) {
    const level = (blocks: number) => (blocks ** shape - 1) / shape;
    const maxima = Array.from({ length: BUDGET_BLOCKS }, (_, i) => level(1 / (1 - (i + 0.5) / BUDGET_BLOCKS)));
    for (const blocks of [100, 1000, 10_000]) {
      const limit = computeBudgetLimit(maxima, blocks, 1);
      expect(limit).toBeGreaterThanOrEqual(level(blocks));
      expect(limit).toBeLessThan(1.35 * level(blocks));
    }
  }
});

test('equal extremes give that extreme as the limit', () => {
  const same = new Array<number>(BUDGET_BLOCKS).fill(0.6);
  expect(computeBudgetLimit(same, 1000, 1)).toBe(0.6);
});

test('quantised extremes give one limit, whatever their rounding', () => {
  const exact = Array.from({ length: BUDGET_BLOCKS }, (_, i) => 0.5 - 0.05 * Math.log(1 - (i + 0.5) / BUDGET_BLOCKS));
  for (const step of [0.01, 0.05, 0.1, 0.2]) {
    const inSteps = exact.map((v) => Number((Math.round(v / step) * step).toFixed(6)));
    const limit = computeBudgetLimit(inSteps, 1000, 1);
    expect(limit).toBeGreaterThan(computeBudgetLimit(exact, 1000, 1));
    for (const [every, ulps] of [
      [2, 1],
      [3, -1],
      [7, 2],
    ]) {
      const rounded = inSteps.map((v, i) => (i % every === 0 ? v + ulps * 1.1e-16 : v));
      expect(computeBudgetLimit(rounded, 1000, 1)).toBeCloseTo(limit, 9);
    }
  }
});

test('a single height above the others counts as an exponential excess, whether it occurs once or several times', () => {
  const withExcesses = (n: number) => Array.from({ length: BUDGET_BLOCKS }, (_, i) => (i < n ? 0.8 : 0.6));
  for (const n of [20, 30, 40]) {
    // n of 100 blocks exceed the median by 0.2; one in 1000 exceeds it by 0.2 × ln(n / 100 × 1000), plus the bootstrap's margin.
    const level = 0.6 + 0.2 * Math.log((n / BUDGET_BLOCKS) * 1000);
    const limit = computeBudgetLimit(withExcesses(n), 1000, 1);
    expect(limit).toBeGreaterThan(level);
    expect(limit).toBeLessThan(level + 0.1);
  }
  expect(computeBudgetLimit(withExcesses(1), 1000, 1)).toBeGreaterThan(0.8);
});

test('the largest of each thirty scores is kept, from the first score on', () => {
  let state: BudgetState = NO_BUDGET;
  for (let i = 0; i < BUDGET_BLOCK - 1; i++) state = stepBudget(state, 0.02 * ((i * 7) % 30), 500 + i, 1);
  expect(state).toMatchObject({ firstMs: 500, maxima: [], inBlock: 29, blockMaximum: 0.58, times: null });
  state = stepBudget(state, 0.1, 600, 1);
  expect(state).toMatchObject({ firstMs: 500, maxima: [0.58], inBlock: 0, blockMaximum: 0, times: null });
});

test('more frequent scores have more chances to exceed a limit, so it is raised further, but at most twofold', () => {
  const settled = (intervalMs: number) => {
    const next = scores(5);
    let state: BudgetState = { ...NO_BUDGET, peak: 0, returns: [7], raised: 1.1 };
    for (let i = 0; state.times === null; i++) state = stepBudget(state, Math.min(0.99, next()), intervalMs * i, 1);
    // What was learned from returns stays.
    expect(state).toMatchObject({ returns: [7], raised: 1.1, maxima: [], inBlock: 0 });
    return state.times;
  };
  const [fast, usual, slow] = [1, 10_000, 600_000].map(settled);
  expect(fast).toBe(2);
  expect(usual).toBeLessThan(fast);
  expect(slow).toBeLessThan(usual);
});

test('one alert a month may return by itself; another within thirty days raises the limit a quarter above it', () => {
  const alertAndReturn = (state: BudgetState, peak: number, timeMs: number) =>
    stepReturns(stepReturns(stepReturns(state, peak, true, timeMs, 1), 1, true, timeMs, 1), 0.1, false, timeMs, 1);
  const firstMs = 5 * MONTH_MS;
  const once = alertAndReturn(NO_BUDGET, 3, firstMs);
  expect(once).toMatchObject({ peak: 0, returns: [firstMs] });
  expect(once.raised).toBeUndefined();
  expect(alertAndReturn(once, 2, firstMs + MONTH_MS - 1)).toMatchObject({ raised: 2.5, returns: [], peak: 0 });
  expect(alertAndReturn(once, 2, firstMs + MONTH_MS)).toMatchObject({ returns: [firstMs + MONTH_MS] });
  // It never falls again.
  expect(alertAndReturn({ ...once, raised: 4 }, 2, firstMs + 1).raised).toBe(4);
  expect(stepReturns(once, 0.1, false, 9, 1)).toBe(once);
});

test('the index is relative to the higher of both limits; a score that is not assessable stays so', () => {
  const score: Score = { assessable: true, index: 3, contributions: [] };
  expect(withBudget(score, NO_BUDGET)).toEqual({ ...score, limit: { times: 1, by: 'floor' } });
  const limit = { times: 1.5, by: 'budget' };
  expect(withBudget(score, { ...NO_BUDGET, times: 1.5, raised: 1.2 })).toEqual({ ...score, index: 2, limit });
  expect(withBudget(score, { ...NO_BUDGET, times: 1, raised: 1.5 })).toEqual({ ...score, index: 2, limit });
  const unknown = { assessable: false, reason: 'r' } as unknown as Score;
  expect(withBudget(unknown, { ...NO_BUDGET, times: 2 })).toBe(unknown);
});
