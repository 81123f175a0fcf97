import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stretchesOf } from './stretches.ts';

test('adjacent set flags are one range, to behind the last', () => {
  expect(stretchesOf([true, true, false, true, false, false, true])).toEqual([
    [0, 2],
    [3, 4],
    [6, 7],
  ]);
  expect([stretchesOf([]), stretchesOf([false])]).toEqual([[], []]);
});

test('ranges hold all set flags and nothing else, and never touch', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (flags) => {
      const stretches = stretchesOf(flags);
      expect(flags.map((_, i) => stretches.some(([from, to]) => i >= from && i < to))).toEqual(flags);
      expect(stretches.every(([from], k) => k === 0 || from > stretches[k - 1][1])).toBe(true);
    }),
    { seed: 1 },
  );
});
