import { expect, test } from 'vitest';
import { noSupply, type Supply } from '#models/supply/supplyTables.ts';
import { NO_MEMORY } from './planMemory.ts';
import type { PlanSettings } from './planSettings.ts';
import { planSupply } from './planSupply.ts';

const settings: PlanSettings = {
  today: '2026-07-10',
  period: 'month',
  horizon: 6,
  reviewDays: 7,
  target: { kind: 'fill', level: 0.95 },
  usualLifeDays: 1500,
  holdingRateAYear: 0.2,
  budget: null,
  transfers: { pools: null, cost: 0 },
  depot: { site: 'central', days: 2 },
};

const monthsBack = (m: number) =>
  `${2026 - Math.ceil((m - 6) / 12)}-${String(((6 - m + 120) % 12) + 1).padStart(2, '0')}-12`;
/** A pump that fails at north and south about once a month each, and is repaired at the central site. */
function pumps(
  stock: Record<string, number>,
  item: Partial<Supply['items'][number]> = {},
  recent: string[] = [],
): Supply {
  const sites = ['north', 'south'];
  return {
    ...noSupply(),
    items: [{ item: 'pump', unit_cost: 5000, lead_time_days: 90, repair_days: 20, ...item }],
    demand: sites.flatMap((site, s) => [
      ...Array.from({ length: 36 }, (_, m) => m + 2)
        .filter((m) => (m * 7 + s * 3) % 5 !== 0)
        .map((m) => ({ item: 'pump', site, date: monthsBack(m), quantity: (m + s) % 4 === 0 ? 2 : 1 })),
      ...recent.map((date) => ({ item: 'pump', site, date, quantity: 1 })),
    ]),
    stock: Object.entries({ central: 0, ...stock }).map(([site, quantity]) => ({ item: 'pump', site, quantity })),
  };
}
const planOf = (supply: Supply, more: Partial<PlanSettings> = {}) =>
  planSupply(supply, { health: [], alerts: [] }, NO_MEMORY, { ...settings, ...more }).items;
const at = (items: ReturnType<typeof planOf>, site: string) => items.find((i) => i.site === site)!;
const total = (items: ReturnType<typeof planOf>, key: 'orderUpTo' | 'orderNow') =>
  items.reduce((sum, i) => sum + i[key], 0);

test('levels set for all sites together meet the target on average with fewer units than sites alone', () => {
  const items = planOf(pumps({ north: 0, south: 0 }));
  expect(at(items, 'north')).toMatchObject({ reorderPoint: at(items, 'north').orderUpTo, leadTimeDays: 2 });
  const served = (at(items, 'north').expectedFill + at(items, 'south').expectedFill) / 2;
  expect(served).toBeGreaterThan(0.94);
  const alone = planOf(pumps({ north: 0, south: 0 }), { depot: undefined });
  expect(total(items, 'orderUpTo')).toBeLessThan(total(alone, 'orderUpTo'));
  // Without any unit, the depot purchases all of them.
  expect(at(items, 'central').orderNow).toBe(total(items, 'orderUpTo'));
  expect(at(items, 'central').whyOrder).toMatch(
    /^central and its sites are to have (\d+) in all, and 0 are there, .*: \1 are/,
  );
  expect(at(items, 'central').costOfWaiting).toBeGreaterThan(0);
  expect(at(items, 'north')).toMatchObject({ orderNow: 0, orderCost: 0 });
  expect(at(items, 'north').whyOrder).toMatch(/wait until central has repaired or purchased them\.$/);
});

test('a longer repair or a scrap share needs more units', () => {
  const units = (item: Partial<Supply['items'][number]>) =>
    total(planOf(pumps({ north: 0, south: 0 }, item)), 'orderUpTo');
  const usual = units({});
  expect(units({ repair_days: 60 })).toBeGreaterThan(usual);
  expect(units({ scrap_share: 0.5 })).toBeGreaterThan(usual);
  expect(units({ service_kind: 'fill', service_level: 0.8 })).toBeLessThan(usual);
  expect(units({ service_kind: 'cost', shortage_cost: 1e6 })).toBeGreaterThan(
    units({ service_kind: 'cost', shortage_cost: 100 }),
  );
});

test('sites are supplied from the depot first, then from the excess of other sites', () => {
  const full = planOf(pumps({ north: 9, south: 9, central: 9 }));
  const [north, south] = [at(full, 'north').orderUpTo, at(full, 'south').orderUpTo];
  expect(total(full, 'orderNow')).toBe(0);
  const sent = planOf(pumps({ north: 0, south, central: 9 }));
  expect(at(sent, 'north').transfersIn).toEqual([{ site: 'central', quantity: north }]);
  expect(at(sent, 'central').transfersOut).toEqual([{ site: 'north', quantity: north }]);
  const lateral = planOf(pumps({ north: 0, south: south + 20, central: 0 }));
  expect(at(lateral, 'north').transfersIn).toEqual([{ site: 'south', quantity: north }]);
  expect(at(lateral, 'central')).toMatchObject({ orderNow: 0, transfersIn: [{ site: 'south' }] });
});

test('units in repair return to the depot and are not purchased, unless scrapped', () => {
  const recent = ['2026-07-02', '2026-07-08'];
  const inRepair = (item: Partial<Supply['items'][number]>) =>
    at(planOf(pumps({ north: 0, south: 0 }, item, recent)), 'central');
  expect(inRepair({}).onOrder).toBe(4);
  expect(inRepair({}).openOrders?.[0]).toEqual({ order: 'in repair', quantity: 1, promised: '2026-07-22' });
  expect(inRepair({ scrap_share: 0.5 }).onOrder).toBe(2);
  expect(inRepair({ repair_days: 5 }).onOrder).toBe(2);
  const items = planOf(pumps({ north: 1, south: 1 }, {}, recent));
  expect(at(items, 'central').orderNow).toBe(Math.max(0, total(items, 'orderUpTo') - 6));
});

test('without a depot each site repairs its own', () => {
  const items = planOf(pumps({ north: 2, south: 2 }, {}, ['2026-07-08']), { depot: undefined });
  expect(at(items, 'north')).toMatchObject({ onOrder: 1, leadTimeDays: 20 });
});

test('orders and shipments of the same demand leave one failed unit each', () => {
  const supply = pumps({ north: 0, south: 0 }, {}, ['2026-07-02']);
  const shipments = supply.demand.map((row) => ({ ...row, kind: 'shipment' as const }));
  const both = planOf({ ...supply, demand: [...supply.demand, ...shipments] });
  expect(at(both, 'central').onOrder).toBe(at(planOf(supply), 'central').onOrder);
});
