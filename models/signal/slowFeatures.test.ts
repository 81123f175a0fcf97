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
  expect(slowFeatures([5], [3])).toEqual([3, 3, 3, 0, 0, 0, 0]);
});

test('the fastest change keeps its sign, and time above a limit is attributed to the preceding value', () => {
  const times = [0, 10, 20, 40].map((s) => s * 1e6);
  const row = slowFeatures(times, [1, 6, 2, 2], 4);
  expect(row.slice(5)).toEqual([30, 10]);
  expect(slowFeatures(times, [6, 1, 1, 1], 4).slice(5)).toEqual([-30, 10]);
  expect(slowFeatures(times, [6, 1, 1, 1]).slice(6)).toEqual([0]);
});

test('the time since the previous interval counts, so that a slow sensor does not always appear within its limit', () => {
  const row = slowFeatures([10e6], [9], 5, { timeUs: 0, value: 8 });
  expect(row.slice(5)).toEqual([6, 10]);
});
