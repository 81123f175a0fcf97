import { expect, test } from 'vitest';
import { pan, widen, zoomTo } from './trendWindow.ts';

const NOW = 1_000_000_000;

test('a step moves half a window; beyond the newest value the window follows it again', () => {
  const back = pan({ rangeS: 600, endMs: null }, -1, NOW);
  expect(back).toEqual({ rangeS: 600, endMs: NOW - 300_000 });
  expect(pan(back, 1, NOW)).toEqual({ rangeS: 600, endMs: null });
});

test('zooming shows the dragged range, but never less than half a minute', () => {
  expect(zoomTo([100, 400])).toEqual({ rangeS: 300, endMs: 400_000 });
  expect(zoomTo([100, 101])).toEqual({ rangeS: 30, endMs: 130_000 });
});

test('a wider window keeps its centre, ends no later than the newest value, and spans at most a year', () => {
  expect(widen({ rangeS: 600, endMs: NOW - 1_000_000 }, NOW)).toEqual({ rangeS: 1200, endMs: NOW - 700_000 });
  expect(widen({ rangeS: 600, endMs: NOW - 1000 }, NOW)).toEqual({ rangeS: 1200, endMs: null });
  expect(widen({ rangeS: 360 * 86_400, endMs: null }, NOW).rangeS).toBe(366 * 86_400);
});
