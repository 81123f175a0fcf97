import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { countUnit, countUnits } from './countUnit.ts';
import { demandClass } from './demandClass.ts';
import { forecastTable } from './forecastTable.ts';
import type { ItemHistory } from './readHistory.ts';
import { sampleItems } from './sampleItems.ts';
import { periodsExposed } from './sinceFirstDemand.ts';
import { sinceStep } from './sinceStep.ts';

const settings = { horizon: 12, frequency: [12], quantiles: [0.05, 0.5, 0.95], leadTime: 3 };
const random = randomOf(8);
const poisson = (rate: number) => {
  let k = -1;
  for (let p = 1; p > Math.exp(-rate) || k < 0; k++) p *= random();
  return k;
};
const months = (count: number, at: (t: number) => number) => Array.from({ length: count }, (_, t) => at(t));
const parts = Array.from({ length: 60 }, (_, i) => ({
  id: `p${i}`,
  history: months(120, () => [1, 2, 5][i % 3] * poisson(0.3 + (i % 4) / 4)),
}));
const forecastOf = (history: number[], others: ItemHistory[] = []) =>
  forecastTable([{ id: 'x', history }, ...others], settings)[0];

describe('an item whose demand has ended, among 60 parts', () => {
  test.each([12, 24, 60])('%d months ago, has a forecast of 0', (silent) => {
    const ended = months(120, (t) => (t < 120 - silent ? 1000 + poisson(200) : 0));
    expect(forecastOf(ended, parts).leadTime).toEqual({ mean: 0, quantiles: { '0.05': 0, '0.5': 0, '0.95': 0 } });
  });

  test('a few months ago, has a part of its forecast, by the probability that it returns', () => {
    const at = (silent: number) =>
      forecastOf(
        months(120, (t) => (t < 120 - silent ? 1 + poisson(2) : 0)),
        parts,
      ).leadTime.mean;
    const [two, four, six] = [2, 4, 6].map(at);
    expect(two).toBeGreaterThan(four);
    expect(four).toBeGreaterThan(six);
    expect(six).toBeLessThan(3);
    expect(two).toBeGreaterThan(3);
  });

  test('is not confused with one that was always rare', () => {
    const rare = months(120, (t) => (t % 25 === 5 ? 1 : 0));
    expect(forecastOf(rare, parts).leadTime.mean).toBeGreaterThan(0.03);
  });
});

describe('periods before the first demand are not history', () => {
  const zeros = new Array(30).fill(0);

  test.each([
    ['a new series', [120, 134, 111, 131, 108, 129]],
    ['a new part', [2, 0, 3, 1, 0, 2, 4]],
    ['a seasonal series', months(48, (t) => 100 + Math.round(50 * Math.sin((t * Math.PI) / 6)) + poisson(3))],
  ])('of %s', (_, history) => {
    const [late, young] = [[...zeros, ...history], history].map((h) => forecastOf(h));
    expect({ ...late, mean: [], leadTime: {} }).toEqual({ ...young, mean: [], leadTime: {} });
    for (const [h, v] of young.mean.entries()) expect(late.mean[h] / v).toBeCloseTo(1, 12);
    expect(late.leadTime.quantiles).toEqual(young.leadTime.quantiles);
    expect(demandClass([...zeros, ...history])).toBe(demandClass(history));
  });

  test('of a part among others: hardly', () => {
    const history = [2, 0, 3, 1, 0, 2, 4];
    const [late, young] = [[...zeros, ...history], history].map((h) => forecastOf(h, parts));
    expect(late).toMatchObject({ class: young.class, flags: young.flags });
    expect(late.leadTime.mean / young.leadTime.mean).toBeCloseTo(1, 1);
  });

  test('a history that begins with a demand holds one more than by chance: one in ten periods counts as one in nineteen', () => {
    expect(periodsExposed(10, 1)).toBe(19);
    expect(periodsExposed(10, 10)).toBe(10);
    expect(periodsExposed(10, 0)).toBe(10);
  });
});

