import { expect, test } from 'vitest';
import { parseTable } from '#models/tables/parseTable.ts';
import { movementOf } from './movementWords.ts';
import { readSupply } from './readSupply.ts';

const read = (text: string) => readSupply('demand', parseTable(new TextEncoder().encode(text)));
const short = (text: string) => read(text).rows.map((r) => `${r.item} ${r.date} ${r.quantity} ${r.kind ?? 'order'}`);

/** ERP exports: [description, file, its demand]. */
test.each<[string, string, string[]]>([
  [
    'SAP MB51 in English: issues, a reversal, a receipt, a transfer',
    `Material;Material Description;Plant;Storage Location;Movement Type;Posting Date;Qty in Un. of Entry;Unit of Entry;Material Document
10001234;BEARING;1000;0001;261;31.01.2026;4-;PC;4900001234
10001234;BEARING;1000;0001;262;02.02.2026;1;PC;4900001235
10001234;BEARING;1000;0001;101;05.02.2026;20;PC;5000001236
10001234;BEARING;1000;0001;311;06.02.2026;5-;PC;5000001240
10001234;BEARING;1000;0001;601;12.02.2026;2-;PC;4900001237
`,
    ['10001234 2026-01-31 4 usage', '10001234 2026-02-02 1 return', '10001234 2026-02-12 2 shipment'],
  ],
  [
    'SAP in German: trailing minus, decimal commas',
    `Material;Materialkurztext;Werk;Bewegungsart;Buchungsdatum;Menge;Basismengeneinheit
4711;LAGER;1000;261;31.01.2026;4-;ST
4711;LAGER;1000;601;12.02.2026;1.200,5-;ST
`,
    ['4711 2026-01-31 4 usage', '4711 2026-02-12 1200.5 shipment'],
  ],
  [
    'SAP MB5B: sums of a period, receipts and issues in columns of their own',
    `Stock on posting date

Material;ValA;From Date;To Date;Opening Stock;Total Receipt Quantities;Total Issue Quantities;Closing Stock;BUn
4711;1000;01.01.2026;31.01.2026;16;20;4-;32;PC
4711;1000;01.02.2026;28.02.2026;32;10;0;42;PC
`,
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'ERPNext: in and out, with a customer return',
    `Date,Item,Warehouse,In Qty,Out Qty,Balance Qty,Voucher Type,Voucher #
2026-01-03,BRG,Stores,0,4,16,Stock Entry,STE-1
2026-01-09,BRG,Stores,20,0,36,Purchase Receipt,PR-7
2026-01-10,BRG,Stores,0,3,33,Delivery Note,DN-1
2026-01-12,BRG,Stores,1,0,34,Delivery Note,DN-2
2026-01-13,BRG,Stores,2,0,36,Stock Reconciliation,SR-1
`,
    ['BRG 2026-01-03 4 usage', 'BRG 2026-01-10 3 shipment', 'BRG 2026-01-12 1 return'],
  ],
  [
    'Odoo: moves between locations, a cancelled one',
    `Date,Reference,Product,Product/Internal Reference,From,To,Quantity Done,Status
2026-01-05 10:11:12,OUT/1,[BRG] Bearing,BRG,WH/Stock,Partners/Customers,4.0,Done
2026-01-06 10:11:12,OUT/2,[BRG] Bearing,BRG,WH/Stock,Partners/Customers,9.0,Cancelled
2026-01-07 10:11:12,MO/1,[BRG] Bearing,BRG,WH/Stock,Virtual Locations/Production,2.0,Done
2026-01-08 09:00:00,IN/3,[BRG] Bearing,BRG,Partners/Vendors,WH/Stock,20.0,Done
2026-01-09 09:00:00,IN/4,[BRG] Bearing,BRG,Partners/Customers,WH/Stock,1.0,Done
2026-01-10 09:00:00,INV/4,[BRG] Bearing,BRG,WH/Stock,Virtual Locations/Inventory adjustment,7.0,Done
`,
    ['BRG 2026-01-05 4 shipment', 'BRG 2026-01-07 2 usage', 'BRG 2026-01-09 1 return'],
  ],
  [
    'Odoo sale lines: codes in brackets',
    'Order Reference,Order Date,Product,Quantity,Customer\nS1,2026-01-05 10:11:12,[BRG-6205] Bearing 6205,4.0,Acme\n',
    ['BRG-6205 2026-01-05 4 order'],
  ],
  [
    'Dynamics: issues below 0, a credit above',
    `Item No.,Posting Date,Entry Type,Quantity,Location Code,Document No.
BRG,01/31/2026,Sale,-4,MAIN,SI-1
BRG,02/01/2026,Sale,1,MAIN,CM-1
BRG,02/03/2026,Consumption,-3,MAIN,PO-1
BRG,02/13/2026,Purchase,20,MAIN,PR-9
BRG,02/14/2026,Negative Adjmt.,-2,MAIN,ADJ-9
BRG,02/15/2026,Sale,-6,MAIN,SI-3
`,
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-01 1 return', 'BRG 2026-02-03 3 usage', 'BRG 2026-02-15 6 shipment'],
  ],
  [
    'Dynamics in German',
    `Artikelnr.;Buchungsdatum;Postenart;Menge;Lagerortcode;Belegnr.
BRG;31.01.2026;Verkauf;-4;MAIN;R-1
BRG;02.02.2026;Einkauf;20;MAIN;B-1
BRG;03.02.2026;Verbrauch;-1,5;MAIN;F-1
BRG;04.02.2026;Umlagerung;-3;MAIN;U-1
`,
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 1.5 usage'],
  ],
  [
    'QuickBooks: invoices and a credit memo',
    `Type,Date,Num,Product/Service,Qty,Sales Price,Amount
Invoice,01/31/2026,1001,Bearing 6205,4,12.50,50.00
Credit Memo,02/02/2026,1002,Bearing 6205,-1,12.50,-12.50
Bill,02/03/2026,77,Bearing 6205,20,9.00,180.00
Sales Receipt,02/04/2026,1003,Bearing 6205,2,12.50,25.00
Purchase Return,02/05/2026,78,Bearing 6205,-3,9.00,-27.00
`,
    ['Bearing 6205 2026-01-31 4 shipment', 'Bearing 6205 2026-02-02 1 return', 'Bearing 6205 2026-02-04 2 shipment'],
  ],
  [
    'a report of a spreadsheet: titles above, a total below',
    `Sales report plant 1,,,
Printed 2026-02-01,,,
,,,
Item Number,Description,Invoice Date,Qty Shipped
BRG,Bearing,2026-01-31,4
Total,,,4
`,
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'issues of a maintenance system',
    'ITEMNUM,TRANSDATE,ISSUETYPE,QUANTITY,ASSETNUM\nBRG,2026-01-31,ISSUE,-2,P-101\nBRG,2026-02-01,RETURN,1,P-101\n',
    ['BRG 2026-01-31 2 usage', 'BRG 2026-02-01 1 return'],
  ],
])('%s', (_, text, demand) => {
  expect(short(text)).toEqual(demand);
});

