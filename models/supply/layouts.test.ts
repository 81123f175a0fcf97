import { expect, test } from 'vitest';
import { parseTable } from '#models/tables/parseTable.ts';
import { readSupply } from './readSupply.ts';

const read = (text: string) => readSupply('demand', parseTable(new TextEncoder().encode(text)));
const short = (text: string) => read(text).rows.map((r) => `${r.item} ${r.date} ${r.quantity} ${r.kind ?? 'order'}`);

/** Exports as ERP systems and spreadsheets write them: [what, file, demand in it]. */
test.each<[string, string, string[]]>([
  [
    'SAP MB5B as an unconverted list: bars, rules, a total, thousands with commas',
    `Stock on Posting Date

Selected: 01.01.2026 - 28.02.2026
---------------------------------
|ValA|Material |Plnt|From date |To date   |Opening Stock|Total Receipt Qties|Total Issue Quantities|Closing Stock|BUn|
---------------------------------
|1000|10001234 |1000|01.01.2026|31.01.2026|       20    |         10        |          4-          |        26   |PC |
|1000|10001234 |1000|01.02.2026|28.02.2026|       26    |          0        |      1,206-          |        20   |PC |
---------------------------------
|*   |         |    |          |          |             |         10        |      1,210-          |             |PC |
`,
    ['10001234 2026-01-31 4 usage', '10001234 2026-02-28 1206 usage'],
  ],
  [
    'SAP MB5B in German',
    'BewKrs;Material;vom Datum;bis Datum;Anfangsbestand;Summe Zugangsmengen;Summe Abgangsmengen;Endbestand;BME\n1000;4711;01.01.2026;31.01.2026;20;10;4-;26;ST\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP MB51 in German, abbreviated, with tabs; the item is the line of the document',
    'Material\tWerk\tLOrt\tBwA\tMat.beleg\tPos\tBuch.dat.\tMenge in ErfassME\tErfassME\n4711\t1000\t0001\t261\t4900001234\t1\t31.01.2026\t4-\tST\n4711\t1000\t0001\t702\t4900001236\t1\t03.02.2026\t2-\tST\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP MB51 in English, abbreviated',
    'Material|Plnt|SLoc|MvT|Mat. Doc.|Item|Pstng Date|Quantity|BUn\n4711|1000|0001|261|4900001234|1|01/31/2026|4-|EA\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP MSEG by technical names: unsigned with an indicator',
    'MATNR;WERKS;BWART;BUDAT_MKPF;SHKZG;MENGE;MEINS\n0004711;1000;261;20260131;H;4,000;ST\n0004711;1000;262;20260202;S;1,000;ST\n',
    ['0004711 2026-01-31 4 usage', '0004711 2026-02-02 1 return'],
  ],
  [
    'Odoo in German',
    'Datum,Referenz,Produkt,Von,Nach,Menge,Status\n2026-01-05 10:11:12,OUT/1,[BRG] Lager,WH/Bestand,Partner/Kunden,4.0,Erledigt\n2026-01-06 10:11:12,MO/1,[BRG] Lager,WH/Bestand,Virtuelle Lagerorte/Produktion,2.0,Erledigt\n2026-01-08 09:00:00,IN/3,[BRG] Lager,Partner/Lieferanten,WH/Bestand,20.0,Erledigt\n',
    ['BRG 2026-01-05 4 shipment', 'BRG 2026-01-06 2 usage'],
  ],
  [
    'ERPNext ledger entries, a cancelled one',
    'Item Code,Warehouse,Posting Date,Voucher Type,Voucher No,Actual Qty,Is Cancelled\nBRG,S,2026-01-03,Delivery Note,DN-1,-4,0\nBRG,S,2026-01-09,Purchase Receipt,PR-1,20,0\nBRG,S,2026-01-10,Delivery Note,DN-2,-3,1\n',
    ['BRG 2026-01-03 4 shipment'],
  ],
  [
    'Business Central in German: years of two digits, adjustments',
    'Buchungsdatum;Postenart;Belegart;Artikelnr.;Lagerortcode;Menge\n31.01.26;Verkauf;Verkaufslieferung;BRG;HAUPT;-4,00\n02.02.26;Abgang;;BRG;HAUPT;-1,00\n03.02.26;Verbrauch;;BRG;HAUPT;-1,00\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 1 usage'],
  ],
  [
    'Dynamics 365 Finance: issues named by their orders, some not shipped yet',
    'Item number,Physical date,Financial date,Reference,Number,Receipt,Issue,Quantity\nBRG,1/31/2026,2/2/2026,Sales order,SO-1,,Sold,-4.00\nBRG,2/1/2026,2/2/2026,Purchase order,PO-1,Purchased,,20.00\nBRG,2/3/2026,,Production line,P-1,,Deducted,-2.00\nBRG,2/4/2026,,Sales order,SO-3,,Sold,1.00\nBRG,2/4/2026,,Sales order,SO-4,,Sold,-1.00\nBRG,,,Sales order,SO-2,,On order,-5.00\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 2 usage', 'BRG 2026-02-04 1 return', 'BRG 2026-02-04 1 shipment'],
  ],
  [
    'QuickBooks Desktop: items in titles above their rows, totals below',
    ',Type,Date,Num,Name,Qty,Amount\nInventory,,,,,,\nBearing 6205,,,,,,\n,Invoice,01/31/2026,1001,Acme,4,50\n,Credit Memo,02/13/2026,1002,Acme,-1,-12.5\nTotal Bearing 6205,,,,,3,37.5\nSeal,,,,,,\n,Invoice,02/14/2026,1003,Acme,2,5\nTotal Seal,,,,,2,5\nTOTAL,,,,,5,42.5\n',
    ['Bearing 6205 2026-01-31 4 shipment', 'Bearing 6205 2026-02-13 1 return', 'Seal 2026-02-14 2 shipment'],
  ],
  [
    'Sage: two-letter types, in and out',
    'Stock Code,Date,Type,Reference,Qty In,Qty Out\nBRG,31/01/2026,GO,1001,0,4\nBRG,02/02/2026,GI,1002,20,0\nBRG,03/02/2026,AO,1002,0,1\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'NetSuite: an order, its fulfilment and its invoice are one sale',
    'Date,Period,Type,Document Number,Item,Quantity\n1/31/2026,Jan 2026,Sales Order,SO1,BRG,4\n1/31/2026,Jan 2026,Item Fulfillment,IF1,BRG,-4\n2/1/2026,Feb 2026,Invoice,INV1,BRG,4\n2/2/2026,Feb 2026,Item Receipt,IR1,BRG,20\n2/3/2026,Feb 2026,Work Order Issue,WOI1,BRG,-2\n',
    ['BRG 2026-01-31 4 order', 'BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 2 usage'],
  ],
  [
    'Infor LN: issues and receipts',
    'Item;Warehouse;Transaction Date;Transaction Type;Order Origin;Quantity\nBRG;W01;2026-01-31 10:00;Issue;Sales;4\nBRG;W01;2026-02-01 10:00;Receipt;Purchase;20\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'Epicor: pairs of where from and where to',
    'Part,Tran Date,Tran Type,Tran Qty\nA,1/31/2026,STK-MTL,4\nA,2/1/2026,STK-CUS,2\nA,2/1/2026,PUR-STK,20\nA,2/2/2026,MTL-STK,1\n',
    ['A 2026-01-31 4 usage', 'A 2026-02-01 2 shipment', 'A 2026-02-02 1 return'],
  ],
  [
    'a spreadsheet with titles, sums of each item and of all, thousands with points',
    'Spare parts consumption;;;\nPlant 1000;;;\nPart No;Date;Qty;Cost\nBRG;31.01.2026;4;1\nBRG;12.02.2026;1.200;1\nBRG Total;;1.204;\nSEAL;01.02.2026;3;1\nSEAL Ergebnis;;3;\nGesamtergebnis;;1.207;\n',
    ['BRG 2026-01-31 4 order', 'BRG 2026-02-12 1200 order', 'SEAL 2026-02-01 3 order'],
  ],
  [
    'a pivot table that writes each item once',
    'Item,Date,Qty\nBRG,2026-01-31,4\n,2026-02-01,5\nSEAL,2026-02-01,3\n',
    ['BRG 2026-01-31 4 order', 'BRG 2026-02-01 5 order', 'SEAL 2026-02-01 3 order'],
  ],
  [
    'credit notes in a column that only its cells tell',
    'Art.-Nr.;Rechnungsdatum;Menge;Art des Belegs\n1;31.01.2026;4,000;Rechnung\n1;01.02.2026;1,000;Gutschrift\n',
    ['1 2026-01-31 4 shipment', '1 2026-02-01 1 return'],
  ],
  [
    'year and week, over a week 53',
    'Item;Year;Week;Qty\nA;2020;52;4\nA;2020;53;5\nA;2021;1;6\n',
    ['A 2020-12-21 4 order', 'A 2020-12-28 5 order', 'A 2021-01-04 6 order'],
  ],
  [
    'weeks before their years',
    'Artikel;Kalenderwoche;Menge\nA;53.2020;5\nA;01.2021;6\n',
    ['A 2020-12-28 5 order', 'A 2021-01-04 6 order'],
  ],
  [
    'weeks as numbers: no months',
    'item,week,qty\nA,202101,4\nA,202112,5\n',
    ['A 2021-01-04 4 order', 'A 2021-03-22 5 order'],
  ],
  ['KW', 'Artikel;KW;Menge\nA;KW 53/2020;5\n', ['A 2020-12-28 5 order']],
  [
    'year and month',
    'Artikel;Jahr;Monat;Menge\nA;2025;12;4\nA;2026;Jan;5\n',
    ['A 2025-12-01 4 order', 'A 2026-01-01 5 order'],
  ],
  ['months before their years', 'Material;Monat;Verbrauch\n1;12.2025;4\n', ['1 2025-12-01 4 order']],
  [
    'a wide table below titles, with months of two-digit years and a total',
    'Demand 2026,,,,\nSKU,Description,Jan-26,Feb-26,Total\nA,Bearing,1,2,3\n',
    ['A 2026-01-01 1 order', 'A 2026-02-01 2 order'],
  ],
  [
    'Oracle: days with names of months',
    'Item,Transaction Type,Transaction Date,Transaction Quantity\nA,Work Order Issue,31-JAN-2026 10:12:00,-4\nA,PO Receipt,05-FEB-26,20\nA,Sales order issue,09-FEB-26,-2\n',
    ['A 2026-01-31 4 usage', 'A 2026-02-09 2 shipment'],
  ],
  [
    'Sage in French, thousands parted by blanks',
    'Référence article;Date;Type de mouvement;Quantité\nA;31/01/2026;Sortie;4,00\nA;05/02/2026;Entrée;20,00\nA;13/02/2026;Sortie;1 204,00\n',
    ['A 2026-01-31 4 usage', 'A 2026-02-13 1204 usage'],
  ],
  [
    'Dynamics in French',
    'Date comptabilisation;Type écriture;Type document;N° article;Quantité\n31/01/2026;Vente;Expédition vente;A;-4\n05/02/2026;Achat;Réception achat;A;20\n06/02/2026;Consommation;;A;-2\n',
    ['A 2026-01-31 4 shipment', 'A 2026-02-06 2 usage'],
  ],
  [
    'movements in Spanish',
    'Fecha registro;Tipo movimiento;Nº producto;Cantidad\n31/01/2026;Venta;A;-4\n05/02/2026;Compra;A;20\n06/02/2026;Devolución;A;1\n',
    ['A 2026-01-31 4 shipment', 'A 2026-02-06 1 return'],
  ],
  [
    'movements in Italian',
    'Codice articolo;Data registrazione;Causale;Quantità\nA;31/01/2026;Scarico a produzione;4\nA;05/02/2026;Carico da acquisto;20\n',
    ['A 2026-01-31 4 usage'],
  ],
  [
    'movements in Dutch',
    'Artikelcode;Datum;Transactietype;Aantal\nA;31-01-2026;Verkoop;-4,00\nA;05-02-2026;Inkoop;20,00\n',
    ['A 2026-01-31 4 shipment'],
  ],
  [
    'JD Edwards: document types',
    '2nd Item Number,Order Date,Doc Ty,Trans QTY\nA,01/31/26,IM,-4\nA,02/14/26,OV,20\nA,02/20/26,RI,-2\n',
    ['A 2026-01-31 4 usage', 'A 2026-02-20 2 shipment'],
  ],
  [
    'SAP material documents of Fiori',
    'Material,Goods Movement Type,Posting Date,Quantity in Base Unit,Debit/Credit Indicator\nA,261,2026-01-31,-4,H\nA,101,2026-02-03,20,S\nA,262,2026-02-05,1,S\n',
    ['A 2026-01-31 4 usage', 'A 2026-02-05 1 return'],
  ],
  [
    'SAP MC.9: units beside the quantities',
    'Month|Material|Total usage\n01.2026|1|4 PC\n02.2026|1|1.204,5 PC\n',
    ['1 2026-01-01 4 order', '1 2026-02-01 1204.5 order'],
  ],
  [
    'an invoice that was corrected',
    'Artikelnummer;Belegdatum;Belegart;Menge\n1;31.01.2026;Rechnung;4\n1;13.02.2026;Rechnungskorrektur;-1\n',
    ['1 2026-01-31 4 shipment', '1 2026-02-13 1 return'],
  ],
  [
    'columns by parts of their names',
    'Artikelbez.;Ersatzteil-Artikel;Lieferscheindat.;Gelieferte Menge;Offene Menge\nLager;A;31.01.2026;4;1\n',
    ['A 2026-01-31 4 order'],
  ],
  [
    "items by their codes, not by the rows' numbers",
    'Id,Date,Product,Qty\n1,2026-01-31,A,4\n2,2026-02-01,A,5\n',
    ['A 2026-01-31 4 order', 'A 2026-02-01 5 order'],
  ],
  [
    'items by their codes, not by what they are called',
    'Datum;Artikel;Artikelnr.;Zugang;Abgang;Bestand\n31.01.2026;Lager;1001;;4;16\n05.02.2026;Lager;1001;20;;36\n',
    ['1001 2026-01-31 4 usage'],
  ],
  [
    'a wide table in Dutch with a row of sums',
    'Artikel;jan-25;feb-25;mrt-25;apr-25;mei-25\nA;4;0;1;2;3\nTotaal;4;0;1;2;3\n',
    [
      'A 2025-01-01 4 order',
      'A 2025-02-01 0 order',
      'A 2025-03-01 1 order',
      'A 2025-04-01 2 order',
      'A 2025-05-01 3 order',
    ],
  ],
  [
    'a wide table with blanks before its years',
    'Artikel;Nov 25;Dez 25;Jan 26\nA;4;5;6\n',
    ['A 2025-11-01 4 order', 'A 2025-12-01 5 order', 'A 2026-01-01 6 order'],
  ],
  [
    'a wide table with a column of years',
    'Item,Year,Jan,Feb\nA,2024,1,2\nA,2025,3,4\n',
    ['A 2024-01-01 1 order', 'A 2024-02-01 2 order', 'A 2025-01-01 3 order', 'A 2025-02-01 4 order'],
  ],
])('reads %s', (_, text, demand) => {
  expect(short(text)).toEqual(demand);
});