describe('the unit of measure changes only the unit', () => {
  const pieces = [
    ...parts.slice(0, 20),
    { id: 'a', history: months(60, () => 3 + poisson(9)) },
    { id: 'b', history: months(60, (t) => 500 + 9 * t + poisson(90)) },
  ];

  test.each([0.001, 1000, 12])('times %d', (unit) => {
    const own = forecastTable(pieces, settings);
    const other = forecastTable(
      pieces.map((item) => ({ ...item, history: item.history.map((v) => v * unit) })),
      settings,
    );
    own.forEach((forecast, i) => {
      expect(other[i]).toMatchObject({ class: forecast.class, method: forecast.method, flags: forecast.flags });
      const values = (f: typeof forecast) => [...f.mean, ...Object.values(f.leadTime.quantiles)];
      values(forecast).forEach((v, j) => {
        expect(Math.abs(values(other[i])[j] / unit - v)).toBeLessThanOrEqual(1e-9 * Math.max(v, 1));
      });
    });
  });

  test.each([
    ['pieces', [7, 0, 15, 3], 1],
    ['thousands', [0.007, 0, 0.015, 0.003], 0.001],
    ['dozens', [24, 12, 0, 60], 12],
    ['an odd unit', [7, 0, 15, 3].map((v) => Number((v * 0.372911234567).toPrecision(12))), 0.372911234567],
    ['what is measured', [0.123456789, 1.2345, 3.3333333, 2.22222221], null],
    ['nothing', [0, 0], null],
  ])('%s', (_, history, unit) => {
    const found = countUnit(history as number[]);
    if (unit === null) expect(found).toBeNull();
    else expect((found as number) / (unit as number)).toBeCloseTo(1, 9);
  });

  test('one demand of five pieces is not a box of five where others come in pieces', () => {
    expect(
      countUnits([
        [0, 5, 0],
        [1, 3],
        [2, 3],
        [0.25, 0.5],
      ]),
    ).toEqual([1, 1, 1, 0.25]);
    expect(countUnits([[0, 5, 0]])).toEqual([5]);
    expect(countUnits([[0], [1, 2]])).toEqual([1, 1]);
  });
});

describe('a step of a part', () => {
  const low = months(40, () => 8 + (poisson(3) % 5));

  test('is followed within half a year, up and down', () => {
    const high = low.map((v) => v + 30);
    expect(forecastOf([...low, 40, 40, 42, 39, 41, 40]).mean[0]).toBeGreaterThan(37);
    expect(forecastOf([...high, 10, 9, 11, 8, 10, 9]).mean[0]).toBeLessThan(12);
  });

  test('has at least four periods beyond all before; chance and silence are none', () => {
    expect(sinceStep([...low, 40, 41, 40])).toHaveLength(43);
    expect(sinceStep([...low, 40, 41, 40, 42])).toEqual([40, 41, 40, 42]);
    expect(sinceStep([...low, 40, 41, 10, 42])).toHaveLength(44);
    expect(sinceStep([...low, 4, 0, 0, 0, 0])).toHaveLength(45);
    const cut = months(2000, () => (sinceStep(months(48, () => poisson(2))).length < 48 ? 1 : 0));
    expect(cut.filter((v) => v > 0).length).toBeLessThanOrEqual(1);
  });
});

test.each([
  [24, 0.8],
  [18, 1.1],
])('a season of %d months is continued, about as well as by last year’s values or better', (count, worst) => {
  const at = (t: number) => 1000 * (1 + 0.04 * Math.floor(t / 12)) * [1, 1, 1, 1, 1, 1, 1.6, 1.2, 1, 1, 1, 1.4][t % 12];
  const history = months(count, (t) => at(t) * (0.97 + 0.06 * random()));
  const { mean, flags } = forecastOf(history);
  expect(flags).toContain('seasonal');
  const error = (f: (h: number) => number) => mean.reduce((sum, _, h) => sum + Math.abs(f(h) - at(count + h)), 0);
  expect(error((h) => mean[h])).toBeLessThan(worst * error((h) => history[count - 12 + h]));
});

test('most of two years of noise has no season', () => {
  const flags = months(100, () =>
    forecastOf(months(24, () => 1000 * (0.8 + 0.4 * random()))).flags.includes('seasonal') ? 1 : 0,
  );
  expect(flags.filter((v) => v > 0).length).toBeLessThan(30);
});

test('the items that others learn from do not depend on order or unit', () => {
  const histories = parts.map(({ history }) => history);
  const chosen = (all: number[][], unit: number) =>
    sampleItems(
      all,
      all.map(() => unit),
      10,
    )
      .map((i) => all[i].map((v) => Math.round(v / unit)).join())
      .sort();
  expect(chosen(histories, 1)).toHaveLength(10);
  expect(chosen(histories.toReversed(), 1)).toEqual(chosen(histories, 1));
  expect(
    chosen(
      histories.map((h) => h.map((v) => v * 0.001)),
      0.001,
    ),
  ).toEqual(chosen(histories, 1));
});