test('notes how each movement was interpreted', () => {
  const { notes } = read('item,date,quantity,type\na,2026-01-01,3,Sale\na,2026-01-02,20,Purchase\n');
  expect(notes).toContain('movements are taken so: Sale as shipment (1), Purchase as no demand (1)');
});

test('refuses an unknown movement with its position, and a bad number with that in the file', () => {
  expect(() => read('item,date,quantity,type\na,2026-01-01,3,gift\n')).toThrow(/line 2, column 4 \(kind\)/);
  const two = 'Item No.,Posting Date,Entry Type,Quantity\na,2026-01-01,Purchase,3\na,2026-01-01,Sale,many\n';
  expect(() => read(two)).toThrow(/line 3, column 4 \(quantity\): found "many"/);
});

test('two lines of one order are both demand, equal or not', () => {
  const lines = (second: number) =>
    short(`item,date,quantity,reference\na,2026-01-05,5,INV-1\na,2026-01-05,${second},INV-1\n`);
  expect(lines(5)).toEqual(['a 2026-01-05 10 order']);
  expect(lines(3)).toEqual(['a 2026-01-05 8 order']);
});

test('refuses codes that a spreadsheet has turned into numbers; months may have six digits', () => {
  expect(() => read('item,date,quantity\n1.23E+11,2026-01-05,3\n')).toThrow(/a spreadsheet has turned this one/);
  expect(short('item,date,quantity\na,202602,3\n')).toEqual(['a 2026-02-01 3 order']);
});

test('reports codes that differ only in case or leading zeros', () => {
  const { notes } = read('item,date,quantity\n000123,2026-01-05,3\n123,2026-01-06,3\n');
  expect(notes).toContain('items that may be the same are kept apart: 000123 and 123');
});

test.each([
  ['Retour fournisseur', null],
  ['Retour client', 'return'],
  ['Facture d’achat', null],
  ['Sortie', 'usage'],
  ['Devolución', 'return'],
  ['Pedido de venta', 'order'],
  ['Scarico per vendita', 'usage'],
  ['Carico', null],
  ['Verkooporder', 'order'],
  ['Verkoop', 'shipment'],
  ['Saída', 'usage'],
  ['Lagerabgang', 'usage'],
  ['Lagerzugang', null],
  ['Rechnungskorrektur', 'return'],
  ['Sales order issue', 'shipment'],
  ['Received', null],
  ['Nonsense', undefined],
])('the movement "%s"', (word, kind) => {
  expect(movementOf(word)).toBe(kind);
});
