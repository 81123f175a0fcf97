import { expect, test } from 'vitest';
import { judgeTrend, VelocityHistory } from './velocityHistory.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

test('a day that ended gives its median, once; a day with too few values is left out', () => {
  const history = new VelocityHistory(new Map());
  for (const hour of [0, 6, 12, 18]) expect(history.add('2H', hour * HOUR, hour)).toBeNull();
  expect(history.add('2H', DAY, 5)).toEqual({ days: [0], medians: [9] });
  expect(history.add('2H', DAY + HOUR, 5)).toBeNull();
  expect(history.add('2H', 2 * DAY, 7)).toBeNull();
});

test('values that come faster are thinned, points are apart, and sixty days are kept', () => {
  const state = new Map();
  const history = new VelocityHistory(state);
  for (let minute = 0; minute < 70 * 24 * 60; minute += 5) history.add('2H', minute * 60_000, 1);
  history.add('3H', 0, 9);
  expect(state.get('2H').values.length).toBeLessThanOrEqual(96);
  expect(state.get('2H').days).toHaveLength(60);
  expect(state.get('3H').days).toEqual([]);
});

test('a rise is judged in words', () => {
  const days = Array.from({ length: 12 }, (_, i) => i);
  const { index, contribution, reasons } = judgeTrend(
    { days, medians: days.map((d) => 1 + d / 10) },
    { group: 2, foundation: 'rigid' },
  );
  expect(index).toBe(2);
  expect(contribution).toEqual({ feature: 'velocityRmsMmPerS', value: 2.1, normal: 1 });
  expect(reasons.join('; ')).toBe(
    'its velocity, by daily medians, went from 1.00 to 2.10 mm/s in 11 days; at 0.100 mm/s a day it reaches its alarm limit in 0 days',
  );
});
