import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { backtestStock } from './backtestStock.ts';
import type { PlannedItem } from './planItems.ts';

const random = randomOf(11);
const items = Array.from(
  { length: 8 },
  (_, i): PlannedItem => ({
    id: `i${i}`,
    history: Array.from({ length: 48 }, () => Math.max(0, Math.round(60 + 15 * gaussian(random)))),
    leadTime: 1,
    stock: 0,
    onOrder: 0,
    unitCost: 10,
    orderCost: 0,
    holdingRate: 0.02,
    shortageCost: 50,
    minimumOrder: 0,
    packSize: 1,
  }),
);
const play = (level: number, periods = 6) => backtestStock(items, [], { kind: 'cycle', level }, [12], 1, periods);

test('a higher service target needs more stock and achieves more service', () => {
  const [low, high] = [play(0.6), play(0.97)];
  expect(high.all.fill).toBeGreaterThan(0.95);
  expect(high.all.cycleService).toBeGreaterThan(0.9);
  expect(high.all.meanStock).toBeGreaterThan(low.all.meanStock);
  expect(low.all.fill).toBeLessThan(high.all.fill);
  expect(high.items).toHaveLength(8);
  expect(high.items.reduce((sum, i) => sum + i.cost, 0)).toBeCloseTo(high.all.cost, 6);
});

test('replays actual demand: a shelf never serves more than was demanded', () => {
  const { items: results } = play(0.9);
  for (const { fill, cycleService } of results) {
    expect(fill).toBeLessThanOrEqual(1);
    expect(cycleService).toBeLessThanOrEqual(1);
  }
});

test('does not replay items whose history is too short', () => {
  expect(play(0.9, 45).items).toEqual([]);
  expect(play(0.9, 45).all.fill).toBe(1);
});

test('lost demand is not backordered, and an item that is cheaper to do without is not ordered', () => {
  const cheap = items.slice(0, 1).map((item) => ({ ...item, shortageCost: 0.01, orderCost: 60 }));
  const orders = (unmetDemand: PlannedItem['unmetDemand']) =>
    backtestStock(
      cheap.map((item) => ({ ...item, unmetDemand })),
      [],
      { kind: 'cost' },
      [12],
      1,
      8,
    ).all.orders;
  expect(orders('lost')).toBe(0);
});
