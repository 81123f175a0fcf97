import { expect, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import { lifeFan } from './lifeFan.ts';

const machine = (more: object) =>
  ({
    health: { timeMs: 1_000_000, index: 0.25, remainingLife: { assessment: 'not_assessable' }, ...more },
  }) as unknown as MachineView;
const trend = { assessment: 'assessed', medianS: 200, lowS: 100, highS: 400, toIndex: 1, method: 'trend' };

test('the fan starts at the present index and its median reaches the limit in the median time, exponentially', () => {
  const { x, median, low, high } = lifeFan(machine({ timeToLimit: trend }), 1e6)!;
  expect([x[0], median[0], low[0], high[0]]).toEqual([1000, 0.25, 0.25, 0.25]);
  expect(x.at(-1)).toBe(1400);
  const half = x.indexOf(1200);
  expect(median[half]).toBeCloseTo(1);
  expect(median[half / 2]).toBeCloseTo(0.5);
  expect(high[half / 2]).toBeCloseTo(1);
  expect(low[half]).toBeCloseTo(0.5);
});

test('a configured end of life takes precedence over the alert limit, and the fan ends with the chart', () => {
  const { x, high, low } = lifeFan(
    machine({ timeToLimit: trend, remainingLife: { ...trend, toIndex: 5, highS: undefined } }),
    150,
  )!;
  expect(x.at(-1)).toBe(1150);
  expect(Math.max(...high)).toBe(5);
  expect(new Set(low)).toEqual(new Set([0.25]));
});

test('there is no fan without a trend or its limit, or beyond the limit', () => {
  expect(lifeFan(machine({}), 100)).toBeUndefined();
  expect(lifeFan(machine({ timeToLimit: { ...trend, toIndex: undefined } }), 100)).toBeUndefined();
  expect(lifeFan(machine({ timeToLimit: trend, index: 1.2 }), 100)).toBeUndefined();
});
