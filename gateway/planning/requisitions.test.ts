import { expect, test } from 'vitest';
import type { PlanItem } from '#models/contracts/plan.ts';
import { type RequisitionLayout, requisitionLines, requisitionsCsv } from './requisitions.ts';

const TODAY = '2026-07-10';
const item = (changes: Partial<PlanItem>): PlanItem =>
  ({
    item: 'belt',
    site: 'north',
    name: 'V-belt',
    supplier: 'SKF',
    unit: 'PC',
    unitCost: 12.5,
    currency: 'EUR',
    leadTimeDays: 20.4,
    orderNow: 0,
    deferred: false,
    ...changes,
  }) as PlanItem;
const decision = (changes: object) =>
  ({ action: 'accept', state: 'open', quantity: 90, ...changes }) as PlanItem['decision'];
const ITEMS = [
  item({ orderNow: 5 }),
  item({ item: 'hose', supplier: 'Acme', orderNow: 7, decision: decision({}) }),
  item({ item: 'seal', orderNow: 8, deferred: true, decision: decision({ action: 'freeze' }) }),
  item({ item: 'bolt', supplier: null, decision: decision({ quantity: 1.5 }) }),
  item({ item: 'nut', decision: decision({ state: 'ordered' }) }),
];
const csv = (layout: RequisitionLayout, of: 'accepted' | 'due' = 'accepted') =>
  requisitionsCsv(layout, requisitionLines(ITEMS, of, TODAY), TODAY)
    .trimEnd()
    .split('\n');

test('requests accepted orders without a purchase order, or all that are due', () => {
  const short = (of: 'accepted' | 'due') =>
    requisitionLines(ITEMS, of, TODAY).map((l) => `${l.quantity} ${l.item} ${l.deliveryDate}`);
  expect(short('accepted')).toEqual(['1.5 bolt 2026-07-31', '90 hose 2026-07-31']);
  expect(short('due')).toEqual(['7 hose 2026-07-31', '5 belt 2026-07-31']);
});

test('the fields of an SAP requisition', () => {
  expect(csv('sap')).toEqual([
    'DOC_TYPE,PREQ_ITEM,MATERIAL,SHORT_TEXT,PLANT,QUANTITY,UNIT,PREQ_DATE,DELIV_DATE,PREQ_PRICE,PRICE_UNIT,CURRENCY,DES_VENDOR',
    'NB,00010,bolt,V-belt,north,1.5,PC,20260710,20260731,12.5,1,EUR,',
    'NB,00020,hose,V-belt,north,90,PC,20260710,20260731,12.5,1,EUR,Acme',
  ]);
});

test('an Odoo order per supplier, followed by its lines', () => {
  const many = [
    item({ orderNow: 1 }),
    item({ item: 'hose', orderNow: 2 }),
    item({ item: 'oil', supplier: 'A & B', orderNow: 3 }),
  ];
  expect(
    requisitionsCsv('odoo', requisitionLines(many, 'due', TODAY), TODAY)
      .split('\n')
      .slice(1, 4),
  ).toEqual([
    'millwright_20260710_A_B,A & B,2026-07-10,oil,3,12.5,2026-07-31',
    'millwright_20260710_SKF,SKF,2026-07-10,belt,1,12.5,2026-07-31',
    ',,,hose,2,12.5,2026-07-31',
  ]);
});

test('an ERPNext request and a Dynamics worksheet', () => {
  expect(csv('erpnext').slice(1)).toEqual([
    'Purchase,2026-07-10,bolt,1.5,PC,north,2026-07-31',
    ',,hose,90,PC,north,2026-07-31',
  ]);
  expect(csv('dynamics')[2]).toBe(
    'REQ.,DEFAULT,20000,Item,hose,V-belt,north,90,PC,12.5,EUR,Acme,2026-07-10,2026-07-31',
  );
});

test('without orders there is only a header, and names that look like formulas stay text', () => {
  expect(requisitionsCsv('sap', [], TODAY)).toMatch(/^DOC_TYPE,[A-Z_,]+\n$/);
  const [line] = requisitionLines([item({ item: '=1+1', orderNow: 1 })], 'due', TODAY);
  expect(requisitionsCsv('dynamics', [line], TODAY)).toContain(",'=1+1,");
});
