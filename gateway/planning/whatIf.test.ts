import { expect, test } from 'vitest';
import { prepareSupply } from '#models/supply/prepareSupply.ts';
import { noSupply, type Supply } from '#models/supply/supplyTables.ts';
import { applyWhatIf, changeSettings, whatIfSchema } from './whatIf.ts';

const supply: Supply = {
  ...noSupply(),
  items: [
    { item: 'a', lead_time_days: 10 },
    { item: 'b', supplier: 's' },
  ],
  suppliers: [{ supplier: 's', lead_time_days: 30 }],
  demand: [
    { item: 'a', date: '2026-01-05', quantity: 4 },
    { item: 'c', date: '2026-01-05', quantity: 6 },
    { item: 'd', date: '2026-01-05', quantity: 6 },
  ],
  stock: [{ item: 'a', quantity: 1, site: 'north' }],
  purchases: [{ order: '1', item: 'd', quantity: 1, ordered: '2026-01-01', promised: '2026-01-11' }],
};
const leadTimes = ({ items }: Supply) => Object.fromEntries(items.map((i) => [i.item, i.lead_time_days]));

test('lead times from the item, its supplier, its orders or the default are all scaled', () => {
  const longer = applyWhatIf(supply, { leadTimeFactor: 2 });
  expect(leadTimes(longer)).toEqual({ a: 20, b: 60, c: 56, d: undefined });
  expect(longer.purchases[0].promised).toBe('2026-01-21');
  expect(leadTimes(applyWhatIf(supply, { leadTimeFactor: 2, item: 'a' }))).toMatchObject({ a: 20, b: undefined });
});

test('demand, service and stock change only for the named item', () => {
  const tried = applyWhatIf(supply, { item: 'a', demandFactor: 1.5, serviceLevel: 0.9, stock: 7 });
  expect(tried.demand.map((d) => d.quantity)).toEqual([6, 6, 6]);
  expect(tried.items.find((i) => i.item === 'a')).toMatchObject({ service_level: 0.9 });
  expect(tried.items.find((i) => i.item === 'b')).not.toHaveProperty('service_level');
  expect(tried.stock).toEqual([{ item: 'a', quantity: 7, site: 'north' }]);
  expect(supply.stock[0].quantity).toBe(1);
});

test('stock without an item and an unattainable service level are refused', () => {
  expect(whatIfSchema.safeParse({ stock: 3 }).error?.message).toMatch(/stock is of one item: name it/);
  expect(whatIfSchema.safeParse({ stock: 3, item: 'a' }).success).toBe(true);
  expect(whatIfSchema.safeParse({ serviceLevel: 0.999 }).success).toBe(false);
});

test('settings change only if the change is for all items', () => {
  const settings = {
    today: '2026-01-31',
    period: 'month' as const,
    horizon: 6,
    reviewDays: 7,
    target: { kind: 'cycle' as const, level: 0.95 },
    usualLifeDays: 1000,
    holdingRateAYear: 0.2,
    budget: null,
  };
  expect(changeSettings(settings, { serviceKind: 'fill', budget: 5 })).toMatchObject({
    target: { kind: 'fill', level: 0.95 },
    budget: 5,
  });
  expect(changeSettings(settings, { item: 'a', serviceKind: 'fill' }).target).toEqual(settings.target);
});

test('received orders stay received; stock of a superseded item belongs to its successor', () => {
  const order = {
    order: '1',
    item: 'old',
    quantity: 9,
    ordered: '2026-06-28',
    promised: '2026-07-06',
    received: '2026-07-08',
  };
  const given = { ...noSupply(), items: [{ item: 'new', supersedes: 'old' }], purchases: [order] };
  const demand = [{ item: 'old', date: '2026-01-05', quantity: 4 }];
  const stock = [{ item: 'old', quantity: 40 }];
  const ready = prepareSupply({ ...given, demand, stock }, '2026-07-10');
  const tried = applyWhatIf(ready, { item: 'new', leadTimeFactor: 2, demandFactor: 3, stock: 0 });
  expect(tried.purchases).toMatchObject([{ ordered: '2026-06-18', promised: '2026-07-04', received: '2026-07-08' }]);
  expect(tried.demand[0].quantity).toBe(12);
  expect(tried.stock.map((s) => s.quantity)).toEqual([0]);
});
