import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OrderDecisionRequest } from '#models/contracts/planDecision.ts';
import { apiServer } from '../api/apiServer.fixture.ts';
import { Routing } from '../notify/routing.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { importSupply } from '../supply/importSupply.ts';
import { SupplyStore } from '../supply/supplyStore.ts';
import { runPlanJob } from './planJob.ts';
import { PlanStore } from './planStore.ts';
import type { WhatIf } from './whatIf.ts';

const dayMs = (date: string) => Date.parse(`${date}T08:00:00Z`);

/** A data directory with two years of demand for 40 belts a month and no stock; plans as of any day. */
function plannersDesk() {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-desk-'));
  let today = '2026-07-10';
  const now = () => dayMs(today);
  const supply = new SupplyStore(testPlace(directory), 10_000, now);
  const plans = new PlanStore(testPlace(directory), new Routing([]), now);
  const take = (table: Parameters<typeof importSupply>[1], rows: object[]) =>
    importSupply(supply, table, Buffer.from(JSON.stringify(rows)), { source: 'rest', by: 'ERP' });
  const months = Array.from({ length: 24 }, (_, m) => new Date(Date.UTC(2024, 6 + m, 15)).toISOString().slice(0, 10));
  take(
    'demand',
    months.flatMap((date, m) => [
      { item: 'belt', date, quantity: 40 + (m % 3) },
      { item: 'hose', date, quantity: 5 },
    ]),
  );
  take('items', [
    { item: 'belt', unit_cost: 10, lead_time_days: 20 },
    { item: 'hose', unit_cost: 4, lead_time_days: 20 },
  ]);
  take('stock', [
    { item: 'belt', quantity: 0 },
    { item: 'hose', quantity: 400 },
  ]);
  const plan = (date = today, whatIf?: WhatIf) => {
    today = date;
    const settings = {
      today,
      period: 'month' as const,
      horizon: 6,
      reviewDays: 7,
      target: { kind: 'cycle' as const, level: 0.95 },
      usualLifeDays: 1500,
      holdingRateAYear: 0.2,
      budget: null,
    };
    const { items } = runPlanJob({
      place: testPlace(directory),
      health: [],
      alerts: [],
      settings,
      reason: 'asked',
      atMs: now(),
      ...(whatIf && { whatIf }),
    });
    return items.find((i) => i.item === 'belt')!;
  };
  const decide = (decision: OrderDecisionRequest['decision']) => {
    const known = plans.item('belt', '')!.item;
    const openOrders = (known.openOrders ?? []).map(({ order }) => order);
    const proposed = known.proposedOrder ?? 0;
    return plans.decisions.decide({ item: 'belt', site: '', by: 'eve', decision }, { proposed, openOrders }, now());
  };
  return { plans, take, plan, decide, now };
}

test('an accepted order counts as on order until its purchase order is received as stock', () => {
  const { plans, take, plan, decide, now } = plannersDesk();
  const first = plan();
  expect(first).toMatchObject({ onOrder: 0, proposedOrder: first.orderNow });
  expect(first.orderNow).toBeGreaterThan(30);
  const { id } = decide({ action: 'accept', quantity: 90 });
  const after = plan();
  expect(after).toMatchObject({ onOrder: 90, openOrders: [{ order: `decision ${id}`, quantity: 90 }] });
  expect(after.orderNow).toBeLessThan(first.orderNow);
  expect(plans.decisions.decision(id)).toMatchObject({ state: 'open', proposed: first.orderNow, by: 'eve' });
  expect(plans.item('belt', '')?.item.decision).toMatchObject({ id, quantity: 90 });

  take('purchases', [{ order: 'PO-7', item: 'belt', quantity: 90, ordered: '2026-07-11', promised: '2026-07-30' }]);
  expect(plan('2026-07-12')).toMatchObject({ onOrder: 90, openOrders: [{ order: 'PO-7' }] });
  expect(plans.decisions.decision(id)).toMatchObject({ state: 'ordered', order: 'PO-7', updatedAtMs: now() });
  take('purchases', [
    {
      order: 'PO-7',
      item: 'belt',
      quantity: 90,
      ordered: '2026-07-11',
      promised: '2026-07-30',
      received: '2026-07-29',
    },
  ]);
  expect(plan('2026-07-30').onOrder).toBe(0);
  expect(plans.decisions.decision(id)?.state).toBe('received');
  expect(plans.decisions.current()).toEqual([]);
});

test('a frozen quantity is ordered whatever the policy proposes, until the next decision', () => {
  const { plans, plan, decide } = plannersDesk();
  const { orderNow } = plan();
  const frozen = decide({ action: 'freeze', quantity: 33, reason: 'the price falls next week' });
  const after = plan();
  expect(after).toMatchObject({ orderNow: 33, proposedOrder: orderNow, orderCost: 330 });
  expect(after.runOutAfterOrder).toBeGreaterThan(0.5);
  decide({ action: 'accept', quantity: 33 });
  expect(plans.decisions.decision(frozen.id)?.state).toBe('replaced');
  expect(plan().onOrder).toBe(33);
});

test('a delayed order is proposed again on its day, not before', () => {
  const { plan, decide } = plannersDesk();
  plan();
  decide({ action: 'delay', until: '2026-07-20', reason: 'the supplier is closed' });
  expect(plan('2026-07-19')).toMatchObject({ orderNow: 0 });
  expect(plan('2026-07-20').orderNow).toBeGreaterThan(30);
});

