import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { pooledMean, type Rows } from './pooledMean.ts';

interface Observation {
  x?: number[];
  outcome: number;
  weight?: number;
  exposure?: number;
}
const rowsOf = (all: readonly Observation[]): Rows => ({
  columns: all.map(({ x = [] }) => Float64Array.of(1, ...x)),
  outcome: Float64Array.from(all, (o) => o.outcome),
  weight: Float64Array.from(all, (o) => o.weight ?? 1),
  exposure: Float64Array.from(all, (o) => o.exposure ?? 1),
});
const repeated = (n: number, all: readonly Observation[]) => Array.from({ length: n }, () => all).flat();

test('without features the mean is that of the outcomes, by their weights', () => {
  const { mean, fitted } = pooledMean(rowsOf([{ outcome: 1 }, { outcome: 4, weight: 2 }, { outcome: 0 }]));
  expect(mean(Float64Array.of(1))).toBeCloseTo(9 / 4, 4);
  expect([...fitted].every((v) => Math.abs(v - 9 / 4) < 1e-4)).toBe(true);
});

test('an item in demand half of the time has half of the mean', () => {
  const half = repeated(50, [{ outcome: 1, exposure: 0.5 }, { outcome: 2 }]);
  const { mean, fitted } = pooledMean(rowsOf(half));
  expect(mean(Float64Array.of(1))).toBeCloseTo(2, 4);
  expect(fitted[0]).toBeCloseTo(1, 4);
});

test('groups of many rows have their own means, whatever the unit of the column', () => {
  for (const unit of [1, 1000]) {
    const groups = repeated(5000, [
      { x: [5 * unit], outcome: 0.5 },
      { x: [6 * unit], outcome: 3 },
    ]);
    const { mean } = pooledMean(rowsOf(groups));
    expect(mean(Float64Array.of(1, 5 * unit))).toBeCloseTo(0.5, 1);
    expect(mean(Float64Array.of(1, 6 * unit))).toBeCloseTo(3, 1);
    // Log-linear between them.
    expect(mean(Float64Array.of(1, 5.5 * unit))).toBeCloseTo(Math.sqrt(1.5), 1);
  }
});

test('the score equations hold: for the constant exactly, for a column up to its ridge', () => {
  const random = randomOf(6);
  const all = Array.from({ length: 600 }, () => {
    const x = [random(), 3 * random()];
    const exposure = 0.3 + 0.7 * random();
    const outcome = exposure * Math.exp(x[0] - 0.5 * x[1]) * (random() < 0.5 ? 0 : 2);
    return { x, exposure, outcome, weight: 0.2 + random() };
  });
  const rows = rowsOf(all);
  const { fitted, mean } = pooledMean(rows);
  // For a variance of μ + μ² (McCullagh & Nelder 1989, §2.5); the columns are standardised by now.
  const score = (j: number) =>
    rows.columns.reduce((sum, row, i) => {
      const { weight, outcome } = rows;
      return sum + (weight[i] * (outcome[i] - fitted[i]) * row[j]) / (1 + fitted[i]);
    }, 0);
  expect(score(0)).toBeCloseTo(0, 2);
  for (const j of [1, 2]) {
    const mid =
      rows.weight.reduce((sum, w, i) => sum + w * all[i].x[j - 1], 0) / rows.weight.reduce((a, b) => a + b, 0);
    const power = rows.weight.reduce((sum, w, i) => sum + w * (all[i].x[j - 1] - mid) ** 2, 0);
    const sd = Math.sqrt(power / rows.weight.reduce((a, b) => a + b, 0));
    const at = (by: number) => Float64Array.of(1, ...[0, 0].map((_, k) => (k === j - 1 ? by : 0)));
    const beta = Math.log(mean(at(sd)) / mean(at(0)));
    expect(score(j)).toBeCloseTo(50 * beta, 1);
  }
});

test('few rows are shrunk to the overall mean; a constant column has no effect', () => {
  const few = repeated(3, [
    { x: [0, 7], outcome: 1 },
    { x: [1, 7], outcome: 3 },
  ]);
  const { mean } = pooledMean(rowsOf(few));
  const [low, high] = [0, 1].map((x) => mean(Float64Array.of(1, x, 7)));
  expect(low).toBeGreaterThan(1.8);
  expect(low).toBeLessThan(high);
  expect(high).toBeLessThan(2.2);
});

test('without any demand the mean is nearly 0, and extremes stay finite', () => {
  expect(pooledMean(rowsOf(repeated(9, [{ outcome: 0 }]))).mean(Float64Array.of(1))).toBeLessThan(1e-5);
  const wild = repeated(100, [
    { x: [-50], outcome: 0 },
    { x: [0], outcome: 1e4 },
    { x: [50], outcome: 0 },
  ]);
  const { fitted, mean } = pooledMean(rowsOf(wild));
  expect([...fitted, mean(Float64Array.of(1, 1e6))].every(Number.isFinite)).toBe(true);
});
