import { expect, test } from 'vitest';
import { shortDemand } from './layouts.fixture.ts';

/** Exports of other systems, and spreadsheets: [what, file, demand in it]. */
test.each<[string, string, string[]]>([
  [
    'Sage 100 codes',
    'Item Code,Warehouse,Trans Date,Trans Code,Entry No,Trans Qty,Unit Cost\nBRG,000,01/31/2026,SO,1001,-4,12\nBRG,000,02/02/2026,PO,1002,20,12\nBRG,000,02/03/2026,II,1003,-1,12\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 1 usage'],
  ],
  [
    'Infor M3: numbers before the texts of types',
    'Warehouse;Item number;Transaction date;Stock transaction type;Transaction quantity;Order number\n001;BRG;2026-01-31;31-Customer order;-4;CO1\n001;BRG;2026-02-02;25-PO putaway;20;PO1\n001;BRG;2026-02-03;11-Manufacturing order issue;-2;MO1\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 2 usage'],
  ],
  [
    'Oracle by technical names',
    'SEGMENT1,ORGANIZATION_CODE,TRANSACTION_TYPE_NAME,TRANSACTION_DATE,PRIMARY_QUANTITY,TRANSACTION_UOM\nBRG,M1,Sales order issue,2026-01-31T10:00:00,-4,Ea\nBRG,M1,WIP Component Issue,2026-02-02T10:00:00,-2,Ea\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-02 2 usage'],
  ],
  [
    'JD Edwards by technical names and days',
    'ILLITM,ILMCU,ILDCT,ILDOC,ILTRDJ,ILTRQT,ILTRUM\nBRG,30,IM,1001,126031,-4,EA\nBRG,30,OV,1002,126045,20,EA\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'IFS codes',
    'Part No,Description,Site,Transaction Code,Transaction Description,Direction,Quantity,UoM,Transaction Date\nBRG,Bearing,1,OESHIP,Customer order shipment,-,4,pcs,2026-01-31\nBRG,Bearing,1,SOISS,Shop order issue,-,2,pcs,2026-02-02\nBRG,Bearing,1,ARRIVAL,Purchase arrival,+,20,pcs,2026-02-05\nBRG,Bearing,1,NISS,Material requisition issue,-,1,pcs,2026-02-06\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-02 2 usage', 'BRG 2026-02-06 1 usage'],
  ],
  [
    'Acumatica: unsigned with a factor',
    'Inventory ID,Date,Tran. Type,Inventory Multiplier,Quantity\nBRG,1/31/2026,Invoice,-1,4\nBRG,2/13/2026,Receipt,1,20\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'Syspro letters',
    'StockCode,Warehouse,EntryDate,TrnType,TrnQty,Reference\nBRG,W,2026-01-31,I,4,J1\nBRG,W,2026-02-02,R,20,P1\nBRG,W,2026-02-03,S,2,S1\n',
    ['BRG 2026-01-31 4 usage', 'BRG 2026-02-03 2 shipment'],
  ],
  [
    'movements in Portuguese',
    'Produto;Descrição;Data Emissão;Tipo;Quantidade;Armazém\nBRG;Rolamento;31/01/2026;Saída;4,00;01\nBRG;Rolamento;05/02/2026;Entrada;20,00;01\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'invoices that are drafts or void',
    'Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Item Name,SKU,Quantity,Item Price\n2026-01-31,99,INV1,Paid,Acme,Bearing,BRG,4,12\n2026-02-01,98,INV2,Draft,Acme,Bearing,BRG,5,12\n2026-02-01,97,INV3,Void,Acme,Bearing,BRG,5,12\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'picked is not shipped',
    'Part,Date,Type,Qty,Location\nBRG,1/31/2026,Ship,-4,M\nBRG,2/13/2026,Receive,20,M\nBRG,2/14/2026,Pick,-2,M\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'Macola letters',
    'Item No;Doc Date;Doc Type;Doc No;Quantity;Loc\nBRG;20260131;I;1;4;M\nBRG;20260205;R;2;20;M\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'movements in Swedish',
    'Artikelnummer;Benämning;Datum;Typ;Antal;Enhet\nBRG;Lager;2026-01-31;Uttag;4,00;st\nBRG;Lager;2026-02-05;Inleverans;20,00;st\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'years merged above their months',
    ',,2025,,2026,\nItem,Description,Nov,Dec,Jan,Feb\nBRG,Bearing,1,2,3,4\n',
    ['BRG 2025-11-01 1 order', 'BRG 2025-12-01 2 order', 'BRG 2026-01-01 3 order', 'BRG 2026-02-01 4 order'],
  ],
  [
    'a pivot table',
    'Sum of Qty,Column Labels,,\nRow Labels,Jan 2026,Feb 2026,Grand Total\nBRG,4,5,9\nSEAL,1,2,3\nGrand Total,5,7,12\n',
    ['BRG 2026-01-01 4 order', 'BRG 2026-02-01 5 order', 'SEAL 2026-01-01 1 order', 'SEAL 2026-02-01 2 order'],
  ],
  [
    'a wide table of 2025M11',
    'Part,2025M11,2025M12,2026M01\nBRG,1,2,3\n',
    ['BRG 2025-11-01 1 order', 'BRG 2025-12-01 2 order', 'BRG 2026-01-01 3 order'],
  ],
  [
    'items by their code beside a name',
    'Code,Name,Qty Actual,Date Completed,Work Order Code\nBRG,Bearing,4,2026-01-31,100\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'a delivery and its invoice in French',
    'Type document;Date document;N° de pièce;Réf. article;Désignation;Quantité livrée;Dépôt\nBon de livraison;31/01/26;BL1;BRG;Roulement;4,00;P\nFacture;02/02/26;FA1;BRG;Roulement;4,00;P\nBon de réception;03/02/26;BR1;BRG;Roulement;20,00;P\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'Infor Visual: I and O',
    'PART_ID,TRANSACTION_DATE,TYPE,CLASS,QTY,WAREHOUSE_ID\nBRG,2026-01-31,O,I,4,W\nBRG,2026-02-02,I,R,20,W\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'Oracle order lines, one cancelled',
    'ORDER_NUMBER,LINE_NUMBER,ORDERED_ITEM,ORDERED_QUANTITY,ORDER_QUANTITY_UOM,ACTUAL_SHIPMENT_DATE,FLOW_STATUS_CODE\n100,1,BRG,4,Ea,31-JAN-2026,CLOSED\n101,1,BRG,5,Ea,02-FEB-2026,CANCELLED\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'JD Edwards sales history',
    'SDDOCO,SDDCTO,SDLITM,SDMCU,SDTRDJ,SDSOQS,SDUOM\n100,SO,BRG,30,126031,4,EA\n101,CO,BRG,30,126045,-1,EA\n',
    ['BRG 2026-01-31 4 order', 'BRG 2026-02-14 1 return'],
  ],
  [
    'IFS with times after dashes',
    'TRANSACTION_ID;PART_NO;CONTRACT;TRANSACTION_CODE;DIRECTION;QUANTITY;DATE_APPLIED;SOURCE_REF1\n1;BRG;1;OESHIP;-;4;2026-01-31-10.00.00;C1\n2;BRG;1;ARRIVAL;+;20;2026-02-02-10.00.00;P1\n3;BRG;1;WOISS;-;1;2026-02-03-10.00.00;W1\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 1 usage'],
  ],
  [
    'Exact in Dutch',
    'Artikel;Omschrijving;Datum;Dagboek;Boekstuk;Type;Aantal;Magazijn\nBRG;Lager;31-01-2026;90;1;Afgifte;4;1\nBRG;Lager;01-02-2026;90;1;Ontvangst;20;1\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'a spreadsheet in German with an empty column, titles and merged cells',
    ';;;;\n;Verbrauchsauswertung Werk 1;;;\n;Stand: 01.03.2026;;;\n;Artikelnummer;Bezeichnung;Datum;Verbrauch\n;BRG;Lager;31.01.2026;4\n;;;12.02.2026;1.200\n;SEAL;Dichtung;31.01.2026;2\n;Summe;;;1.206\n',
    ['BRG 2026-01-31 4 order', 'BRG 2026-02-12 1200 order', 'SEAL 2026-01-31 2 order'],
  ],
  [
    'units and formats below the header',
    'Item,Date,Quantity\n,(dd/mm/yyyy),(pcs)\nBRG,31/01/2026,4\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'months whose year stands in the title',
    'Sales 2025,,,,\nItem,Jan,Feb,Mar,Apr\nBRG,1,2,3,4\n',
    ['BRG 2025-01-01 1 order', 'BRG 2025-02-01 2 order', 'BRG 2025-03-01 3 order', 'BRG 2025-04-01 4 order'],
  ],
  [
    'a wide table in French by references',
    'Référence;Désignation;janv. 2026;févr. 2026;mars 2026\nBRG;Roulement;1;2;3\n',
    ['BRG 2026-01-01 1 order', 'BRG 2026-02-01 2 order', 'BRG 2026-03-01 3 order'],
  ],
  ['year and month in one column', 'Item Code,YearMonth,Issued Qty\nBRG,2026-01,4\n', ['BRG 2026-01-01 4 usage']],
  [
    'Zu-/Abgang',
    'Artikelnummer;Bezeichnung;Lager;Datum;Zu-/Abgang;Menge;Beleg\nBRG;Lager;1;31.01.2026;Abgang;4;L1\nBRG;Lager;1;02.02.2026;Zugang;20;E1\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'Eingang and Ausgang',
    'Artikel-Nr.;Datum;Bewegung;Menge\nBRG;31.01.2026;Ausgang;4\nBRG;02.02.2026;Eingang;20\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'Sage 300',
    'ITEM NUMBER,DESCRIPTION,LOCATION,TRANSACTION DATE,TRANSACTION TYPE,DOCUMENT NUMBER,QUANTITY,UNIT\nBRG,Bearing,1,20260131,Shipment,SH1,-4,EA\nBRG,Bearing,1,20260202,Receipt,RC1,20,EA\nBRG,Bearing,1,20260203,Internal Usage,IU1,-1,EA\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-03 1 usage'],
  ],
  [
    'NetSuite in German',
    'Datum;Typ;Dokumentnummer;Artikel;Menge;Standort\n31.01.2026;Artikelausführung;1;BRG;-4;M\n02.02.2026;Artikeleingang;2;BRG;20;M\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'IFS order lines',
    'Order No,Line No,Del No,Sales Part No,Description,Sales Qty,Wanted Delivery Date,Status,Date Entered\nC1,1,1,BRG,Bearing,4,2026-02-10,Invoiced/Closed,2026-01-31\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'a log of checkouts',
    'Timestamp,Part Number,Action,Quantity,User\n2026-01-31 10:00,BRG,Checkout,4,Bob\n2026-02-02 10:00,BRG,Restock,20,Bob\n',
    ['BRG 2026-01-31 4 usage'],
  ],
  [
    'movements in Spanish, units',
    'Código artículo;Fecha;Tipo;Unidades\nBRG;31/01/2026;Salida;4,00\nBRG;02/02/2026;Entrada;20,00\n',
    ['BRG 2026-01-31 4 usage'],
  ],
])('reads %s', (_, text, demand) => {
  expect(shortDemand(text)).toEqual(demand);
});