test.each<[string, string, RegExp]>([
  [
    "a company's own movement types",
    'Material;MvT;Posting Date;Quantity\n1;Z61;31.01.2026;4-\n1;901;31.01.2026;4-\n',
    /"Z61".*\n.*"901".*a map/,
  ],
  [
    'fiscal periods',
    'Item,Fiscal Year,Fiscal Period,Qty\nA,2026,P01,4\n',
    /line 2, column 3: found "P01".*first day of each fiscal year/,
  ],
  ['fiscal periods in one column', 'Item,Period,Qty\nA,FY26 P01,4\n', /"FY26 P01".*first day/],
  ['a week that its year does not have', 'item,week,qty\nA,2021-W53,4\n', /"2021-W53"/],
  [
    'a ledger whose signs alone tell issues from receipts',
    'Item,Date,Qty\nA,2026-01-01,-4\nA,2026-01-02,20\nA,2026-01-03,-3\nA,2026-01-04,-5\n',
    /3 of 4 quantities are below 0/,
  ],
  [
    'items left out here and there',
    'Item,Date,Qty\nA,2026-01-01,4\n,2026-01-02,2\nA,2026-01-03,3\n',
    /line 3.*a value is needed/,
  ],
  [
    'a period of a wide table that it cannot read',
    'Item,Jan-25,Feb-25,Mxx-25,Apr-25\nA,1,2,3,4\n',
    /column 4: found "Mxx-25" among periods/,
  ],
  [
    'two columns that may be the date',
    'Item,Pick date no,Pack dat,Qty\nA,2026-01-31,2026-02-01,4\n',
    /no column for date/,
  ],
])('refuses %s with a reason', (_, text, why) => {
  expect(() => read(text)).toThrow(why);
});

test('lead times in weeks are not read as days', () => {
  const items = parseTable(new TextEncoder().encode('Item,Lead time (weeks)\nA,6\n'));
  expect(() => readSupply('items', items)).toThrow(/column 2 \(lead_time_days\): found "Lead time \(weeks\)"/);
});

test('a delivery date of an order is its promise', () => {
  const text =
    'Purchasing Document;Item;Material;Vendor;Doc. Date;Delivery Date;Order Quantity\n4500001;10;A;SKF;05.01.2026;02.02.2026;20\n';
  const { rows } = readSupply('purchases', parseTable(new TextEncoder().encode(text)));
  expect(rows).toEqual([
    { order: '4500001', item: 'A', supplier: 'SKF', quantity: 20, ordered: '2026-01-05', promised: '2026-02-02' },
  ]);
});