test('a trial order is not stored', () => {
  const { plans, plan } = plannersDesk();
  const { orderNow, runOutAfterOrder } = plan();
  const half = plan('2026-07-10', { item: 'belt', order: Math.round(orderNow / 2) });
  expect(half.orderNow).toBe(Math.round(orderNow / 2));
  expect(half.runOutAfterOrder).toBeGreaterThan(runOutAfterOrder!);
  expect(plans.decisions.all(10)).toEqual([]);
  expect(plan().orderNow).toBe(orderNow);
});

test('an overridden forecast changes the order, and is compared with the actual demand', () => {
  const { plans, take, plan } = plannersDesk();
  const before = plan();
  const override = { item: 'belt', site: '', by: 'eve', from: '2026-07-01', to: '2026-09-30', reason: 'a new line' };
  plans.decisions.override({ ...override, factor: 2 }, 1);
  const after = plan();
  expect(after.expectedDemand / before.expectedDemand).toBeCloseTo(2, 1);
  expect(after.orderNow).toBeGreaterThan(1.6 * before.orderNow);
  expect(plans.item('belt', '')?.series.forecast.mean[0]).toBeGreaterThan(75);
  // The forecast for August is made in August, before any demand of it is known.
  take('demand', [{ item: 'belt', date: '2026-07-15', quantity: 41 }]);
  plan('2026-08-02');
  take('demand', [{ item: 'belt', date: '2026-08-15', quantity: 80 }]);
  take('demand', [{ item: 'belt', date: '2026-09-01', quantity: 3 }]);
  plan('2026-09-02');
  const record = plans.summary()?.overrides;
  expect(record).toMatchObject({ periods: 1, closer: 1 });
  expect(record!.errorOfForecast).toBeGreaterThan(30);
  expect(record!.errorOfOverride).toBeLessThan(10);
});

test('a withdrawn override has no effect', () => {
  const { plans, plan } = plannersDesk();
  const { orderNow } = plan();
  const about = { item: 'belt', site: '', by: 'eve', from: '2026-07-01', to: '2026-12-31', reason: 'x' };
  const { id } = plans.decisions.override({ ...about, quantity: 400 }, 1);
  expect(plan().orderNow).toBeGreaterThan(5 * orderNow);
  expect(plans.decisions.withdrawOverride(id, 'tom', 2)).toMatchObject({ withdrawn: { atMs: 2, by: 'tom' } });
  expect(plans.decisions.withdrawOverride(id, 'tom', 3)).toBeNull();
  expect(plan().orderNow).toBe(orderNow);
});

test('exceptions are ranked by cost, and omit those decided on', () => {
  const { plans, plan, decide, now } = plannersDesk();
  plan();
  const kinds = () => plans.exceptions(now()).map(({ kind, item }) => `${kind} ${item}`);
  expect(kinds()).toEqual(['excess_stock hose', 'order belt']);
  decide({ action: 'accept', quantity: 60 });
  expect(kinds()).toEqual(['excess_stock hose']);
});

test('the API records who decided, and refuses unplanned items and incomplete requests', async () => {
  const { app, plans, supply, directory } = await apiServer({}, dayMs('2026-07-10'));
  importSupply(supply, 'demand', Buffer.from(JSON.stringify([{ item: 'belt', date: '2026-06-15', quantity: 9 }])), {
    source: 'rest',
    by: 'ERP',
  });
  const post = (path: string, payload: object) => app.inject({ method: 'POST', url: `/api/v1/plan/${path}`, payload });
  const accept = { item: 'belt', site: '', by: 'eve', decision: { action: 'accept', quantity: 4 } };
  expect((await post('decisions', accept)).statusCode).toBe(404);
  runPlanJob({
    place: testPlace(directory),
    health: [],
    alerts: [],
    settings: {
      today: '2026-07-10',
      period: 'month',
      horizon: 3,
      reviewDays: 7,
      target: { kind: 'cycle', level: 0.95 },
      usualLifeDays: 1500,
      holdingRateAYear: 0.2,
      budget: null,
    },
    reason: 'asked',
    atMs: dayMs('2026-07-10'),
  });
  const made = await post('decisions', accept);
  expect(made.statusCode).toBe(201);
  const { id } = made.json();
  expect((await app.inject('/api/v1/plan/decisions')).json()).toMatchObject([{ id, by: 'eve', quantity: 4 }]);
  expect((await post(`decisions/${id}/withdraw`, { by: 'tom' })).json()).toMatchObject({ state: 'withdrawn' });
  expect((await post(`decisions/${id}/withdraw`, { by: 'tom' })).statusCode).toBe(404);
  const delay = { action: 'delay', until: '2026-02-31x', reason: 'r' };
  expect((await post('decisions', { ...accept, decision: delay })).statusCode).toBe(400);
  const override = { item: 'belt', site: '', by: 'eve', from: '2026-08-01', to: '2026-07-01', factor: 2, reason: 'r' };
  expect((await post('overrides', override)).statusCode).toBe(400);
  expect((await post('overrides', { ...override, to: '2026-09-01', quantity: 5 })).statusCode).toBe(400);
  expect((await post('overrides', { ...override, to: '2026-09-01' })).statusCode).toBe(201);
  expect(plans.decisions.overrides(5)).toHaveLength(1);
  expect((await app.inject('/api/v1/plan/exceptions?limit=5')).json()).toMatchObject([{ kind: 'order', item: 'belt' }]);
  await app.close();
});
