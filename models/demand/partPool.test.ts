import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { PartPool } from './partPool.ts';

const LEAD = 3;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
/** Items with a constant chance of demand in each period, always of the same size. */
function items(n: number, chance: number, size: number, periods = 30, seed = 5) {
  const random = randomOf(seed);
  return Array.from({ length: n }, () =>
    Float64Array.from({ length: periods }, (_, t) => (t === 0 || random() < chance ? size : 0)),
  );
}
const learn = (histories: Float64Array[]) =>
  PartPool.learn(
    histories,
    histories.map(() => 1),
    LEAD,
  );

test('fewer than three hundred windows are not enough: eight of each item, three periods before each', () => {
  // Eight origins, the oldest with nineteen periods before it.
  expect(learn(items(37, 0.5, 1))).toBeNull();
  expect(learn(items(38, 0.5, 1))).not.toBeNull();
  // Short histories have as many windows as leave three periods before them.
  const one = 3 + LEAD;
  expect([learn(items(299, 0.5, 1, one)), learn(items(300, 0.5, 1, one))?.level.size]).toEqual([null, 1]);
  expect(learn(items(200, 0.5, 1, one + 1))).not.toBeNull();
});

describe('a pool of frequent and of rare parts', () => {
  const frequent = items(60, 0.8, 2);
  const rare = items(60, 0.2, 10, 30, 6);
  const pool = learn([...frequent, ...rare])!;
  const [often, seldom] = [frequent[0], rare[0]].map((history) => pool.item(history, 1));

  test('expects demand of the lead time in multiples of the item’s own size', () => {
    const meanOf = (all: Float64Array[]) => mean(all.map((history) => pool.item(history, 1).mu));
    expect(Math.abs(meanOf(frequent) - LEAD * 0.8)).toBeLessThan(0.3);
    expect(Math.abs(meanOf(rare) - LEAD * 0.2)).toBeLessThan(0.25);
    expect(often.features.size).toBe(2);
    expect(seldom.features.size).toBe(10);
  });

  test('returns the outcomes of the two hundred windows nearest in mean, rising', () => {
    const { outcomes, alive } = pool.outcomesNearMean(often);
    expect(outcomes).toHaveLength(200);
    expect([...outcomes]).toEqual([...outcomes].sort((a, b) => a - b));
    expect(Math.abs(mean(outcomes) - LEAD * 0.8)).toBeLessThan(0.4);
    expect(Math.abs(mean(pool.outcomesNearMean(seldom).outcomes) - LEAD * 0.2)).toBeLessThan(0.4);
    expect(alive).toBeGreaterThan(0.9);
    expect(alive).toBeLessThanOrEqual(1);
    // Beyond all windows, the nearest are the last two hundred.
    expect(pool.outcomesNearMean({ ...often, mu: 1e9 }).outcomes).toHaveLength(200);
    expect(pool.outcomesNearMean({ ...often, mu: 0 }).outcomes).toHaveLength(200);
  });

  test('or nearest in mean, size, variation, number of demands and silence together', () => {
    const near = pool.outcomesNear(often);
    expect(near.outcomes.length).toBeGreaterThanOrEqual(200);
    expect([...near.outcomes]).toEqual([...near.outcomes].sort((a, b) => a - b));
    expect(Math.abs(mean(near.outcomes) - LEAD * 0.8)).toBeLessThan(0.4);
    expect(Math.abs(mean(pool.outcomesNear(seldom).outcomes) - LEAD * 0.2)).toBeLessThan(0.4);
    // The same mean, but of rare parts: windows that followed rare demand.
    const asRare = pool.outcomesNear({ ...seldom, mu: often.mu });
    expect(asRare.alive).not.toBe(near.alive);
  });

  test('does not depend on the order of items', () => {
    const turned = learn([...rare, ...frequent].reverse())!;
    expect(turned.item(frequent[0], 1).mu).toBeCloseTo(often.mu, 9);
    expect(mean(turned.outcomesNearMean(often).outcomes)).toBeCloseTo(mean(pool.outcomesNearMean(often).outcomes), 1);
  });
});

test('demand that falls everywhere is expected to be lower than its history, rising demand higher', () => {
  const random = randomOf(9);
  const changing = (chance: (t: number) => number) =>
    Array.from({ length: 80 }, () => Float64Array.from({ length: 30 }, (_, t) => (random() < chance(t) ? 1 : 0)));
  const muOf = (chance: (t: number) => number) => {
    const histories = changing(chance);
    const pool = learn(histories)!;
    return mean(histories.map((history) => pool.item(history, 1).mu));
  };
  const [falling, steady, rising] = [
    muOf((t) => (t < 24 ? 0.6 : 0.2)),
    muOf(() => 0.6),
    muOf((t) => (t < 24 ? 0.3 : 0.9)),
  ];
  expect(Math.abs(steady - LEAD * 0.6)).toBeLessThan(0.25);
  expect(falling).toBeLessThan(LEAD * 0.45);
  expect(rising).toBeGreaterThan(LEAD * 0.65);
});
