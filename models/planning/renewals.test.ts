import { expect, test } from 'vitest';
import { furtherTimes, renewalsOf } from './renewals.ts';

const mean = (times: readonly number[]) => times.reduce((sum, p, n) => sum + p * n, 0);

test('parts with an exponential life are replaced as Poisson counts: the mean is horizon over life', () => {
  const life = { shape: 1, scale: 100 };
  const times = furtherTimes(renewalsOf(life, 200), 200, 200);
  expect(times.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  [0, 1, 2, 3, 4].forEach((n) => {
    const factorial = [1, 1, 2, 6, 24][n];
    expect(times[n]).toBeCloseTo((Math.exp(-2) * 2 ** n) / factorial, 2);
  });
  expect(mean(times)).toBeCloseTo(2, 2);
});

test('the rest of a horizon is a shorter horizon', () => {
  const life = { shape: 1, scale: 100 };
  const renewals = renewalsOf(life, 200);
  for (const left of [50, 73, 100, 199]) {
    expect(furtherTimes(renewals, 200, left)[0]).toBeCloseTo(Math.exp(-left / 100), 3);
    expect(mean(furtherTimes(renewals, 200, left))).toBeCloseTo(left / 100, 2);
  }
  expect([furtherTimes(renewals, 200, 0), furtherTimes(renewals, 200, -1)]).toEqual([[1], [1]]);
});

test('parts that wear out at a fixed age are replaced at its multiples', () => {
  const life = { shape: 8, scale: 100 };
  expect(mean(furtherTimes(renewalsOf(life, 1000), 1000, 1000))).toBeCloseTo(1000 / (100 * 0.9417) - 0.5, 1);
  expect(furtherTimes(renewalsOf(life, 10), 10, 10)).toEqual([1]);
});

test('each distribution and horizon is computed once', () => {
  const life = { shape: 2, scale: 100 };
  expect(renewalsOf(life, 50)).toBe(renewalsOf(life, 50));
  expect(renewalsOf(life, 60)).not.toBe(renewalsOf(life, 50));
  expect(renewalsOf({ ...life }, 50)).toEqual(renewalsOf(life, 50));
});
