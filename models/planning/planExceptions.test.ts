import { describe, expect, test } from 'vitest';
import type { PlanItem } from '#models/contracts/plan.ts';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { openExceptions, planExceptions } from './planExceptions.ts';

const NOW = Date.UTC(2026, 5, 20);
const item = (more: Partial<PlanItem>) =>
  ({
    item: 'belt',
    site: '',
    name: null,
    flags: [],
    stock: 10,
    onOrder: 0,
    unitCost: 5,
    leadTimeDays: 20,
    protectionDays: 40,
    expectedDemand: 40,
    expectedByMachines: 0,
    demandAYear: 365,
    reorderPoint: 20,
    orderUpTo: 60,
    orderNow: 0,
    deferred: false,
    runOutProbability: 0.1,
    costOfWaiting: 0,
    machines: [],
    ...more,
  }) as PlanItem;
const kinds = (...items: PlanItem[]) => planExceptions(items).map(({ kind, atStake }) => [kind, Math.round(atStake)]);
describe('exceptions', () => {
  test('an order that is due', () => {
    const due = { orderNow: 20, costOfWaiting: 300 };
    expect(kinds(item(due))).toEqual([['order', 300]]);
    expect(kinds(item({ ...due, deferred: true }))).toEqual([['over_budget', 300]]);
    const [waiting] = planExceptions([item({ ...due, deferred: true, waitsFor: 'supplier_minimum' })]);
    expect(waiting).toMatchObject({
      kind: 'order',
      recommendation: expect.stringContaining('least order of its supplier'),
    });
  });

  test('an open order that arrives too late', () => {
    // 20 of the 40 are needed within the lead time, at 5 each.
    expect(kinds(item({ onOrder: 30, runOutProbability: 0.5 }))).toEqual([['late_delivery', 50]]);
    expect(kinds(item({ onOrder: 30, runOutProbability: 0.49 }))).toEqual([]);
    expect(kinds(item({ onOrder: 30, runOutProbability: 0.9, flags: ['stock_unknown'] }))).toEqual([]);
  });

  test('a transfer that makes a purchase unnecessary, and a sender that has less excess', () => {
    const transfersIn = [{ site: 'south', quantity: 7 }];
    const [due] = planExceptions([item({ transfersIn, costOfWaiting: 40 })]);
    expect(due).toMatchObject({ kind: 'transfer', atStake: 40 });
    expect(due.recommendation).toBe('Transfer 7 from south.');
    expect(kinds(item({ transfersIn, orderNow: 3, costOfWaiting: 40 }))).toEqual([['order', 40]]);
    expect(kinds(item({ stock: 800, transfersOut: transfersIn }))).toEqual([['excess_stock', 15]]);
  });

  test('dead stock, and excess stock', () => {
    expect(kinds(item({ stock: 100, demandAYear: 1.9 }))).toEqual([['dead_stock', 500]]);
    // 365 a year: two years and the 60 of the order-up-to level are kept.
    expect(kinds(item({ stock: 800 }))).toEqual([['excess_stock', 50]]);
    expect(kinds(item({ stock: 790 }))).toEqual([]);
    expect(kinds(item({ stock: 100, demandAYear: 0, machines: [{} as PlanItem['machines'][0]] }))).toEqual([]);
  });

  test('names the action', () => {
    const recommendation = (more: Partial<PlanItem>) => planExceptions([item(more)])[0].recommendation;
    expect(recommendation({ orderNow: 20 })).toMatch(/^Accept/);
    expect(recommendation({ orderNow: 20, deferred: true })).toMatch(/^Raise the budget/);
    expect(recommendation({ stock: 800 })).toBe('Sell or return up to 10.');
    expect(recommendation({ stock: 800, onOrder: 1 })).toBe('Cancel what is on order; then sell or return up to 10.');
    expect(planExceptions([item({ stock: 800 })])[0].text).toContain('2.19 years');
  });

  test('values an item without a price at 1 a unit', () => {
    const unpriced = { unitCost: undefined };
    expect(kinds(item({ ...unpriced, onOrder: 30, runOutProbability: 0.5 }))).toEqual([['late_delivery', 10]]);
    expect(kinds(item({ ...unpriced, stock: 100, demandAYear: 0 }))).toEqual([['dead_stock', 100]]);
  });

  test('a late delivery concerns the quantity on order, and an order that is due goes first', () => {
    expect(kinds(item({ onOrder: 0, runOutProbability: 0.9 }))).toEqual([]);
    expect(kinds(item({ onOrder: 1, runOutProbability: 0.9 }))).toEqual([['late_delivery', 90]]);
    expect(kinds(item({ onOrder: 30, runOutProbability: 0.9, orderNow: 1, costOfWaiting: 7 }))).toEqual([['order', 7]]);
    expect(kinds(item({ onOrder: 30, runOutProbability: 0.5, leadTimeDays: 1, protectionDays: 1 }))).toEqual([
      ['late_delivery', 100],
    ]);
  });

  test('probabilities are in percent', () => {
    const [late] = planExceptions([item({ onOrder: 30, runOutProbability: 0.5 })]);
    expect(late.text).toBe('30 are on order; the probability that they come too late is 50 %.');
  });

  test('the highest value at stake comes first, ties by name', () => {
    const equal = ['c', 'a', 'b'].map((name) => item({ item: name, orderNow: 1, costOfWaiting: 2 }));
    expect(planExceptions(equal).map((e) => e.item)).toEqual(['a', 'b', 'c']);
    const cheap = item({ item: 'a', orderNow: 1, costOfWaiting: 2 });
    const costly = item({ item: 'b', orderNow: 1, costOfWaiting: 9 });
    expect(planExceptions([cheap, costly]).map((e) => e.item)).toEqual(['b', 'a']);
  });
});

describe('after decisions', () => {
  const accepted = (days: number) =>
    ({
      item: 'belt',
      site: '',
      action: 'accept',
      quantity: 8,
      by: 'eve',
      decidedAtMs: NOW - days * 86_400_000,
    }) as OrderDecision;
  const exceptions = planExceptions([
    item({ orderNow: 20, costOfWaiting: 300 }),
    item({ item: 'hose', orderNow: 3, costOfWaiting: 30 }),
  ]);
  const left = (...open: OrderDecision[]) =>
    openExceptions(exceptions, open, () => ({ name: null, unitCost: 5 }), NOW).map((e) => [e.kind, e.item, e.atStake]);

  test('an order with a decision needs no planner', () => {
    expect(left()).toEqual([
      ['order', 'belt', 300],
      ['order', 'hose', 30],
    ]);
    expect(left(accepted(2.9))).toEqual([['order', 'hose', 30]]);
    expect(left({ ...accepted(9), action: 'freeze' })).toEqual([['order', 'hose', 30]]);
  });

  test('an accepted order that the purchases lack after three days does', () => {
    expect(left(accepted(3))).toEqual([
      ['not_ordered', 'belt', 40],
      ['order', 'hose', 30],
    ]);
  });
});
