import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { deviationsAt, isIndependent, sumLawOf } from './independentDemand.ts';

const LEVELS = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);

/** Values between 0 and 1; the same for the same seed. */
const drawn = (count: number, seed: number) => {
  const random = randomOf(seed);
  return Array.from({ length: count }, random);
};

/** Share of 200 simulated histories that are classified as independent. */
const share = (make: (seed: number) => number[], period = 1) =>
  Array.from({ length: 200 }, (_, seed) => isIndependent(make(seed), period)).filter(Boolean).length / 200;

test('most independent histories are recognised, and few of those with drift, trend or season', () => {
  const noise = (seed: number) => drawn(120, seed).map((u) => 100 + 60 * u);
  expect(share(noise)).toBeGreaterThan(0.8);
  expect(share(noise, 12)).toBeGreaterThan(0.8);
  const drifting = (seed: number) => {
    let level = 0;
    return drawn(120, seed).map((u) => {
      level = 0.7 * level + 60 * (u - 0.5);
      return 200 + level;
    });
  };
  expect(share(drifting)).toBe(0);
  expect(share((seed) => noise(seed).map((v, t) => v + 0.5 * t))).toBe(0);
  expect(share((seed) => noise(seed).map((v, t) => v + 25 * Math.sin((2 * Math.PI * t) / 12)), 12)).toBe(0);
});

test('a short or a constant history shows no distribution', () => {
  const history = drawn(48, 1);
  expect(isIndependent(history, 1)).toBe(true);
  expect(isIndependent(history.slice(1), 1)).toBe(false);
  expect(isIndependent(new Array(60).fill(7), 1)).toBe(false);
});

test('a season’s lag counts if it is longer than ten periods', () => {
  const half = drawn(14, 3);
  const repeated = Array.from({ length: 84 }, (_, t) => half[t % 14]);
  expect(isIndependent(repeated, 14)).toBe(false);
});

test('one period has the quantiles of the history, however skewed', () => {
  const exponential = (p: number) => -50 * Math.log(1 - p);
  const history = Array.from({ length: 4_000 }, (_, i) => exponential((i + 0.5) / 4_000));
  const levels = [0.1, 0.5, 0.95, 0.99];
  const deviations = deviationsAt(sumLawOf(history, 1), levels);
  for (const [j, level] of levels.entries()) expect(Math.abs(deviations[j] + 50 - exponential(level))).toBeLessThan(1);
});

test('a sum has the exact distribution of independent draws', () => {
  // Sums of three periods of 0 or 10: 0, 10, 20, 30 with probabilities of 1, 3, 3, 1 in 8.
  const history = Array.from({ length: 2_000 }, (_, t) => 10 * (t % 2));
  const deviations = deviationsAt(sumLawOf(history, 3), [0.0625, 0.3, 0.7, 0.9375]);
  for (const [j, exact] of [-15, -5, 5, 15].entries()) expect(deviations[j]).toBeCloseTo(exact, 0);
});

test('the spread is that of the sum and of the estimated mean, for sums of one to sixty periods', () => {
  const history = drawn(60, 9).map((u) => 100 + 40 * u);
  const mean = history.reduce((a, b) => a + b, 0) / 60;
  const variance = history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 59;
  for (const periods of [1, 2, 7, 60]) {
    const deviations = deviationsAt(sumLawOf(history, periods), LEVELS);
    const spread = deviations.reduce((sum, d) => sum + d * d, 0) / 200;
    expect(spread / (variance * periods * (1 + periods / 60)), `${periods}`).toBeCloseTo(1, 1);
    expect(deviations.reduce((a, b) => a + b, 0) / 200 / mean).toBeCloseTo(0, 2);
  }
});
