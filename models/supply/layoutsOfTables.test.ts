import { expect, test } from 'vitest';
import { rowsOfText } from './layouts.fixture.ts';

test.each<[string, string]>([
  ['BC items as stock', 'No.,Description,Inventory,Base Unit of Measure\nBRG,Bearing,16,PCS\n'],
  ['BC DE', 'Nr.;Beschreibung;Lagerbestand\nBRG;Lager;16\n'],
  [
    'ERPNext stock balance',
    'Item,Item Name,Item Group,Warehouse,Stock UOM,Balance Qty,Balance Value,Opening Qty,In Qty,Out Qty\nBRG,Bearing,Spares,Stores - P,Nos,16,200,0,20,4\n',
  ],
  [
    'D365 on-hand',
    'Item number,Product name,Site,Warehouse,Physical inventory,Physical reserved,Available physical\nBRG,Bearing,1,11,16.00,0,16.00\n',
  ],
  ['Oracle onhand', 'Item,Org,Subinventory,Primary UOM,On-hand Quantity\nBRG,M1,FG,Each,16\n'],
  ['IFS inventory part in stock', 'Part No,Site,Location No,On Hand Qty,Reserved Qty\nBRG,1,A1,16,0\n'],
  ['Infor LN', 'Item;Warehouse;Inventory on Hand;Inventory on Order\nBRG;W1;16;0\n'],
  ['Sage', 'Product Code,Description,Qty in Stock,Qty Allocated\nBRG,Bearing,16,0\n'],
])('reads the stock of %s', (_, text) => {
  expect(rowsOfText('stock', text)).toMatchObject([{ item: 'BRG', quantity: 16 }]);
});

test.each<[string, string]>([
  [
    'BC items',
    'No.,Description,Inventory,Base Unit of Measure,Unit Cost,Vendor No.,Lead Time Calculation,Minimum Order Quantity,Item Category Code\nBRG,Bearing,16,PCS,12.5,V1,14D,10,SPARE\n',
  ],
  [
    'ERPNext Item',
    'ID,Item Code,Item Name,Item Group,Default Unit of Measure,Valuation Rate,Lead Time in days,Safety Stock,Minimum Order Qty\nBRG,BRG,Bearing,Spares,Nos,12.5,14,5,10\n',
  ],
  [
    'BC DE',
    'Nr.;Beschreibung;Lagerbestand;Basiseinheitencode;Einstandspreis;Kreditorennr.\nBRG;Lager;16;STK;12,50;K1\n',
  ],
  [
    'NetSuite',
    'Internal ID,Name,Description,Type,Average Cost,Preferred Vendor,Lead Time\n1,BRG,Bearing,Inventory Item,12.5,SKF,14\n',
  ],
])('reads the items of %s', (_, text) => {
  expect(rowsOfText('items', text)).toMatchObject([{ item: 'BRG', unit_cost: 12.5 }]);
});

test.each<[string, string, number]>([
  [
    'SAP ME2N EN',
    'Purchasing Document,Item,Material,Short Text,Vendor/supplying plant,Document Date,Order Quantity,Still to be delivered (qty),Plant,Delivery Date\n4500001,10,4711,BRG,SKF,01/05/2026,20,5,1000,02/14/2026\n',
    15,
  ],
  [
    'SAP ME2M DE',
    'Einkaufsbeleg;Position;Material;Kurztext;Lieferant/Lieferwerk;Belegdatum;Bestellmenge;Noch zu liefern (Menge);Werk;Lieferdatum\n4500001;10;4711;LAGER;SKF;05.01.2026;20;5;1000;14.02.2026\n',
    15,
  ],
  [
    'Odoo PO parent child',
    'Order Reference,Vendor,Order Deadline,Expected Arrival,Order Lines/Product,Order Lines/Quantity,Order Lines/Received Qty\nP00001,SKF,2026-01-05 10:00:00,2026-02-14 10:00:00,[BRG] Bearing,20,5\n,,,,[SEAL] Seal,3,0\n',
    5,
  ],
  [
    'ERPNext PO',
    'ID,Supplier,Date,Item Code (Items),Quantity (Items),Received Qty (Items),Required By (Items)\nPO-1,SKF,2026-01-05,BRG,20,5,2026-02-14\n',
    5,
  ],
  [
    'BC purchase lines',
    'Document Type,Document No.,Buy-from Vendor No.,Line No.,Type,No.,Description,Location Code,Quantity,Quantity Received,Order Date,Expected Receipt Date\nOrder,PO1,V1,10000,Item,BRG,Bearing,MAIN,20,5,1/5/2026,2/14/2026\n',
    5,
  ],
  [
    'D365 po lines',
    'Purchase order,Vendor account,Item number,Quantity,Delivery remainder,Created date,Requested receipt date,Confirmed receipt date\nPO1,V1,BRG,20.00,5.00,1/5/2026,2/14/2026,2/16/2026\n',
    15,
  ],
  ['QB open PO', "Date,Num,Name,Item,Qty,Rcv'd,Backordered,Deliv Date\n01/05/2026,PO1,SKF,BRG,20,5,15,02/14/2026\n", 5],
  [
    'Exact',
    'Bestelling;Leverancier;Artikelcode;Aantal;Ontvangen;Orderdatum;Leverdatum\nB1;SKF;BRG;20;5;05-01-2026;14-02-2026\n',
    5,
  ],
])('reads the purchases of %s with their receipts', (_, text, received) => {
  const [row] = rowsOfText('purchases', text);
  expect(row).toMatchObject({ quantity: 20, ordered: '2026-01-05', received_quantity: received });
  expect(row).not.toHaveProperty('open_quantity');
});

test('lines of a purchase order get its number, supplier and dates', () => {
  const text =
    'Order Reference,Vendor,Order Deadline,Order Lines/Product,Order Lines/Quantity\nP1,SKF,2026-01-05,A,20\n,,,B,3\n';
  expect(rowsOfText('purchases', text)).toEqual([
    { order: 'P1', item: 'A', supplier: 'SKF', quantity: 20, ordered: '2026-01-05' },
    { order: 'P1', item: 'B', supplier: 'SKF', quantity: 3, ordered: '2026-01-05' },
  ]);
});

test.each([
  ['a date that is missing', 'Item,Date,Qty\nA,2026-01-31,4\nB,,5\n', /line 3, column 2 \(date\): found ""/],
  ['a number that may be any', 'No.,Date,Qty\n1,2026-01-31,4\n', /no column for item/],
  ['months in the year of no title', 'Report,,,\nItem,Jan,Feb,Mar\nA,1,2,3\n', /no column for/],
  ['months in the year of one of two titles', 'From 2025 to 2026,,,\nItem,Jan,Feb,Mar\nA,1,2,3\n', /no column for/],
  ['a code of a list without words beside it', 'Item,Tran Date,TTYP,Qty\nA,2026-01-31,31,-4\n', /"31"/],
])('refuses %s', (_, text, why) => {
  expect(() => rowsOfText('demand', text)).toThrow(why);
});
