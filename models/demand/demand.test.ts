import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demandClass } from './demandClass.ts';
import { ExponentialSmoothing } from './exponentialSmoothing.ts';
import { checkForecaster } from './forecasterChecks.ts';
import { forecastItem } from './forecastItem.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { readWide } from './readHistory.ts';
import { Sba } from './sba.ts';

describe('SBA', () => checkForecaster(() => new Sba()));
describe('exponential smoothing', () => checkForecaster(() => new ExponentialSmoothing(12)));

test.each([
  ['smooth', [5, 6, 5, 4, 5, 6]],
  ['erratic', [1, 20, 2, 1, 30, 1]],
  ['intermittent', [0, 0, 5, 0, 0, 5, 0, 5]],
  ['lumpy', [0, 0, 1, 0, 0, 40, 0, 2]],
  ['none', [0, 0, 0]],
])('%s', (name, history) => {
  expect(demandClass(history as number[])).toBe(name);
});

test('a season is carried on', () => {
  const forecaster = new ExponentialSmoothing(4);
  forecaster.fit(Array.from({ length: 22 }, (_, i) => [10, 20, 30, 40][i % 4]));
  expect(forecaster.predict(4).map(Math.round)).toEqual([30, 40, 10, 20]);
});

test('quantiles of a Poisson are those of its tables', () => {
  expect(negativeBinomialQuantiles(2, 2, [0.5, 0.9, 0.99])).toEqual([2, 4, 6]);
  expect(negativeBinomialQuantiles(0, 0, [0.5, 0.99])).toEqual([0, 0]);
});

test('a forecast keeps its promises: lead time sums up, quantiles never fall and are whole', () => {
  const settings = { horizon: 2, frequency: 12, quantiles: [0.5, 0.8, 0.95], leadTime: 5 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 }), (history) => {
      const forecast = forecastItem('x', history, settings);
      expect(forecast.mean).toHaveLength(5);
      expect(forecast.mean.reduce((a, b) => a + b, 0)).toBeCloseTo(forecast.leadTime.mean, 6);
      const levels = settings.quantiles.map((q) => forecast.leadTime.quantiles[q]);
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      expect(levels.every(Number.isInteger)).toBe(true);
    }),
  );
});

test('a table is read, or says where it is wrong', () => {
  const head = ['id', 'price', 't1', 't2', 't3'];
  expect(readWide([head, ['a', '2', '', '1', '2'], ['b', '1', '3', 'NA', 'NA']])).toEqual([
    { id: 'a', history: [1, 2] },
    { id: 'b', history: [3] },
  ]);
  const bad =
    (...row: string[]) =>
    () =>
      readWide([head, row]);
  expect(bad('a', '1', '1', 'x', '2')).toThrow('line 2, column 4: found "x"');
  expect(bad('a', '1', '1', '', '2')).toThrow('line 2, column 4: an unknown period between');
  expect(bad('a', '1', '1', '-1', '2')).toThrow('below 0');
  expect(bad('a', '1', '', '', '')).toThrow('no period is known');
  expect(bad('', '1', '1', '1', '1')).toThrow('without an id');
  expect(bad('a', '1', '1')).toThrow('3 columns where the header has 5');
  expect(() => readWide([head, ['a', '1', '1', '1', '1'], ['a', '1', '1', '1', '1']])).toThrow('stands twice');
  expect(() => readWide([])).toThrow('line 1');
});
