import { expect, test } from 'vitest';
import { isSilent, NO_ARRIVALS, stepArrival } from './arrivalTiming.ts';

/** A point after a number of messages at a fixed interval, the last at 0. */
function sending(messages: number, everyMs: number) {
  let timing = NO_ARRIVALS;
  for (let i = messages - 1; i >= 0; i--) timing = stepArrival(timing, 0 - i * everyMs);
  return timing;
}

test('the usual interval is the mean of past ones, weighted towards the newest sixteen', () => {
  expect(sending(1, 5000)).toEqual({ lastMs: 0, meanMs: 0, known: 0 });
  expect(sending(17, 5000)).toEqual({ lastMs: 0, meanMs: 5000, known: 16 });
  expect(stepArrival(sending(3, 5000), 8000).meanMs).toBeCloseTo((2 * 5000 + 8000) / 3, 9);
  expect(stepArrival(sending(100, 5000), 21_000).meanMs).toBeCloseTo(5000 + 16_000 / 16, 9);
});

test('a point is silent after ten usual intervals, at least half a minute, once sixteen are known', () => {
  const slow = sending(17, 5000);
  expect([isSilent(slow, 50_000), isSilent(slow, 50_001)]).toEqual([false, true]);
  const fast = sending(17, 10);
  expect([isSilent(fast, 30_000), isSilent(fast, 30_001)]).toEqual([false, true]);
  expect(isSilent(sending(16, 5000), 1e9)).toBe(false);
  expect(isSilent(NO_ARRIVALS, 0)).toBe(false);
});
