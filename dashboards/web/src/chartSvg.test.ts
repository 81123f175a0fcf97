import { expect, test } from 'vitest';
import { chartSvg, ticksOf } from './chartSvg.ts';

const chart = { title: 'a', unit: 'g', xUnit: 's', xIsTime: false, x: [0, 1, 2], y: [0, 10, 5] };

test('a curve is drawn to the scale of its axes, with its limits, marks, bands and fan', () => {
  const svg = chartSvg({
    ...chart,
    levels: [{ y: 10, name: 'alert', tone: 'bad' }],
    marks: [{ x: 1, name: 'outer race', kind: 'alert' }],
    bands: [{ from: 0, to: 1, name: 'state 1', tone: 'quiet' }],
    fan: { x: [2, 3], median: [5, 6], low: [5, 5], high: [5, 8] },
    range: [0, 4],
  });
  // The plot is 874 wide from 70, and 286 high above 320; the vertical axis ends at 11.
  expect(svg).toContain('points="70,320 288.5,60 507,190"');
  expect(svg).toContain('M70 60H944');
  expect(svg).toContain('M288.5 34V320');
  for (const name of ['alert', 'outer race', 'state 1']) expect(svg).toContain(`>${name}</text>`);
  expect(svg).toContain('<polygon');
});

test('names are escaped, and control characters, which XML forbids, are removed', () => {
  const svg = chartSvg({ ...chart, title: '<script>"a" & b\u0000\u001b</script>' });
  expect(svg).toContain('&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;');
  expect(svg.includes('<script') || svg.includes('\u0000')).toBe(false);
});

test('ticks are round numbers inside the range', () => {
  expect(ticksOf([0.1, 11], 5)).toEqual([5, 10]);
  expect(ticksOf([-1, 1], 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticksOf([3, 3], 4)).toEqual([3]);
});
