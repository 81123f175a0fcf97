import { expect, test } from 'vitest';
import { slowFeatures } from './slowFeatures.ts';

test('mean, extremes, spread and slope of a straight line', () => {
  const times = [0, 1, 2, 3, 4].map((s) => 1.8e15 + s * 1e6);
  const [mean, min, max, deviation, slope] = slowFeatures(times, [10, 12, 14, 16, 18]);
  expect([mean, min, max]).toEqual([14, 10, 18]);
  expect(deviation).toBeCloseTo(Math.sqrt(8), 9);
  expect(slope).toBeCloseTo(120, 6);
});

test('one value has no spread and no slope', () => {
  expect(slowFeatures([5], [3])).toEqual([3, 3, 3, 0, 0]);
});
