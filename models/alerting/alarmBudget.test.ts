import { expect, test } from 'vitest';
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

/** Scores of a sound machine: smoothed, skewed, every ten seconds. */
function scores(seed: number): () => number {
  const random = randomOf(seed);
  let level = 0;
  return () => {
    level += (2 / 11) * (gaussian(random) - level);
    return 0.4 * Math.exp(0.5 * level);
  };
}
const MONTH = (30 * 86_400) / 10;

test('twelve months of sound machines keep to the budget, where a quantile of the training does not', () => {
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

test('the configured limit is the floor; a restless machine has its limit raised, and no further than twice', () => {
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

test('what passes the limit is not learned from, and what is settled stays', () => {
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
