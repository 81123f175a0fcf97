import { expect, test } from 'vitest';
import { verticalRange } from './chartRange.ts';

const level = (y: number) => ({ y, name: '', tone: 'bad' as const });

test('a near limit is shown, a far one is not because it would flatten the curve, and an empty axis has a length', () => {
  expect(verticalRange(0.2, 1, [level(1.5)])[1]).toBeCloseTo(1.65);
  expect(verticalRange(0.2, 1, [level(9)])).toEqual([0, 1.1]);
  expect(verticalRange(-2, -1)).toEqual([-2.1, -0.9]);
  expect(verticalRange(0, 0)).toEqual([0, 1]);
});

test('a fan extends the axis, but only as far as the curve stays readable', () => {
  const fan = (high: number) => ({ x: [0], median: [0], low: [0], high: [high] });
  expect(verticalRange(0, 1, [], fan(2))[1]).toBeCloseTo(2.2);
  expect(verticalRange(0, 1, [], fan(100))[1]).toBeCloseTo(2.75);
});
