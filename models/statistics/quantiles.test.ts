import { expect, test } from 'vitest';
import { normalQuantile, student4Quantile, studentQuantileOf } from './quantiles.ts';

test('quantiles of Student’s law match the tables', () => {
  expect(student4Quantile(0.9)).toBeCloseTo(1.5332, 4);
  expect(student4Quantile(0.975)).toBeCloseTo(2.7764, 4);
  expect(student4Quantile(0.05)).toBeCloseTo(-2.1318, 4);
});

test('within one percent for any degrees of freedom', () => {
  for (const [degrees, p, value] of [
    [5, 0.995, 4.0321],
    [5, 0.95, 2.015],
    [12, 0.995, 3.0545],
    [30, 0.975, 2.0423],
  ])
    expect(Math.abs(studentQuantileOf(p, degrees) / value - 1)).toBeLessThan(0.012);
});

test('of the normal law', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.96, 3);
  expect(normalQuantile(0.1)).toBeCloseTo(-1.2816, 3);
});
