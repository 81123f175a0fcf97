import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import type { ForecastSettings } from './forecastTable.ts';
import type { ItemHistory } from './readHistory.ts';
import { type ReconciledTable, reconcileTable } from './reconcile.ts';

const SETTINGS: ForecastSettings = { horizon: 4, frequency: [4], quantiles: [0.1, 0.5, 0.9], leadTime: 2 };
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Two families of two items with constant demand. */
const CONSTANT: ItemHistory[] = [10, 20, 30, 40].map((level, i) => ({
  id: `i${i}`,
  family: `f${i >> 1}`,
  history: new Array<number>(32).fill(level),
}));

/** Items of noise whose sum has a season that only the upper levels show. */
function noisy(items = 12): ItemHistory[] {
  const random = randomOf(8);
  return Array.from({ length: items }, (_, i) => ({
    id: `i${i}`,
    family: `f${i % 3}`,
    site: `s${i % 2}`,
    history: Array.from({ length: 32 }, (_, t) => Math.max(0.1, 40 + 4 * [0, 3, 0, -3][t % 4] + 25 * gaussian(random))),
  }));
}
const nodeOf = (table: ReconciledTable, id: string) => table.nodes.find((node) => node.id === id)!;

describe('constant demand', () => {
  const table = reconcileTable(CONSTANT, SETTINGS);

  test('is forecast exactly on all levels, by either reconciliation', () => {
    expect(table.items.map((item) => item.mean.map((v) => Number(v.toFixed(6))))).toEqual(
      [10, 20, 30, 40].map((level) => new Array(4).fill(level)),
    );
    expect(nodeOf(table, 'total').mean[3]).toBeCloseTo(100, 6);
    expect([nodeOf(table, 'f0').mean[0], nodeOf(table, 'f1').mean[0]]).toEqual([
      expect.closeTo(30, 6),
      expect.closeTo(70, 6),
    ]);
    expect(table.moved.every((times) => Math.abs(times - 1) < 1e-6)).toBe(true);
    expect(nodeOf(table, 'total').leadTime.mean).toBeCloseTo(200, 6);
  });

  test('has no error on held-back data; if both methods are equal, items are summed', () => {
    expect(table.tried!.mint).toBeCloseTo(0, 6);
    expect(table.tried!.bottom_up).toBeCloseTo(0, 6);
    expect(reconcileTable(CONSTANT.slice(0, 2), { ...SETTINGS, frequency: [1] }).how).toBe('bottom_up');
  });
});

describe('held-back data', () => {
  /** Tens that double at the end: every forecast misses the second ten. */
  const doubling = (n: number): ItemHistory[] =>
    CONSTANT.slice(0, n).map(({ id }) => ({
      id,
      family: 'f',
      history: [...new Array<number>(28).fill(10), 20, 20, 20, 20],
    }));

  test('are compared as a share of the demand, summed over the levels', () => {
    // Half of it is missing on each of four levels: total, site, family, items.
    expect(reconcileTable(doubling(2), SETTINGS).tried).toEqual({
      bottom_up: expect.closeTo(4 * 0.5, 3),
      mint: expect.closeTo(4 * 0.5, 3),
    });
  });

  test('are the end of items with eight periods before it: of at least two, and of half of those with any demand', () => {
    const long = { id: 'long', history: new Array<number>(12).fill(10) };
    const short = { id: 'short', history: new Array<number>(11).fill(10) };
    const never = { id: 'never', history: new Array<number>(11).fill(0) };
    const isTried = (...items: ItemHistory[]) =>
      reconcileTable(
        items.map((item, i) => ({ ...item, id: `${item.id}${i}` })),
        SETTINGS,
      ).tried !== null;
    expect(isTried(long)).toBe(false);
    expect(isTried(long, long)).toBe(true);
    expect(isTried(long, short)).toBe(false);
    expect(isTried(long, long, short, short)).toBe(true);
    expect(isTried(long, long, short, short, short)).toBe(false);
    expect(isTried(long, long, never, never, never)).toBe(true);
  });
});

describe('noisy items with a season that only their sum shows', () => {
  const table = reconcileTable(noisy(), SETTINGS);

  test('are adjusted to the upper levels, which reduces the error', () => {
    expect(table.how).toBe('mint');
    expect(table.tried!.mint).toBeLessThan(table.tried!.bottom_up);
    expect(table.moved.some((times) => Math.abs(times - 1) > 1e-3)).toBe(true);
    expect(table.nodes.map(({ level }) => level).sort()).toEqual([
      ...new Array(6).fill('family'),
      ...new Array(2).fill('site'),
      'total',
    ]);
  });

  test('add up in every period, and over the lead time', () => {
    for (let h = 0; h < SETTINGS.horizon; h++)
      expect(total(table.items.map((item) => item.mean[h]))).toBeCloseTo(nodeOf(table, 'total').mean[h], 6);
    for (const { mean, leadTime } of [...table.items, ...table.nodes])
      expect(leadTime.mean).toBeCloseTo(mean[0] + mean[1], 6);
  });

  test('keep the spread about their mean: quantiles are scaled by the same factor', () => {
    const alone = reconcileTable(noisy(1), SETTINGS).items[0];
    const together = table.items[0];
    const times = (h: number) => together.mean[h] / alone.mean[h];
    for (let h = 0; h < SETTINGS.horizon; h++)
      for (const level of ['0.1', '0.5', '0.9'])
        expect(together.quantiles[level][h]).toBeCloseTo(alone.quantiles[level][h] * times(h), 6);
    const leadTimes = together.leadTime.mean / alone.leadTime.mean;
    expect(together.leadTime.quantiles['0.9']).toBeCloseTo(alone.leadTime.quantiles['0.9'] * leadTimes, 6);
  });
});

test('counted parts stay whole after the adjustment', () => {
  const random = randomOf(5);
  const counts = Array.from({ length: 4 }, (_, i) => ({
    id: `part${i}`,
    family: `f${i % 2}`,
    history: Array.from({ length: 24 }, (_, t) =>
      random() < 0.3 + 0.2 * Math.sin((Math.PI * t) / 2) ? 1 + Math.floor(3 * random()) : 0,
    ),
  }));
  for (const item of reconcileTable(counts, SETTINGS).items)
    for (const values of Object.values(item.quantiles)) expect(values.every(Number.isInteger)).toBe(true);
});
