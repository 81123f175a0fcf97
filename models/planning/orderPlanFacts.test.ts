import { describe, expect, test } from 'vitest';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { type Change, coming, FORECAST, inDays, MACHINES, orderFacts, planOf, SETTINGS } from './orderPlan.fixture.ts';
import { stockItemOf } from './orderPlan.ts';
import type { PlanSettings } from './planSettings.ts';
import type { DeliveryLaw } from './suppliers.ts';

describe('what an item costs', () => {
  const itemOf = (change: Change = {}, settings: Partial<PlanSettings> = {}) =>
    stockItemOf(orderFacts(change), { ...SETTINGS, ...settings });

  test('comes from its row, with the yearly holding rate converted to periods', () => {
    const item = { order_cost: 40, shortage_cost: 90, holding_rate: 0.26, minimum_order: 24, pack_size: 6 };
    expect(itemOf({ item, place: { stock: 5, coming: coming(3, 40) } }, { period: 'month' })).toEqual({
      transferIn: 0,
      stock: 5,
      onOrder: 20,
      unitCost: 10,
      orderCost: 40,
      holdingRate: 0.26 / 12,
      shortageCost: 90,
      minimumOrder: 24,
      packSize: 6,
      unit: 1,
    });
  });

  test('has defaults: 1 a unit, no order cost, a shortage cost of at least the unit cost', () => {
    expect(itemOf({ place: { facts: undefined } }, { period: 'month' })).toEqual({
      transferIn: 0,
      stock: 0,
      onOrder: 0,
      unitCost: 1,
      orderCost: 0,
      holdingRate: 0.2 / 12,
      shortageCost: 1,
      minimumOrder: 0,
      packSize: 1,
      unit: 1,
    });
    expect(itemOf().shortageCost).toBe(10);
  });

  test('includes price breaks, lost sales and a planner’s order where there are any', () => {
    const item = { price_breaks: '100:9', unmet_demand: 'lost' } as const;
    const all = itemOf({ item, facts: { fixedOrder: 0, delivery: inDays(13, 15) } });
    expect(all).toMatchObject({ fixedOrder: 0, lostSales: { leadReviews: 2 } });
    expect(all.priceBreaks).toHaveLength(1);
    expect(Object.keys(itemOf())).not.toEqual(expect.arrayContaining(['fixedOrder']));
    expect(itemOf({ item: { unmet_demand: 'owed' } } as Change)).not.toHaveProperty('lostSales');
  });
});

describe('facts of an item', () => {
  test('a year’s demand is that of the newest year, or the forecast if larger', () => {
    const growing = [...new Array<number>(60).fill(1), ...new Array<number>(52).fill(20)];
    expect(planOf({ place: { history: growing } }).demandAYear).toBe(1040);
    expect(planOf({ place: { history: [] } }).demandAYear).toBeCloseTo((14 * 365.25) / 7, 9);
    const machines = planOf({ place: { history: [] }, facts: { machines: MACHINES } });
    // Three and a half a week more from machines.
    expect(machines.demandAYear).toBeCloseTo((17.5 * 365.25) / 7, 9);
  });

  test('the class is that of the total history; without a history, of the forecast', () => {
    const rare = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? 3 : 0));
    expect(planOf({ place: { history: rare } }).class).toBe('intermittent');
    const lumpy = { ...FORECAST, class: 'lumpy' } as ItemForecast;
    expect(planOf({ place: { history: [7] }, facts: { forecast: lumpy } }).class).toBe('smooth');
    expect(planOf({ place: { history: [] }, facts: { forecast: lumpy } }).class).toBe('lumpy');
  });

  test('machines are demand even if there was no other demand', () => {
    const silent = { ...FORECAST, flags: ['no_demand_in_history', 'new'] } as unknown as ItemForecast;
    const flags = (history: number[]) => planOf({ place: { history }, facts: { forecast: silent } }).flags;
    expect(flags([0, 0])).toEqual(['no_demand_in_history', 'new']);
    expect(flags([0, 1])).toEqual(['new']);
  });

  test('assumes a lead time and a stock without a row, and flags both', () => {
    const assumed = { ...inDays(28), promise: 'assumed' } as DeliveryLaw;
    expect(planOf({ place: { stockFrom: 'no_row' }, facts: { delivery: assumed } }).flags).toEqual([
      'lead_time_assumed',
      'stock_assumed_none',
    ]);
    expect(planOf({ place: { stockFrom: 'no_table' } }).flags).toEqual(['stock_unknown']);
    expect(planOf().flags).toEqual([]);
  });

  test('names the first fifty open orders, with their promises where they have one', () => {
    const plan = planOf({ place: { coming: coming(3, null, ...new Array<number>(58).fill(4)) } });
    expect(plan).toMatchObject({ onOrder: 600, deferred: false });
    expect(plan.openOrders).toHaveLength(50);
    expect(plan.openOrders?.slice(0, 2)).toEqual([
      { order: 'PO-0', quantity: 10, promised: '2026-07-09' },
      { order: 'PO-1', quantity: 10, promised: null },
    ]);
  });

  test('includes unit and currency where they are known', () => {
    expect(planOf({ item: { unit: 'kg' } }, { currency: 'EUR' })).toMatchObject({ unit: 'kg', currency: 'EUR' });
    for (const name of ['unit', 'currency']) expect(planOf()).not.toHaveProperty(name);
  });

  test('an order has its reason, an order fixed by a planner the planner’s reason, and no order has none', () => {
    expect(planOf()).toMatchObject({ orderNow: 33, whyOrder: expect.stringContaining('33') });
    expect(planOf({ facts: { fixedOrder: 5 } })).toMatchObject({ orderNow: 5, proposedOrder: 33 });
    expect(planOf({ facts: { fixedOrder: 5 } })).not.toHaveProperty('whyOrder');
    expect(planOf({ place: { stock: 100 } })).not.toHaveProperty('whyOrder');
  });
});
