import { expect, test } from 'vitest';
import { demandAfter, partFeatures, poolLevel } from './partWindows.ts';
import { probabilityAlive } from './probabilityAlive.ts';

const POOL = { size: 3, rate: 0.25 };
const of = (...values: number[]) => Float64Array.from(values);

test('sizes are those of the demands alone, in their own and in counting units', () => {
  const history = of(0, 0, 4, 0, 2, 0);
  const features = partFeatures(history, 6, POOL, 0.5);
  expect(features).toMatchObject({ size: 3, units: 6, count: 2 });
  // 4 and 2: a deviation of 1 about 3.
  expect(features.sizeCv).toBeCloseTo(1 / 3, 12);
  expect(features.alive).toBe(probabilityAlive(history));
  // What follows the origin is not known yet.
  expect(partFeatures(history, 4, POOL, 0.5)).toMatchObject({ size: 4, count: 1, sizeCv: 0.5 });
});

test('rates cover the periods since the first demand, in demands of the own size, shrunk to the pool by one period', () => {
  const { columns, silence } = partFeatures(of(0, 0, 4, 0, 2, 0), 6, POOL, 0.5);
  // Two demands in four periods, the first of which began with one: 4 + 4/2 − 1 = 5.
  const whole = (2 + 0.25) / (5 + 1);
  expect(columns[0]).toBe(1);
  expect(columns[1]).toBeCloseTo(Math.log(whole), 12);
  // The newest weighs 1, one before it 0.7, and so on: demands of 4/3 and 2/3 three periods and one period ago.
  const ewma = (left: number) => {
    const demand = (4 / 3) * left ** 3 + (2 / 3) * left;
    const periods = 1 + left + left ** 2 + left ** 3;
    return Math.log((demand + 0.25) / (periods + 1));
  };
  for (const [j, left] of [0.7, 0.9, 0.97].entries()) expect(columns[2 + j]).toBeCloseTo(ewma(left), 12);
  expect(columns[5]).toBeCloseTo(Math.log((2 + 0.25) / (4 + 1)), 12);
  // One period without a demand since the last.
  expect(silence).toBeCloseTo(Math.log1p(whole), 12);
  expect(columns[6]).toBe(silence);
  expect(columns[7]).toBeCloseTo(0.1 * 0.9 ** 3 + 0.1 * 0.9, 12);
  expect(columns[8]).toBe(0);
  expect(columns[9]).toBeCloseTo(Math.log(6), 12);
});

test('long histories have a rate of their newest twelve periods', () => {
  const history = Float64Array.from({ length: 30 }, (_, t) => (t < 18 ? 1 : 0));
  const { columns } = partFeatures(history, 30, POOL, 1);
  expect(columns[5]).toBeCloseTo(Math.log(0.25 / 13), 12);
  const later = partFeatures(history, 29, POOL, 1);
  expect(later.columns[5]).toBeCloseTo(Math.log(1.25 / 13), 12);
});

test('an item without any demand has the pool’s size, and has been silent from its beginning', () => {
  const features = partFeatures(of(0, 0, 0), 3, POOL, 1);
  expect(features).toMatchObject({ size: 3, units: 3, sizeCv: 0.5, count: 0, alive: 1 });
  expect(features.silence).toBeCloseTo(Math.log1p(3 * (0.25 / 4)), 12);
  expect(features.columns[8]).toBe(1);
});

test('the demand that follows is that of the lead time only', () => {
  expect([0, 1, 2, 3].map((lead) => demandAfter(of(9, 1, 2, 4), 1, lead))).toEqual([0, 1, 3, 7]);
});

test('the pool has the median size of a demand, and the mean number of demands a period', () => {
  expect(poolLevel([of(0, 1, 0, 9), of(2, 0)])).toEqual({ size: 2, rate: 3 / 6 });
  expect(poolLevel([of(0, 0)])).toEqual({ size: 1, rate: 1e-4 });
  expect(poolLevel([])).toEqual({ size: 1, rate: 1e-4 });
});
