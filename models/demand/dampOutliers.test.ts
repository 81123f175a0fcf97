import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { dampOutliers } from './dampOutliers.ts';
import { forecastTable } from './forecastTable.ts';

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
  ['a day of the month that nobody named', steady.map((v, t) => (t % 7 === 3 ? 900 + v : v)), []],
  ['a new level', steady.map((v, t) => (t < 24 ? v : 10 * v)), []],
])('%s', (_, history, changed) => {
  const calm = dampOutliers(history, [12]);
  expect(history.flatMap((v, t) => (v === calm[t] ? [] : [t]))).toEqual(changed);
  for (const t of changed) expect(calm[t]).toBeGreaterThan(90);
  for (const t of changed) expect(calm[t]).toBeLessThan(110);
});

test('for parts, only implausibly large demands are excluded', () => {
  const pieces = Array.from({ length: 48 }, (_, t) => [8, 5, 11, 7, 9, 6, 10][t % 7]);
  const settings = { horizon: 3, frequency: [12], quantiles: [0.05, 0.95], leadTime: 3 };
  const forecast = (at: number) =>
    forecastTable([{ id: 'x', history: pieces.map((v, t) => (t === 20 ? at : v)) }], settings)[0];
  const [calm, large, odd] = [8, 60, 800].map(forecast);
  expect(odd.flags).toEqual(['outliers']);
  expect(Math.abs(odd.leadTime.quantiles['0.95'] - calm.leadTime.quantiles['0.95'])).toBeLessThan(4);
  expect(odd.leadTime.quantiles['0.05']).toBeGreaterThan(12);
  expect(large.flags).toEqual([]);
  expect(large.leadTime.quantiles['0.95']).toBeGreaterThan(calm.leadTime.quantiles['0.95']);
  expect(dampOutliers([0, 0.1, 0, 0, 4000.5, 0, 0.2], [12], 'part')).toEqual([0, 0.1, 0, 0, 4000.5, 0, 0.2]);
});

test('one typing error causes no order and is reported', () => {
  const settings = { horizon: 12, frequency: [12], quantiles: [0.95], leadTime: 3 };
  const [calm, odd] = [steady, but({ 20: 9900 })].map((history) => forecastTable([{ id: 'x', history }], settings)[0]);
  expect(odd.leadTime.quantiles['0.95'] / calm.leadTime.quantiles['0.95']).toBeLessThan(1.05);
  expect(odd.flags).toContain('outliers');
  expect(calm.flags).not.toContain('outliers');
});
