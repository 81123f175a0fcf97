import { expect, test } from 'vitest';
import { holmCorrected } from './holm.ts';

test('the smallest p-value counts all tests, the next one fewer, and none is smaller than one before it', () => {
  const corrected = holmCorrected([0.5, 0.01, 0.02, 0.04]);
  // 4 · 0.01, 3 · 0.02, 2 · 0.04, 0.5.
  [0.5, 0.04, 0.06, 0.08].forEach((p, i) => {
    expect(corrected[i]).toBeCloseTo(p, 12);
  });
  expect(holmCorrected([0.9, 0.8])).toEqual([1, 1]);
  expect(holmCorrected([])).toEqual([]);
});
