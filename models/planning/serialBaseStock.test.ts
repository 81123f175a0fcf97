import { expect, test } from 'vitest';
import { countLaw } from './countLaw.ts';
import { serialBaseStock } from './serialBaseStock.ts';

// Shang & Song, "Newsvendor bounds and heuristic for optimal policies in serial supply chains", Management Science 49
// (2003), 618–638, table 1: four stages, Poisson demand of 16, lead times of a quarter each. From the customer upward.
test.each([
  [1, [0.25, 0.25, 0.25, 0.25], 9, [8, 13, 18, 22], 12.688],
  [9, [0.25, 2.5, 2.5, 0.25], 9, [9, 10, 13, 19], 53.008],
  [17, [0.25, 0.25, 0.25, 0.25], 99, [11, 17, 22, 27], 16.206],
  [25, [0.25, 2.5, 2.5, 0.25], 99, [11, 14, 18, 26], 74.564],
])('Shang & Song, row %i', (_, holding, shortageCost, levels, cost) => {
  const stages = holding.map((echelonHoldingCost) => ({ echelonHoldingCost, leadDemand: countLaw(4) }));
  const policy = serialBaseStock(stages, shortageCost);
  expect(policy.echelonBaseStock).toEqual(levels);
  expect(policy.cost).toBeCloseTo(cost, 1);
});

/** Chances of a normal demand on a grid. */
function normal(mean: number, sd: number, step: number): number[] {
  const size = Math.round((mean + 6 * sd) / step) + 1;
  const weights = Array.from({ length: size }, (_, k) => Math.exp(-0.5 * ((k * step - mean) / sd) ** 2));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

// The library stockpyl, on a grid of its own: 6.5144, 12.0123, 22.7002 and 47.6687.
test('Snyder & Shen, example 6.1: 6.51, 12.01, 22.70 and a cost of 47.67', () => {
  const step = 0.02;
  const stages = [
    { echelonHoldingCost: 3, leadDemand: normal(5, 1, step) },
    { echelonHoldingCost: 2, leadDemand: normal(5, 1, step) },
    { echelonHoldingCost: 2, leadDemand: normal(10, Math.SQRT2, step) },
  ];
  const { echelonBaseStock, cost } = serialBaseStock(stages, 37.12, step);
  expect(Math.abs(cost - 47.6687)).toBeLessThan(0.015);
  [6.5144, 12.0123, 22.7002].forEach((level, j) => {
    expect(Math.abs(echelonBaseStock[j] * step - level)).toBeLessThan(0.05);
  });
});

test('Snyder & Shen, example 4.3: one stage is the newsvendor, 56.60 and 2.00', () => {
  const { echelonBaseStock, cost } = serialBaseStock(
    [{ echelonHoldingCost: 0.18, leadDemand: normal(50, 8, 0.1) }],
    0.7,
    0.1,
  );
  expect(echelonBaseStock[0] * 0.1).toBeCloseTo(56.6, 1);
  expect(cost).toBeCloseTo(1.9976, 2);
});
