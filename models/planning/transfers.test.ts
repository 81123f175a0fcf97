import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { noSupply, type Supply } from '#models/supply/supplyTables.ts';
import { NO_MEMORY } from './planMemory.ts';
import type { PlanSettings } from './planSettings.ts';
import { planSupply } from './planSupply.ts';
import type { TransferRules } from './transfers.ts';

const EVERYWHERE: TransferRules = { pools: null, cost: 0 };
const settings: PlanSettings = {
  today: '2026-07-10',
  period: 'month',
  horizon: 6,
  reviewDays: 7,
  target: { kind: 'cycle', level: 0.95 },
  usualLifeDays: 1500,
  holdingRateAYear: 0.2,
  budget: null,
  transfers: EVERYWHERE,
};

const months = Array.from(
  { length: 36 },
  (_, m) => `${2023 + Math.floor((m + 6) / 12)}-${String(((m + 6) % 12) + 1).padStart(2, '0')}-15`,
);
/** Demand of about ten a month at north and at south, with different stock. */
function twoSites(stock: Record<string, number>, item: Partial<Supply['items'][number]> = {}): Supply {
  const sites = ['north', 'south'];
  return {
    ...noSupply(),
    items: [{ item: 'seal', unit_cost: 10, lead_time_days: 30, ...item }],
    demand: sites.flatMap((site, s) =>
      months.map((date, m) => ({ item: 'seal', site, date, quantity: 8 + ((m * 7 + s * 3) % 5) })),
    ),
    stock: Object.entries(stock).map(([site, quantity]) => ({ item: 'seal', site, quantity })),
  };
}
const planOf = (supply: Supply, more: Partial<PlanSettings> = {}, alerts: AlertRecord[] = []) =>
  planSupply(supply, { health: [], alerts }, NO_MEMORY, { ...settings, ...more }).items;
const at = (items: ReturnType<typeof planOf>, site: string) => items.find((i) => i.site === site)!;

test('a site that is short is sent another site’s excess, and purchases nothing', () => {
  const alone = at(planOf(twoSites({ north: 2, south: 100 }), { transfers: undefined }), 'north');
  expect(alone.orderNow).toBe(alone.orderUpTo - 2);
  const items = planOf(twoSites({ north: 2, south: 100 }));
  const [north, south] = [at(items, 'north'), at(items, 'south')];
  expect(north).toMatchObject({
    transfersIn: [{ site: 'south', quantity: alone.orderNow }],
    orderNow: 0,
    orderCost: 0,
  });
  expect(south).toMatchObject({ transfersOut: [{ site: 'north', quantity: alone.orderNow }], orderNow: 0 });
  expect(north.whyOrder).toBe(`${alone.orderNow} come from south, which has 100 and fills up to ${south.orderUpTo}.`);
  // Waiting for the transfer costs as much as waiting for the order.
  expect(north.costOfWaiting).toBeCloseTo(alone.costOfWaiting, 9);
  expect(north.runOutAfterOrder).toBeCloseTo(alone.runOutAfterOrder as number, 9);
});

test('a sender keeps its own level; the rest is purchased, and no unit is sent twice', () => {
  const { orderUpTo, reorderPoint } = at(planOf(twoSites({ north: 0, south: 0 }), { transfers: undefined }), 'south');
  const items = planOf(twoSites({ north: 2, south: orderUpTo + 4 }));
  const north = at(items, 'north');
  expect(north.transfersIn).toEqual([{ site: 'south', quantity: 4 }]);
  expect(north.orderNow).toBe(north.orderUpTo - 6);
  expect(north.orderNow).toBeGreaterThan(0);
  // Not below its reorder point, and without any excess.
  for (const stock of [orderUpTo, reorderPoint])
    expect(at(planOf(twoSites({ north: 2, south: stock })), 'north').transfersIn).toBeUndefined();
  // Units on order at the sender are not on its shelf.
  const purchases = [{ order: 'P1', item: 'seal', site: 'south', quantity: 500, ordered: '2026-07-01' }];
  expect(at(planOf({ ...twoSites({ north: 2, south: 5 }), purchases }), 'north').transfersIn).toBeUndefined();
});

test('a warehouse without demand sends everything, to the costlier shortage first', () => {
  const items = planOf(twoSites({ north: -6, south: 8, central: 20 }));
  const [north, south, central] = ['north', 'south', 'central'].map((site) => at(items, site));
  expect(north.costOfWaiting).toBeGreaterThan(south.costOfWaiting);
  expect(north.transfersIn).toEqual([{ site: 'central', quantity: 20 }]);
  expect(south.transfersIn).toBeUndefined();
  expect(central).toMatchObject({ transfersOut: [{ site: 'north', quantity: 20 }], orderNow: 0 });
  expect(north.orderNow).toBe(north.orderUpTo - 14);
});

test('of several senders the smallest that has enough sends it all; else the largest sends first', () => {
  const need = at(planOf(twoSites({ north: 2, south: 20 }), { transfers: undefined }), 'north').orderNow;
  const enough = planOf(twoSites({ north: 2, south: 20, depot: need + 3, central: 500 }));
  expect(at(enough, 'north').transfersIn).toEqual([{ site: 'depot', quantity: need }]);
  const split = planOf(twoSites({ north: 2, south: 20, depot: 3, central: 5 }));
  expect(at(split, 'north').transfersIn).toEqual([
    { site: 'central', quantity: 5 },
    { site: 'depot', quantity: 3 },
    { site: 'south', quantity: 20 - at(split, 'south').orderUpTo },
  ]);
});

