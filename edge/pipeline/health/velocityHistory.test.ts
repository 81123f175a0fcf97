import { expect, test } from 'vitest';
import { VelocityHistory } from './velocityHistory.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

test('a completed day yields its median, once, from the fifth on; a day with too few values is left out', () => {
  const history = new VelocityHistory(new Map());
  const day = (n: number, value: number) =>
    [0, 6, 12, 18].map((h) => history.add('2H', n * DAY + h * HOUR, value)).at(0);
  for (const n of [0, 1, 2, 3, 4]) expect(day(n, 1 + n)).toBeNull();
  expect(day(5, 9)).toEqual({ days: [0, 1, 2, 3, 4], medians: [1, 2, 3, 4, 5], normal: 3 });
  expect(history.add('2H', 5 * DAY + 20 * HOUR, 9)).toBeNull();
  expect(history.add('2H', 6 * DAY, 7)).toMatchObject({ medians: [1, 2, 3, 4, 5, 9], normal: 3 });
  expect(history.add('2H', 7 * DAY, 7)).toBeNull();
});

test('frequent values are thinned, points are separate, and sixty days are kept', () => {
  const state = new Map();
  const history = new VelocityHistory(state);
  for (let minute = 0; minute < 70 * 24 * 60; minute += 5) history.add('2H', minute * 60_000, 1);
  history.add('3H', 0, 9);
  expect(state.get('2H').values.length).toBeLessThanOrEqual(96);
  expect(state.get('2H').days).toHaveLength(60);
  expect(state.get('3H').days).toEqual([]);
});

test('after a clock is set back, days count from the corrected time', () => {
  const history = new VelocityHistory(new Map());
  const day = (n: number) => [0, 6, 12, 18].map((h) => history.add('2H', n * DAY + h * HOUR, 1)).at(0);
  for (const n of [0, 1, 2, 3, 400, 401]) day(n);
  for (const n of [4, 5]) day(n);
  expect(day(6)).toMatchObject({ days: [0, 1, 2, 3, 4, 5] });
});
