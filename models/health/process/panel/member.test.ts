import { expect, test } from 'vitest';
import { tailLimit } from './member.ts';

/** A sample of the exponential law at evenly spaced levels. */
const exponential = Array.from({ length: 10_000 }, (_, i) => -Math.log(1 - (i + 0.5) / 10_000));

test('the level that an exponential statistic exceeds at the given rate, or slightly higher', () => {
  for (const alpha of [1e-4, 1e-5, 1e-6]) {
    const level = -Math.log(alpha);
    expect(tailLimit(exponential, alpha)).toBeGreaterThan(level);
    expect(tailLimit(exponential, alpha)).toBeLessThan(1.25 * level);
  }
});

test('the limit scales with the statistic; the order of rows does not matter', () => {
  const limit = tailLimit(exponential, 1e-5);
  expect(
    tailLimit(
      exponential.map((v) => 7 * v),
      1e-5,
    ),
  ).toBeCloseTo(7 * limit, 9);
  expect(tailLimit(exponential.toReversed(), 1e-5)).toBe(limit);
});

test('autocorrelated rows carry less information: with fewer independent ones the limit is higher', () => {
  const limits = [1, 0.1, 0.01].map((independent) => tailLimit(exponential, 1e-5, independent));
  expect(limits).toEqual([...limits].sort((a, b) => a - b));
  // The ten largest count as one: its mean excess of one counts twice.
  const from = exponential[10_000 - 11];
  const excess = exponential.slice(-10).reduce((sum, v) => sum + (v - from) / 10, 0);
  expect(limits[1]).toBeCloseTo(from + excess * 2 * Math.log(10 / (10_000 * 1e-5)), 9);
});

test('a limit is beyond all observed values, even if the tail is flat', () => {
  const flat = new Array<number>(500).fill(2);
  expect(tailLimit(flat, 1e-4)).toBeCloseTo(2.3, 12);
  expect(tailLimit([1, 2, 3], 0.5)).toBeGreaterThanOrEqual(1.15 * 3);
});
