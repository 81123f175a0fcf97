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
  ['a day of the month that nobody named', steady.map((v, t) => (t % 7 === 3 ? 900 + v : v)), []],
  ['a new level', steady.map((v, t) => (t < 24 ? v : 10 * v)), []],
])('%s', (_, history, changed) => {
  const calm = tamed(history, [12]);
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
