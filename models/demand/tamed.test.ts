import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { forecastTable } from './forecastTable.ts';
import { tamed } from './tamed.ts';

const random = randomOf(9);
const steady = Array.from({ length: 48 }, () => 95 + Math.round(10 * random()));
const but = (changes: Record<number, number>) => steady.map((v, t) => changes[t] ?? v);

test.each<[string, number[], number[]]>([
  ['a typing error', but({ 20: 9900 }), [20]],
  ['a strike', but({ 30: 0 }), [30]],
  ['nothing unusual', steady, []],
  ['the newest month: it may be the first of others', but({ 47: 9900 }), []],
  ['a peak that comes each year', but({ 11: 900, 23: 950, 35: 870 }), []],
  ['two months together: something happened', but({ 20: 900, 21: 950 }), []],
  ['a new level', steady.map((v, t) => (t < 24 ? v : 10 * v)), []],
])('%s', (_, history, changed) => {
  const calm = tamed(history, 12);
  expect(history.flatMap((v, t) => (v === calm[t] ? [] : [t]))).toEqual(changed);
  for (const t of changed) expect(calm[t]).toBeGreaterThan(90);
  for (const t of changed) expect(calm[t]).toBeLessThan(110);
});

test('one typing error orders nothing, and is said', () => {
  const settings = { horizon: 12, frequency: [12], quantiles: [0.95], leadTime: 3 };
  const [calm, odd] = [steady, but({ 20: 9900 })].map((history) => forecastTable([{ id: 'x', history }], settings)[0]);
  expect(odd.leadTime.quantiles['0.95'] / calm.leadTime.quantiles['0.95']).toBeLessThan(1.05);
  expect(odd.flags).toContain('outliers');
  expect(calm.flags).not.toContain('outliers');
});

test.each([[[12]], [[7, 28]]])(
  'the same demand in another unit has the same forecast, with seasons of %j',
  (frequency) => {
    const history = Array.from({ length: 90 }, (_, t) => 200 + 40 * Math.sin(t / 2) + 60 * random());
    const settings = { horizon: 14, frequency, quantiles: [0.1, 0.9], leadTime: 5 };
    const forecastIn = (unit: number) =>
      forecastTable([{ id: 'x', history: history.map((v) => v * unit) }], settings)[0];
    const [own, other] = [forecastIn(1), forecastIn(0.0372941)];
    const apart = own.mean.map((v, h) => Math.abs(other.mean[h] / 0.0372941 / v - 1));
    expect(Math.max(...apart)).toBeLessThan(1e-7);
    expect(other.leadTime.quantiles['0.9'] / 0.0372941 / own.leadTime.quantiles['0.9']).toBeCloseTo(1, 7);
  },
);

test('a trend goes on for as long as it was seen, and no further', () => {
  const history = Array.from({ length: 36 }, (_, t) => 100 + 3 * t);
  const settings = { horizon: 500, frequency: [12], quantiles: [0.9], leadTime: 500 };
  const [{ mean }] = forecastTable([{ id: 'x', history }], settings);
  expect(mean[35]).toBeGreaterThan(250);
  expect(Math.max(...mean)).toBeLessThan(500);
});
