import { expect, test } from 'vitest';
import { shortDemand } from './layouts.fixture.ts';

/** Exports of SAP, Odoo, ERPNext, Dynamics and QuickBooks: [what, file, demand in it]. */
test.each<[string, string, string[]]>([
  [
    'SAP MB51 with bars and texts of movements',
    '|Material|Material Description|Plnt|SLoc|MvT|MvT Text|S|Mat. Doc.|Item|Pstng Date|Qty in UnE|EUn|Amount in LC|\n|4711|BEARING|1000|0001|261|GI for order||4900001|1|31.01.2026|4-|PC|12.00-|\n|4711|BEARING|1000|0001|101|GR goods receipt||5000001|1|05.02.2026|20|PC|60.00|\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP MB51 in German, long names',
    'Material;Materialkurztext;Werk;Lagerort;Bewegungsart;Bewegungsartentext;Sonderbestand;Materialbeleg;Materialbelegpos.;Buchungsdatum;Menge in ErfassME;Erfassungsmengeneinheit;Betrag Hauswähr\n4711;LAGER;1000;0001;261;WA für Auftrag;;4900001;1;31.01.2026;4-;ST;12,00-\n4711;LAGER;1000;0001;101;WE Wareneingang;;5000001;1;05.02.2026;20;ST;60,00\n4711;LAGER;1000;0001;602;WL Storno;;5000001;1;06.02.2026;1;ST;60,00\n',
    ['4711 2026-01-31 4 usage', '4711 2026-02-06 1 return'],
  ],
  [
    'SAP: movement types with their texts',
    'Posting Date,Material,Material Document,Goods Movement Type,Stock Change Qty,Base Unit\n1/31/2026,BRG-6205,4900001,261 (GI for order),-4,PC\n2/5/2026,BRG-6205,5000001,101 (GR goods receipt),20,PC\n2/7/2026,BRG-6205,4900003,GD goods issue: delivery (601),-2,PC\n',
    ['BRG-6205 2026-01-31 4 usage', 'BRG-6205 2026-02-07 2 shipment'],
  ],
  [
    'SAP MB5B in German, sums at the end of names',
    'BewKz;Werk;Material;von Datum;bis Datum;Anfangsbestand;Zugangsmenge gesamt;Abgangsmenge gesamt;Endbestand;BME\n1000;1000;4711;01.01.2026;31.01.2026;20;10;4-;26;ST\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP MB5B with commas',
    'Valuation Area,Material,Material Description,Start Date,End Date,Opening Stock,Total Receipt Quantity,Total Issue Quantity,Closing Stock,Base Unit\n1000,4711,BRG,01/01/2026,01/31/2026,20,10,-4,26,PC\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP VA05 in German',
    'Verk.Beleg;Pos;Belegdatum;Auftragg.;Material;Bezeichnung;Auftragsmenge;VME\n4500;10;31.01.2026;C1;4711;LAGER;1.204,000;ST\n',
    ['4711 2026-01-31 1204 order'],
  ],
  [
    'SAP reservations of maintenance orders',
    'Order;Equipment;Material;Requirement Date;Requirement Quantity;Quantity Withdrawn;Unit\n400;PUMP-1;4711;31.01.2026;4;4;PC\n',
    ['4711 2026-01-31 4 order'],
  ],
  [
    'Odoo orders with their lines',
    'Order Reference,Order Date,Customer,Order Lines/Product,Order Lines/Quantity\nS00012,2026-01-05 10:11:12,Acme,[BRG] Bearing,4.0\n,,,[SEAL] Seal,2.0\nS00013,2026-01-06 10:11:12,Acme,[BRG] Bearing,1.0\n',
    ['BRG 2026-01-05 4 order', 'SEAL 2026-01-05 2 order', 'BRG 2026-01-06 1 order'],
  ],
  [
    'Odoo by technical names',
    'date,reference,product_id/default_code,location_id/complete_name,location_dest_id/complete_name,quantity,state\n2026-01-05 10:11:12,WH/OUT/00012,BRG,WH/Stock,Partners/Customers,4.0,done\n2026-01-08 09:00:00,WH/IN/00003,BRG,Partners/Vendors,WH/Stock,20.0,done\n',
    ['BRG 2026-01-05 4 shipment'],
  ],
  [
    'Odoo in French',
    'Date,Référence,Article,De,À,Quantité,Statut\n2026-01-05 10:11:12,WH/OUT/00012,[BRG] Roulement,WH/Stock,Partners/Customers,4.0,Fait\n2026-01-08 09:00:00,WH/IN/00003,[BRG] Roulement,Partners/Vendors,WH/Stock,20.0,Fait\n',
    ['BRG 2026-01-05 4 shipment'],
  ],
  [
    'ERPNext ledger, issues below 0',
    'Date,Item,Item Name,Stock UOM,In Qty,Out Qty,Balance Qty,Warehouse,Item Group,Valuation Rate,Balance Value,Voucher Type,Voucher #\n2026-01-03 10:00:00,BRG,Bearing,Nos,0,-4,16,Stores - P,Spares,12,3,Delivery Note,DN-1\n2026-01-09 10:00:00,BRG,Bearing,Nos,20,0,36,Stores - P,Spares,12,3,Purchase Receipt,PR-1\n',
    ['BRG 2026-01-03 4 shipment'],
  ],
  [
    'ERPNext delivery notes with their items',
    'ID,Customer,Date,Item Code (Items),Quantity (Items),UOM (Items)\nDN-1,Acme,2026-01-03,BRG,4,Nos\n,,,SEAL,2,Nos\nDN-2,Acme,2026-01-04,BRG,1,Nos\n',
    ['BRG 2026-01-03 4 order', 'SEAL 2026-01-03 2 order', 'BRG 2026-01-04 1 order'],
  ],
  [
    'ERPNext: what changed, not what is left',
    'Item Code,Warehouse,Posting Date,Posting Time,Voucher Type,Voucher No,Qty Change,Qty After Transaction\nBRG,S,2026-01-03,10:00:00,Stock Entry,STE-1,-4,16\nBRG,S,2026-01-09,10:00:00,Purchase Receipt,PR-1,20,36\n',
    ['BRG 2026-01-03 4 usage'],
  ],
  [
    'Business Central sales lines: No. alone, an account',
    'Document Type,Document No.,Sell-to Customer No.,Line No.,Type,No.,Description,Location Code,Quantity,Unit of Measure Code,Shipment Date\nOrder,SO-1,C1,10000,Item,BRG,Bearing,MAIN,4,PCS,1/31/2026\nOrder,SO-1,C1,20000,G/L Account,8100,Freight,MAIN,1,,1/31/2026\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'Dynamics shipment lines: No. alone',
    'Document No.,No.,Description,Quantity,Posting Date\nS-1,BRG,Bearing,4,1/31/2026\nS-2,SEAL,Seal,2,2/13/2026\n',
    ['BRG 2026-01-31 4 order', 'SEAL 2026-02-13 2 order'],
  ],
  [
    'Business Central sales lines in German',
    'Belegart;Belegnr.;Art;Nr.;Beschreibung;Lagerortcode;Menge;Einheitencode;Warenausg.-Datum\nAuftrag;A-1;Artikel;BRG;Lager;HAUPT;4;STK;31.01.26\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'Dynamics 365 names in camel case',
    'ItemNumber,ShippedDate,SalesOrderNumber,ShippedSalesQuantity,SalesUnitSymbol\nBRG,2026-01-31T00:00:00Z,SO-1,4,ea\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'QuickBooks Online: items above their rows',
    'Acme Inc.,,,,,,,,\nSales by Product/Service Detail,,,,,,,,\n"January 1 - February 28, 2026",,,,,,,,\n,,,,,,,,\n,Date,Transaction Type,Num,Customer,Memo/Description,Quantity,Sales Price,Amount,Balance\nBearing 6205,,,,,,,,,\n,01/31/2026,Invoice,1001,Acme,,4.00,12.50,50.00,50.00\n,02/13/2026,Credit Memo,1002,Acme,,-1.00,12.50,-12.50,37.50\nTotal for Bearing 6205,,,,,,3.00,,37.50,\nTOTAL,,,,,,3.00,,$37.50,\n"Sunday, Mar 01, 2026 10:00:00 AM GMT-5 - Accrual Basis",,,,,,,,,\n',
    ['Bearing 6205 2026-01-31 4 shipment', 'Bearing 6205 2026-02-13 1 return'],
  ],
  [
    'SAP Business One: kinds before the numbers of documents',
    'Item No.,Item Description,Whse,Posting Date,System Date,Document,Trans. Seq.,Qty,Cost\nBRG,Bearing,01,31.01.26,31.01.26,DN 55,1,-4,12\nBRG,Bearing,01,05.02.26,05.02.26,PD 12,2,20,12\nBRG,Bearing,01,06.02.26,06.02.26,IN 77,2,-3,12\n',
    ['BRG 2026-01-31 4 shipment', 'BRG 2026-02-06 3 shipment'],
  ],
  [
    'SAP: an own movement type by its text',
    'Werk\tLagerort\tMaterial\tMaterialkurztext\tBewegungsart\tBuchungsdatum\tEingabedatum\tMenge\tBasismengeneinheit\tAuftrag\tKostenstelle\tBewegungsartentext\n1000\t0001\t000000000010001234\tRILLENKUGELLAGER\t261\t31.01.2026\t31.01.2026\t1.204,000-\tST\t4000123\t\tWA für Auftrag\n1000\t0001\t000000000010001234\tRILLENKUGELLAGER\tZ61\t31.01.2026\t31.01.2026\t4,000-\tST\t4000123\t\tWA für Instandhaltung\n1000\t0001\t000000000010001234\tRILLENKUGELLAGER\t101\t05.02.2026\t05.02.2026\t20,000\tST\t\t\tWE zur Bestellung\n',
    ['000000000010001234 2026-01-31 1208 usage'],
  ],
  [
    'SAP MB5B in German, Von and Bis',
    'Bewertungskreis;Material;Materialkurztext;Von;Bis;Anfangsbestand;Summe der Zugänge;Summe der Abgänge;Endbestand;Basis-ME\n1000;4711;LAGER;01.01.2026;31.01.2026;20;10;4-;26;ST\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'SAP components of orders',
    'Order,Material,Material Description,Requirement Qty,Qty Withdrawn,Base Unit,Reqmts Date,Plant\n1000,4711,BRG,4.000,4.000,PC,01/31/2026,1000\n',
    ['4711 2026-01-31 4 order'],
  ],
  [
    'SAP deliveries by technical names',
    'VBELN;POSNR;MATNR;WERKS;LFIMG;VRKME;WADAT_IST\n80001;10;4711;1000;4,000;ST;20260131\n',
    ['4711 2026-01-31 4 order'],
  ],
  [
    'SAP AUFM by technical names',
    'MBLNR;BUDAT;MATNR;WERKS;BWART;SHKZG;ERFMG;ERFME;AUFNR\n49001;20260131;4711;1000;261;H;4,000;ST;40001\n49002;20260205;4711;1000;262;S;1,000;ST;40001\n',
    ['4711 2026-01-31 4 usage', '4711 2026-02-05 1 return'],
  ],
  [
    'Odoo sales in German',
    'Auftragsreferenz;Bestelldatum;Produktvariante;Bestellte Menge;Kunde\nS00012;05.01.2026 10:11:12;[BRG] Lager;4,00;Acme\n',
    ['BRG 2026-01-05 4 order'],
  ],
  [
    'Odoo in Spanish',
    'Fecha,Referencia,Producto,Desde,A,Cantidad,Estado\n2026-01-05 10:11:12,WH/OUT/1,[BRG] Rodamiento,WH/Existencias,Partners/Customers,4.0,Hecho\n2026-01-06 10:11:12,WH/IN/1,[BRG] Rodamiento,Partners/Vendors,WH/Existencias,20.0,Hecho\n',
    ['BRG 2026-01-05 4 shipment'],
  ],
  [
    'ERPNext sales orders, one cancelled',
    'ID,Series,Customer,Date,Status,ID (Items),Item Code (Items),Quantity (Items),Delivery Date (Items)\nSO-1,SAL-ORD-,Acme,2026-01-03,To Deliver,r1,BRG,4,2026-01-10\n,,,,,r2,SEAL,2,2026-01-10\nSO-2,SAL-ORD-,Acme,2026-01-04,Cancelled,r3,BRG,7,2026-01-10\n',
    ['BRG 2026-01-03 4 order', 'SEAL 2026-01-03 2 order'],
  ],
  [
    'ERPNext ledger in German',
    'Datum,Artikel,Artikelname,Lager,Eingang Menge,Ausgang Menge,Saldo Menge,Belegtyp,Beleg #\n2026-01-03,BRG,Bearing,Stores,0,4,16,Delivery Note,DN-1\n2026-01-09,BRG,Bearing,Stores,20,0,36,Purchase Receipt,PR-1\n',
    ['BRG 2026-01-03 4 shipment'],
  ],
  [
    'Navision invoice lines: a text and an account',
    'Sell-to Customer No.,Document No.,Line No.,Type,No.,Location Code,Posting Group,Shipment Date,Description,Unit of Measure,Quantity,Unit Price\nC1,PSI-1,10000,Item,BRG,MAIN,RESALE,01/31/26,Bearing,PCS,4,12.5\nC1,PSI-1,20000,,,,,,Thank you,,0,0\nC1,PSI-1,30000,G/L Account,8100,MAIN,,01/31/26,Freight,,1,5\n',
    ['BRG 2026-01-31 4 order'],
  ],
  [
    'QuickBooks Online transactions with an estimate',
    'Transaction date,Transaction type,Num,Product/Service full name,Quantity,Rate,Amount\n01/31/2026,Invoice,1001,Bearing 6205,4.00,12.50,50.00\n02/01/2026,Estimate,1002,Bearing 6205,9.00,12.50,50.00\n02/13/2026,Bill,77,Bearing 6205,20.00,8.00,160.00\n',
    ['Bearing 6205 2026-01-31 4 shipment'],
  ],
  [
    'Dynamics in Danish',
    'Bogføringsdato;Posttype;Bilagsnr.;Varenr.;Antal\n31-01-2026;Salg;F1;BRG;-4\n02-02-2026;Køb;K1;BRG;20\n',
    ['BRG 2026-01-31 4 shipment'],
  ],
  [
    'SAP MB51 in German, quantities in the base unit',
    'Material;Werk;LOrt;BwA;S;Mat.beleg;Pos;Buch.dat.;Menge in BME;BME;Auftrag\n4711;1000;0001;261;;4900;1;31.01.2026;4-;ST;4000\n',
    ['4711 2026-01-31 4 usage'],
  ],
  [
    'ERPNext ledger with opening and total rows',
    "Date,Item,Item Name,Stock UOM,In Qty,Out Qty,Balance Qty,Warehouse,Item Group,Brand,Description,Incoming Rate,Valuation Rate,Voucher Type,Voucher #\n,'Opening',,,,,20,,,,,,,,\n2026-01-03,BRG,Bearing,Nos,0,4,16,Stores,Spares,,,0,12,Delivery Note,DN1\n,'Total',,,0,4,,,,,,,,,\n",
    ['BRG 2026-01-03 4 shipment'],
  ],
])('reads %s', (_, text, demand) => {
  expect(shortDemand(text)).toEqual(demand);
});
