import { expect, test } from 'vitest';
import { readSupply } from '#models/supply/readSupply.ts';
import { noSupply, type Supply } from '#models/supply/supplyTables.ts';
import { parseTable } from '#models/tables/parseTable.ts';
import { NO_MEMORY } from './planMemory.ts';
import { planSupply } from './planSupply.ts';

const SETTINGS = {
  today: '2026-07-01',
  period: 'month',
  horizon: 3,
  reviewDays: 7,
  target: { kind: 'fill', level: 0.8 },
  usualLifeDays: 1500,
  holdingRateAYear: 0.2,
  budget: null,
} as const;

const items = (text: string) => readSupply('items', parseTable(Buffer.from(text))).rows;

/** Three years of about 40 a month, none in stock. */
function planOf(rows: Supply['items'], suppliers: Supply['suppliers'] = []) {
  const demand = rows.flatMap(({ item }) =>
    Array.from({ length: 36 }, (_, i) => ({
      item,
      date: new Date(Date.UTC(2023, 6 + i, 15)).toISOString().slice(0, 10),
      quantity: 25 + ((i * 17) % 31),
    })),
  );
  const stock = rows.map(({ item }) => ({ item, quantity: 0 }));
  return planSupply(
    { ...noSupply(), items: rows, demand, stock, suppliers },
    { health: [], alerts: [] } as never,
    NO_MEMORY,
    SETTINGS,
  ).items;
}

test('price breaks of an item’s row set the order quantity, and the plan names them', () => {
  const [plan] = planOf(items('item,unit_cost,lead_time_days,price_breaks\na,10,28,"200:9; 500:4"\n'));
  expect(plan.orderNow).toBeGreaterThanOrEqual(500);
  expect(plan.orderCost).toBeCloseTo(4 * plan.orderNow, 6);
  expect(plan.whyOrder).toContain('From 500 on a unit costs 4');
  expect(() => items('item,price_breaks\na,"500:4; 200:9"\n')).toThrow(/price_breaks.*quantities rising/);
});

test('an item with lost sales needs less stock for the same fill rate than one with backorders', () => {
  const rows = (unmet: string) => items(`item,unit_cost,lead_time_days,unmet_demand\na,10,28,${unmet}\n`);
  const [lost, owed] = ['lost', 'owed'].map((unmet) => planOf(rows(unmet))[0]);
  expect(lost.reorderPoint).toBeLessThan(owed.reorderPoint);
  expect(owed).toEqual(planOf(rows(''))[0]);
});

test('orders of several items together reach the minimum order of a supplier’s row', () => {
  const rows = items('item,unit_cost,lead_time_days,supplier\na,10,28,acme\nb,10,28,acme\n');
  const suppliers = (text: string) => readSupply('suppliers', parseTable(Buffer.from(text))).rows;
  const single = planOf(rows);
  const total = single.reduce((sum, p) => sum + p.orderCost, 0);
  const joint = planOf(rows, suppliers(`supplier,minimum_order_value\nacme,${Math.round(total) + 100}\n`));
  expect(joint.reduce((sum, p) => sum + p.orderCost, 0)).toBeGreaterThanOrEqual(Math.round(total) + 100);
  expect(
    joint.every((p, i) => p.orderNow > single[i].orderNow && p.whyOrder?.includes('the least order of acme')),
  ).toBe(true);
});
