import { expect, test } from 'vitest';
import { stateBands } from './stateBands.ts';

test('equal neighbours form one band; intervals with mixed states or between states have none', () => {
  const max = [0, 0, 0, 1, -2, -1, -1];
  const mean = [0, 0, 0, 0.5, -2, -1, -1];
  const timeMs = max.map((_, i) => 1000 * i);
  expect(stateBands({ timeMs, mean, max })).toEqual([
    { from: 0, to: 2, name: 'state 1', tone: 'accent' },
    { from: 5, to: 6, name: 'standstill', tone: 'quiet' },
  ]);
});
