import { expect, test } from 'vitest';
import type { PlanItem } from '#models/contracts/plan.ts';
import { jointOrders } from './jointOrders.ts';
import { ITEM } from './stockItem.fixture.ts';
import type { StockItem } from './stockPolicy.ts';

/** Ten days' review and delivery, one unit a day. */
const planOf = (item: string, change: Partial<PlanItem>): PlanItem =>
  ({
    item,
    site: '',
    supplier: 'acme',
    stock: 0,
    onOrder: 0,
    protectionDays: 10,
    expectedDemand: 10,
    reorderPoint: 12,
    orderUpTo: 12,
    orderNow: 0,
    orderCost: 0,
    deferred: false,
    costOfWaiting: 0,
    ...change,
  }) as PlanItem;

const urgent = planOf('a', { stock: 4, orderNow: 8, orderCost: 80, costOfWaiting: 50, whyOrder: 'Needed.' });
/** Reordered from the fourth day on, and from the ninth. */
const [next, later] = [planOf('b', { stock: 15 }), planOf('c', { stock: 20 })];
const join = (plans: PlanItem[], minimum: number, item: Partial<StockItem> = {}) =>
  jointOrders(
    plans,
    plans.map(() => ({ ...ITEM, ...item })),
    [{ supplier: 'acme', minimum_order_value: minimum }],
    'month',
  );

test('an order that reaches its supplier’s minimum, or has none, does not change', () => {
  expect(join([urgent, next, later], 80)).toEqual([urgent, next, later]);
  expect(join([urgent, next, later], 0)).toEqual([urgent, next, later]);
  expect(join([{ ...urgent, orderNow: 0 }, next], 500)).toEqual([{ ...urgent, orderNow: 0 }, next]);
});

test('an order below the minimum is filled up with the earliest orders to come, for as few days as possible', () => {
  const [a, b, c] = join([urgent, next, later], 130);
  // In four days a would be 4 more and b 1: 8 + 4 + 1 of 10 each.
  expect([a.orderNow, b.orderNow, c.orderNow]).toEqual([12, 1, 0]);
  expect(a.orderCost + b.orderCost).toBe(130);
  expect(a.whyOrder).toBe(
    'Needed. 4 of them are ordered up to 4 days early: the least order of acme is 130, and what is needed now comes to 80.',
  );
  expect(b.whyOrder).toMatch(/^1 are ordered up to 4 days early/);
  expect(c).toBe(later);
});

test('an item is due once its position is below the reorder point', () => {
  // On the third day b is at 12, on the fourth below it.
  const [a, b] = join([urgent, { ...next, orderUpTo: 20 }], 120);
  expect([a.orderNow, b.orderNow]).toEqual([12, 9]);
});

test('packs, least quantities and lower prices of larger orders count', () => {
  const [a, b] = join([urgent, next], 130, { packSize: 5 });
  expect([a.orderNow % 5, b.orderNow % 5]).toEqual([0, 0]);
  expect(a.orderCost + b.orderCost).toBeGreaterThanOrEqual(130);
  const [cheap] = join([urgent], 100, { priceBreaks: [{ from: 10, unitCost: 5 }] });
  expect(cheap).toMatchObject({ orderNow: 20, orderCost: 100 });
});

test('an order waits where holding the units that fill it up costs more than waiting', () => {
  const calm = { ...urgent, costOfWaiting: 0.1 };
  const [a, b] = join([calm, next], 600);
  expect(a).toMatchObject({ orderNow: 8, deferred: true, waitsFor: 'supplier_minimum' });
  expect(a.whyOrder).toMatch(/waits for the next review: the least order of acme is 600.*waiting costs 0\.1\.$/);
  expect(b).toBe(next);
  expect(join([{ ...urgent, costOfWaiting: 500 }, next], 600)[0].deferred).toBe(false);
  // 53 units of 10 are held 28 days longer, at 2 % a month: 9.8.
  expect(join([{ ...urgent, costOfWaiting: 9 }, next], 600)[0].deferred).toBe(true);
  expect(join([{ ...urgent, costOfWaiting: 10.5 }, next], 600)[0].deferred).toBe(false);
});

test('an order that a year of orders cannot fill up is made as needed, with a remark', () => {
  const [a] = join([urgent], 10_000);
  expect(a).toMatchObject({ orderNow: 8, deferred: false });
  expect(a.whyOrder).toContain('orders of a whole year would not reach it');
});

test('each site and supplier is ordered for separately', () => {
  const elsewhere = { ...next, site: 'north' };
  const other = { ...next, item: 'd', supplier: 'other' };
  const [, b, d] = join([urgent, elsewhere, other], 130);
  expect([b, d]).toEqual([elsewhere, other]);
});

test('a planner’s decision is neither changed nor deferred', () => {
  const decided = { ...urgent, costOfWaiting: 0 };
  const plans = [decided, next];
  const [a, b] = jointOrders(
    plans,
    [{ ...ITEM, fixedOrder: 8 }, ITEM],
    [{ supplier: 'acme', minimum_order_value: 130 }],
    'month',
  );
  expect(a).toBe(decided);
  expect(b.orderNow).toBe(5);
});
