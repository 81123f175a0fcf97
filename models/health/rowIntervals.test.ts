import { expect, test } from 'vitest';
import { otherInterval, rowIntervalsOf } from './rowIntervals.ts';

const every = (step: number) => ({ times: Array.from({ length: 9 }, (_, i) => i * step) });

test('each unit has its median interval; a gap does not count, and a unit of one row has none', () => {
  expect(rowIntervalsOf([every(3), every(2), { times: [0, 4, 8, 500] }, { times: [7] }])).toEqual({
    least: 2,
    most: 4,
  });
  expect(rowIntervalsOf([{ times: [7] }])).toBeUndefined();
});

test('an interval differs if above one and a half times the training’s, or below its inverse', () => {
  const training = { least: 2, most: 4 };
  expect([every(6), every(4 / 3), every(3)].map((unit) => otherInterval([unit], training))).toEqual([null, null, null]);
  expect([every(6.1), every(1.3)].map((unit) => otherInterval([unit], training))).toEqual([
    expect.closeTo(6.1, 9),
    expect.closeTo(1.3, 9),
  ]);
  expect(otherInterval([{ times: [] }], training)).toBeNull();
});
