import { expect, test } from 'vitest';
import { replacedRows } from './replacedRows.ts';
import type { SupplyRow } from './supplyTables.ts';

type Demand = SupplyRow<'demand'>;
const row = (date: string, quantity: number, more: Partial<Demand> = {}): Demand => ({
  item: 'A',
  date: `2026-01-${date}`,
  quantity,
  ...more,
});
const replaced = (stored: Demand[], added: Demand[]) =>
  replacedRows(added, (item) => stored.filter((r) => r.item === item));

const STORED = [row('05', 3), row('06', 5), row('07', 2)];
const AT = { site: 'W1' };

test('rows that reappear with a site, or split by references, are replaced; later ones are new', () => {
  const added = [
    row('05', 1, { ...AT, reference: 'X1' }),
    row('05', 2, { ...AT, reference: 'X2' }),
    row('06', 5, AT),
    row('07', 2, AT),
    row('20', 9, AT),
  ];
  expect(replaced(STORED, added)).toEqual(STORED);
});

test('usage that reappears as shipments is replaced', () => {
  const stored = STORED.map((r) => ({ ...r, kind: 'usage' }));
  expect(
    replaced(
      stored,
      STORED.map((r) => ({ ...r, kind: 'shipment' })),
    ),
  ).toEqual(stored);
});

test('returns are deducted from their demand', () => {
  const stored = [row('05', 3), row('05', 1, { kind: 'return' }), row('06', 5)];
  const added = [row('05', 3, AT), row('05', 1, { ...AT, kind: 'return' }), row('06', 5, AT)];
  expect(replaced(stored, added)).toEqual(stored);
});

test.each<[string, Demand[], Demand[]]>([
  ['other quantities', STORED, STORED.map((r) => ({ ...r, ...AT, quantity: r.quantity + 1 }))],
  ['one day alone', [row('05', 3)], [row('05', 3, AT)]],
  ['another site', STORED.map((r) => ({ ...r, site: 'W2' })), STORED.map((r) => ({ ...r, ...AT }))],
  ['fewer columns', STORED.map((r) => ({ ...r, ...AT })), STORED],
  ['shipments of orders', STORED, STORED.map((r) => ({ ...r, ...AT, kind: 'shipment' }))],
  [
    'days without demand',
    STORED.map((r) => ({ ...r, quantity: 0 })),
    STORED.map((r) => ({ ...r, ...AT, quantity: 0 })),
  ],
  [
    'a few rows typed in beside those of a file',
    [row('01', 3), row('20', 5)],
    ['01', '02', '03', '04', '05', '20'].map((date) => row(date, date === '20' ? 5 : 3, AT)),
  ],
])('rows are kept beside %s', (_, stored, added) => {
  expect(replaced(stored, added)).toEqual([]);
});

test('one day in ten may differ, and keeps its rows', () => {
  const days = Array.from({ length: 10 }, (_, i) => String(i + 10));
  const stored = days.map((date) => row(date, 4));
  const added = days.map((date) => row(date, date === '12' ? 6 : 4, AT));
  expect(replaced(stored, added)).toEqual(stored.filter((r) => r.date !== '2026-01-12'));
  added[5].quantity = 7;
  expect(replaced(stored, added)).toEqual([]);
});
