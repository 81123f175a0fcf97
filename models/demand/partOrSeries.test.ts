import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { forecastTable } from './forecastTable.ts';
import { isPart } from './partOrSeries.ts';
import { probabilityAlive } from './probabilityAlive.ts';
import { hasSeason } from './season.ts';

const settings = { horizon: 12, frequency: [12], quantiles: [0.5, 0.9], leadTime: 3 };
const random = randomOf(5);
const months = (count: number, at: (t: number) => number) => Array.from({ length: count }, (_, t) => at(t));
const poisson = (rate: number) => {
  let k = -1;
  for (let p = 1; p > Math.exp(-rate) || k < 0; k++) p *= random();
  return k;
};
const forecastOf = (history: number[]) => forecastTable([{ id: 'x', history }], settings)[0];

describe('one period without demand does not change the forecast of', () => {
  test('a falling series', () => {
    const falling = months(48, (t) => (t === 47 ? 0 : 97 - 2 * t + Math.round(4 * random())));
    expect(forecastOf(falling).leadTime.mean).toBeLessThan(12);
  });

  test('a rising one', () => {
    const rising = months(48, (t) => (t === 5 ? 0 : 10 + 2 * t + Math.round(6 * random())));
    expect(forecastOf(rising).mean[0]).toBeGreaterThan(100);
  });

  test('a level', () => {
    const level = months(48, (t) => (t === 30 ? 0 : 500 + Math.round(50 * random())));
    const { method, mean } = forecastOf(level);
    expect(method).toBe('mean_of_ets_theta_ces');
    expect(mean[11]).toBeGreaterThan(480);
  });
});

test('demand with a season returns in season, and is 0 off it', () => {
  const rates = [0, 0, 0, 0, 0, 2, 5, 6, 5, 2, 0, 0];
  const history = months(60, (t) => (rates[t % 12] > 0 ? poisson(rates[t % 12]) : 0));
  const { mean, flags } = forecastOf(history);
  expect(flags).toContain('seasonal');
  expect(mean[7]).toBeGreaterThan(3);
  expect(mean[0]).toBeLessThan(0.5);
});

test.each([
  [
    'daily, empty weekends',
    7,
    Array.from({ length: 700 }, (_, t) => (t >= 500 ? 0 : t % 7 < 5 ? 100 + poisson(9) : 0)),
  ],
  ['monthly, a season', 12, months(102, (t) => (t < 84 && t % 12 < 5 ? 20 + poisson(5) : 0))],
])('demand that had a season and has ended is not forecast by it: %s', (_, period, history) => {
  expect(hasSeason(history, period)).toBe(true);
  const [{ leadTime }] = forecastTable([{ id: 'x', history }], { ...settings, frequency: [period], leadTime: 28 });
  expect(leadTime.mean).toBeLessThan(5);
});

test('demand in one month a year is forecast in that month', () => {
  const { mean } = forecastOf(months(60, (t) => (t % 12 === 11 ? 20 + poisson(4) : 0)));
  expect(mean[11]).toBeGreaterThan(15);
  expect(mean.slice(0, 11).reduce((a, b) => a + b, 0)).toBeLessThan(3);
});

test('chance is not a season: at most two of 2,000 items without one', () => {
  const found = months(2000, (i) =>
    hasSeason(
      months(48, () => poisson(0.1 + (i % 20) / 10)),
      12,
    )
      ? 1
      : 0,
  );
  expect(found.filter((v) => v > 0).length).toBeLessThanOrEqual(2);
});

test.each([
  ['small counts', months(48, () => 1 + poisson(3)), true],
  ['now and then', months(48, (t) => (t % 3 === 0 ? 100 + poisson(9) : 0)), true],
  ['never', [0, 0, 0], true],
  ['large and steady', months(48, () => 90 + poisson(9)), false],
])('%s: part %s', (_, history, part) => {
  // Without a season: a pattern of three months would also count as one of twelve, as it falls on the same months.
  expect(isPart(history as number[], 1)).toBe(part);
});

describe('a single item that has long been silent', () => {
  test('has ended if demand was frequent', () => {
    const ended = months(60, (t) => (t < 35 ? 2 + (t % 3) : 0));
    expect(probabilityAlive(ended)).toBeLessThan(0.001);
    expect(forecastOf(ended).leadTime).toMatchObject({ quantiles: { '0.5': 0, '0.9': 0 } });
    expect(forecastOf(ended).leadTime.mean).toBeLessThan(0.01);
  });

  test('may return if demand was rare', () => {
    expect(probabilityAlive(months(60, (t) => (t % 12 === 5 && t < 48 ? 1 : 0)))).toBeGreaterThan(0.7);
  });

  test('and an item with current demand is certainly alive', () => {
    expect(probabilityAlive([0, 0, 4])).toBe(1);
    expect(probabilityAlive([0, 0])).toBe(1);
  });
});
