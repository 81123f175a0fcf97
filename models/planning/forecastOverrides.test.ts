import { expect, test } from 'vitest';
import type { ForecastOverride } from '#models/contracts/planDecision.ts';
import {
  factorWithin,
  overridden,
  overrideFactors,
  overrideRecordOfAll,
  overrideRecords,
} from './forecastOverrides.ts';

const override = (more: Partial<ForecastOverride>): ForecastOverride => ({
  id: '1',
  item: 'belt',
  site: '',
  from: '2026-07-01',
  to: '2026-08-31',
  factor: 2,
  quantity: null,
  reason: 'a new line starts',
  by: 'eve',
  atMs: 1,
  withdrawn: null,
  ...more,
});
const dates = ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01'];
const mean = [10, 10, 20, 0];

test('overrides change periods that begin within them, by a factor or to a quantity', () => {
  expect(overrideFactors([override({})], dates, mean)).toEqual([1, 2, 2, 1]);
  expect(overrideFactors([override({ factor: null, quantity: 5, to: '2026-09-30' })], dates, mean)).toEqual([
    1, 0.5, 0.25, 1,
  ]);
});

test('the newest of several overrides counts; a withdrawn one does not', () => {
  const newer = override({ id: '2', factor: 3, atMs: 2, to: '2026-07-31' });
  expect(overrideFactors([override({}), newer], dates, mean)).toEqual([1, 3, 2, 1]);
  const withdrawn = { ...newer, withdrawn: { atMs: 3, by: 'eve' } };
  expect(overrideFactors([override({}), withdrawn], dates, mean)).toEqual([1, 2, 2, 1]);
});

test('quantiles are scaled with the mean, and whole ones stay whole', () => {
  const forecast = { mean, quantiles: { '0.5': [9, 9, 19, 0] } } as unknown as Parameters<typeof overridden>[0];
  expect(overridden(forecast, [1, 1.5, 2, 1])).toMatchObject({
    mean: [10, 15, 40, 0],
    quantiles: { '0.5': [9, 14, 38, 0] },
  });
});

test('demand over several periods is scaled as their sum is', () => {
  expect(factorWithin(mean, [1, 2, 2, 1], 2)).toBeCloseTo(30 / 20);
  expect(factorWithin(mean, [1, 2, 2, 1], 3)).toBeCloseTo(70 / 40);
  expect(factorWithin([0, 0], [2, 2], 2)).toBe(1);
  expect(factorWithin(mean, [], 3)).toBe(1);
});

test('overrides are judged on completed periods', () => {
  const demand = (item: string, overriddenTo: number | undefined, actual: number | null) => ({
    item,
    site: '',
    class: 'smooth',
    period: 1,
    mean: 10,
    ...(overriddenTo !== undefined && { overridden: overriddenTo }),
    naive: 10,
    fan: [],
    actual,
  });
  const demands = [demand('a', 14, 15), demand('a', 5, 9), demand('a', undefined, 40), demand('b', 8, null)];
  const record = { periods: 2, errorOfForecast: 6, errorOfOverride: 5, closer: 1 };
  expect([...overrideRecords(demands)]).toEqual([['a\t', record]]);
  expect(overrideRecordOfAll(demands)).toEqual(record);
  expect(overrideRecordOfAll(demands.slice(2))).toBeNull();
});

test('an override covers periods that begin on its first or last day', () => {
  expect(overrideFactors([override({ from: '2026-07-01', to: '2026-08-01' })], dates, mean)).toEqual([1, 2, 2, 1]);
});

test('a quantity replaces a small mean, and leaves one of 0', () => {
  const quantity = override({ factor: null, quantity: 2, from: '2026-01-01', to: '2026-12-31' });
  expect(overrideFactors([quantity], ['2026-01-01', '2026-02-01'], [0.5, 0])).toEqual([4, 1]);
});

test('an interval shorter than a period has the factor of the first one', () => {
  expect(factorWithin([10, 10], [2, 4], 0.2)).toBe(2);
  expect(factorWithin([10, 10], [2, 4], 2)).toBe(3);
});