test('only sites of one pool exchange stock, and only if that saves more of a purchase than the transfer costs', () => {
  const supply = twoSites({ north: 2, south: 100 });
  const sent = (transfers: TransferRules, changed = supply) => at(planOf(changed, { transfers }), 'north').transfersIn;
  expect(
    sent({
      pools: [
        ['north', 'west'],
        ['south', 'east'],
      ],
      cost: 0,
    }),
  ).toBeUndefined();
  expect(sent({ pools: [['north', 'south']], cost: 0 })).toHaveLength(1);
  const { orderCost } = at(planOf(supply, { transfers: undefined }), 'north');
  expect(sent({ pools: null, cost: orderCost })).toHaveLength(1);
  expect(sent({ pools: null, cost: orderCost + 1 })).toBeUndefined();
  // Packs of 1,000: a few units do not change the purchase.
  const packs = { pack_size: 1000 };
  const { orderUpTo } = at(planOf(twoSites({ north: 0, south: 0 }, packs), { transfers: undefined }), 'south');
  expect(sent(EVERYWHERE, twoSites({ north: -500, south: orderUpTo + 4 }, packs))).toBeUndefined();
});

test('an order with a decision does not change, and an item at one site only is purchased', () => {
  const decided = {
    ...{ id: 'd', item: 'seal', site: 'north', action: 'freeze' as const, quantity: 9, until: null, proposed: 0 },
    ...{
      reason: 'x',
      by: 'Ann',
      decidedAtMs: 0,
      updatedAtMs: 0,
      state: 'open' as const,
      order: null,
      ordersBefore: [],
    },
  };
  const supply = twoSites({ north: 2, south: 100 });
  const decisions = { orders: [decided], overrides: [] };
  const { items } = planSupply(supply, { health: [], alerts: [] }, NO_MEMORY, settings, decisions);
  expect(at(items, 'north')).toMatchObject({ orderNow: 9 });
  expect(at(items, 'north').transfersIn).toBeUndefined();
  const single = {
    ...supply,
    demand: supply.demand.filter((d) => d.site === 'north'),
    stock: supply.stock.slice(0, 1),
  };
  expect(at(planOf(single), 'north').orderNow).toBeGreaterThan(0);
});

test('a machine’s part is supplied by its own site, then by other sites, then by a purchase', () => {
  const machines = (stock: Record<string, number>): Supply => ({
    ...noSupply(),
    items: [{ item: 'bearing', unit_cost: 80, lead_time_days: 21 }],
    stock: Object.entries(stock).map(([site, quantity]) => ({ item: 'bearing', site, quantity })),
    bom: [{ machine: 'pump', item: 'bearing', installed: '2026-01-10' }],
    maintenance: [{ machine: 'pump', item: 'bearing', kind: 'planned', date: '2026-07-20' }],
  });
  const health = [
    { site: 'north', edge: 'e', asset: 'pump', timeMs: 0, remainingLife: { assessment: 'not_assessable' } },
  ];
  const plan = (stock: Record<string, number>) =>
    planSupply(machines(stock), { health: health as never, alerts: [] }, NO_MEMORY, settings).items;
  const own = plan({ north: 3, south: 5 });
  expect(at(own, 'north').machines.map((m) => m.machine)).toEqual(['pump']);
  expect(at(own, 'south').machines).toEqual([]);
  expect(own.every((i) => i.transfersIn === undefined && i.orderNow === 0)).toBe(true);
  const elsewhere = plan({ north: 0, south: 5 });
  expect(at(elsewhere, 'north')).toMatchObject({ orderNow: 0, transfersIn: [{ site: 'south' }] });
  expect(at(plan({ north: 0, south: 0 }), 'north').orderNow).toBeGreaterThan(0);
});

test('a transfer frozen by a planner is proposed unchanged, and one frozen at 0 is not proposed', () => {
  const supply = twoSites({ north: 2, south: 100 });
  const frozen = (from: string, site: string, quantity: number): OrderDecision => ({
    id: '1',
    item: 'seal',
    site,
    from,
    action: 'freeze_transfer',
    quantity,
    until: null,
    proposed: 0,
    reason: 'no lorry',
    by: 'eve',
    decidedAtMs: 0,
    updatedAtMs: 0,
    state: 'open',
    order: null,
    ordersBefore: [],
  });
  const planned = (decision: OrderDecision) =>
    planSupply(supply, { health: [], alerts: [] }, NO_MEMORY, settings, { orders: [decision], overrides: [] }).items;
  const alone = at(planOf(supply, { transfers: undefined }), 'north');
  const none = at(planned(frozen('south', 'north', 0)), 'north');
  expect([none.transfersIn, none.orderNow]).toEqual([undefined, alone.orderNow]);
  const some = at(planned(frozen('south', 'north', 3)), 'north');
  expect(some).toMatchObject({ transfersIn: [{ site: 'south', quantity: 3 }], orderNow: alone.orderNow - 3 });
  // Also to a site that is not short.
  expect(at(planned(frozen('north', 'south', 1)), 'south').transfersIn).toEqual([{ site: 'north', quantity: 1 }]);
});
