import { expect, test } from 'vitest';
import { verticalRange } from './chartRange.ts';

const level = (y: number) => ({ y, name: '', tone: 'bad' as const });

test('a near limit is in sight, a far one would flatten the curve, and an empty axis has a length', () => {
  expect(verticalRange(0.2, 1, [level(1.5)])[1]).toBeCloseTo(1.65);
  expect(verticalRange(0.2, 1, [level(9)])).toEqual([0, 1.1]);
  expect(verticalRange(-2, -1)).toEqual([-2.1, -0.9]);
  expect(verticalRange(0, 0)).toEqual([0, 1]);
});

test('a fan raises the axis, but not beyond what leaves the curve readable', () => {
  const fan = (high: number) => ({ x: [0], median: [0], low: [0], high: [high] });
  expect(verticalRange(0, 1, [], fan(2))[1]).toBeCloseTo(2.2);
  expect(verticalRange(0, 1, [], fan(100))[1]).toBeCloseTo(2.75);
});
