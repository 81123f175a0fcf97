import { expect, test } from 'vitest';
import { rowsOfText } from './layouts.fixture.ts';

/** Demand as `item date quantity`, returns negative. */
const signed = (text: string) =>
  rowsOfText('demand', text).map((r) => `${r.item} ${r.date} ${r.kind === 'return' ? -r.quantity : r.quantity}`);

/** Ledgers whose movements need more than a word in a column: [description, file, its demand]. */
test.each<[string, string, string[]]>([
  [
    'Oracle E-Business Suite: material transactions, goods returned by customers',
    'Item,Organization,Subinventory,Transaction Type,Transaction Source,Transaction Date,Primary Quantity,Primary UOM,Transaction ID\nBRG,M1,STORES,Move Order Issue,1001,31-JAN-2026 10:11:12,-4,Each,1\nBRG,M1,STORES,PO Receipt,2001,02-FEB-2026 10:11:12,20,Each,2\nBRG,M1,STORES,Miscellaneous issue,3001,03-FEB-2026 10:11:12,-2,Each,3\nBRG,M1,STORES,Subinventory Transfer,3002,04-FEB-2026 10:11:12,-2,Each,4\nBRG,M1,STORES,Sales order issue,4001,05-FEB-2026 10:11:12,-3,Each,5\nBRG,M1,STORES,RMA Receipt,4002,06-FEB-2026 10:11:12,1,Each,6\nBRG,M1,STORES,WIP Return,4003,07-FEB-2026 10:11:12,1,Each,7\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2', 'BRG 2026-02-05 3', 'BRG 2026-02-06 -1', 'BRG 2026-02-07 -1'],
  ],
  [
    'Infor LN: issues by the origin of their orders',
    'Item;Description;Warehouse;Transaction Date;Transaction Type;Order Origin;Order;Quantity;Inventory Unit\nBRG;Bearing;W01;01/31/2026 10:11;Issue;Sales;S100;4.0000;pcs\nBRG;Bearing;W01;02/02/2026 10:11;Receipt;Purchase;P100;20.0000;pcs\nBRG;Bearing;W01;02/03/2026 10:11;Issue;Production (SFC);J100;2.0000;pcs\nBRG;Bearing;W01;02/04/2026 10:11;Adjustment;Cycle Count;C1;1.0000;pcs\nBRG;Bearing;W01;02/05/2026 10:11;Issue;Transfer;T1;5.0000;pcs\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  [
    'Infor LN by technical names',
    'item;cwar;trdt;kost;koor;orno;qstk;stun\nBRG;W01;2026-01-31;Issue;Sales;S100;4;pcs\nBRG;W01;2026-02-02;Receipt;Purchase;P100;20;pcs\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'JD Edwards: the ledger of an item, signs behind',
    'Item Number,Item Description,Branch/ Plant,Doc Type,Document Number,Transaction Date,G/L Date,Quantity,UM,Unit Cost,Location,From/To\nBRG,Bearing,30,II,1001,01/31/26,01/31/26,4-,EA,12.5,,F\nBRG,Bearing,30,OV,1002,02/14/26,02/14/26,20,EA,12.5,,\nBRG,Bearing,30,IM,1003,02/15/26,02/15/26,2-,EA,12.5,,F\nBRG,Bearing,30,IT,1004,02/16/26,02/16/26,2-,EA,12.5,,F\nBRG,Bearing,30,SO,1005,02/17/26,02/17/26,3-,EA,12.5,,F\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-15 2', 'BRG 2026-02-17 3'],
  ],
  [
    'Sage 50: goods returned come in',
    'Product Code,Date,Type,Reference,Details,Qty In,Qty Out,Qty On Hand,Cost Price\nBRG,31/01/2026,GO,1001,Goods Out,0.00,4.00,16.00,12.50\nBRG,02/02/2026,GI,1002,Goods In,20.00,0.00,36.00,12.50\nBRG,13/02/2026,GR,1003,Goods Returned,1.00,0.00,37.00,12.50\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-13 -1'],
  ],
  [
    'Sage 200: a stocktake',
    'Stock Code,Warehouse,Transaction Type,Transaction Date,Quantity,Reference,Second Reference\nBRG,HOME,Goods despatched,31/01/2026,-4.00,0000001001,\nBRG,HOME,Goods received,02/02/2026,20.00,0000001002,\nBRG,HOME,Internal issue,03/02/2026,-2.00,,\nBRG,HOME,Stock adjustment out,13/02/2026,-1.00,,\nBRG,HOME,Stocktake,14/02/2026,-1.00,,\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  [
    'Sage X3: numbers of transaction types',
    'STOFCY_0;ITMREF_0;IPTDAT_0;TRSTYP_0;VCRTYP_0;VCRNUM_0;QTYSTU_0;STU_0\nFR011;BRG;31/01/2026;4;4;SDH1;-4;UN\nFR011;BRG;02/02/2026;3;6;PTH1;20;UN\nFR011;BRG;03/02/2026;6;10;MTK1;-2;UN\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  [
    'Dynamics SL: unsigned with a factor, codes of its own',
    'InvtID,SiteID,TranType,TranDate,Qty,InvtMult,RefNbr\nBRG,MAIN,IN,2026-01-31,4,-1,1001\nBRG,MAIN,RC,2026-02-02,20,1,1002\nBRG,MAIN,II,2026-02-03,2,-1,1003\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  [
    'Katana: kinds told by documents, items by their codes',
    'Movement date,Item,Variant code / SKU,Caused by,Quantity change,Cost per unit,Balance after,Location\n2026-01-31 10:11:12,Bearing,BRG,SO-1001,-4,12.5,16,Main\n2026-02-02 10:11:12,Bearing,BRG,PO-1001,20,12.5,36,Main\n2026-02-03 10:11:12,Bearing,BRG,MO-1001,-2,12.5,34,Main\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  [
    'Katana: order lines',
    'Order No.,Customer,Created date,Delivery date,Variant code / SKU,Item,Quantity,Price per unit,Status\nSO-1001,Acme,2026-01-31,2026-02-05,BRG,Bearing,4,12.5,Delivered\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'groups of transactions',
    'Unit,Item ID,Transaction Group,Transaction Date,Quantity,UOM\nUS001,BRG,Usages & Shipments,2026-01-31,-4,EA\nUS001,BRG,Receipts,2026-02-02,20,EA\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Odoo: valuation layers',
    'Date,Product,Quantity,Unit of Measure,Total Value,Description\n2026-01-31,[BRG] Bearing,-4,Units,-50,WH/OUT/00012 - Bearing\n2026-02-02,[BRG] Bearing,20,Units,250,WH/IN/00003 - Bearing\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Dynamics 365 in German: statuses of issues and receipts',
    'Artikelnummer;Produktname;Standort;Lagerort;Physisches Datum;Buchungsdatum;Referenz;Nummer;Zugang;Abgang;Menge\nBRG;Lager;1;11;31.01.2026;01.02.2026;Auftrag;SO-1;;Verkauft;-4,00\nBRG;Lager;1;11;02.02.2026;02.02.2026;Bestellung;PO-1;Eingekauft;;20,00\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Shopify: an order that was cancelled',
    'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Created at,Cancelled at\n#1001,a@b.c,paid,2026-01-31 10:11:12 +0100,fulfilled,2026-02-01 10:11:12 +0100,EUR,4,Bearing,12.50,BRG,2026-01-31 10:10:12 +0100,\n#1002,a@b.c,refunded,2026-02-02 10:11:12 +0100,unfulfilled,,EUR,2,Bearing,12.50,BRG,2026-02-02 10:10:12 +0100,2026-02-03 10:10:12 +0100\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'WooCommerce: refunded, cancelled',
    'Order Number,Order Status,Order Date,SKU,Item Name,Quantity,Item Cost\n1001,Completed,2026-01-31 10:11,BRG,Bearing,4,12.5\n1002,Cancelled,2026-02-01 10:11,BRG,Bearing,2,12.5\n1003,Refunded,2026-02-01 10:11,BRG,Bearing,2,12.5\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'JTL: the status of an order',
    'Artikelnummer;Artikelname;Auftragsnummer;Auftragsdatum;Menge;VK-Netto;Auftragsstatus\nBRG;Lager;AU1;31.01.2026;4;12,50;Versendet\nBRG;Lager;AU2;01.02.2026;3;12,50;Storniert\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'QAD codes',
    'Item Number,Trans Type,Effective Date,Qty Change,UM,Site,Location,Order\nBRG,ISS-SO,01/31/26,-4.0,EA,10000,010,SO1\nBRG,RCT-PO,02/13/26,20.0,EA,10000,010,PO1\nBRG,ISS-WO,02/14/26,-2.0,EA,10000,010,WO1\nBRG,ISS-TR,02/15/26,-2.0,EA,10000,010,\nBRG,RCT-TR,02/15/26,2.0,EA,10000,020,\nBRG,ISS-UNP,02/16/26,-1.0,EA,10000,010,\nBRG,CYC-CNT,02/17/26,-1.0,EA,10000,010,\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-14 2', 'BRG 2026-02-16 1'],
  ],
  [
    'Sage 100 in French: one column in, one out',
    'Référence;Désignation;Date;Type;N° pièce;Dépôt;Entrée;Sortie;Stock\nBRG;Roulement;31/01/26;Bon de livraison;BL1;P;;4,00;16,00\nBRG;Roulement;02/02/26;Bon de réception;BR1;P;20,00;;36,00\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'what was done last',
    'Part No,Change Date,Last Action,Quantity Change,Location\nBRG,1/31/2026 8:26 AM,Shipped,-4,A1\nBRG,2/2/2026 8:26 AM,Received,20,A1\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'weeks of years of two digits',
    'Artikel;CW01 26;CW02 26;CW03 26\nBRG;4;0;6\n',
    ['BRG 2025-12-29 4', 'BRG 2026-01-05 0', 'BRG 2026-01-12 6'],
  ],
  [
    'SAP MB51 in two levels, with tabs',
    '\tMaterial\tMaterial Description\tPlnt\tName 1\n\n\tSLoc\tMvT\tS\tMat. Doc.\tItem\tPstng Date\tQuantity\tEUn\n\n\t4711\tBEARING 6205\t1000\tPlant 1\n\n\t0001\t261\t\t4900001234\t1\t31.01.2026\t4-\tPC\n\t0001\t101\t\t5000001236\t1\t05.02.2026\t20\tPC\n\n*\t\t\t\t\t\t16\tPC\n\t4712\tSEAL\t1000\tPlant 1\n\n\t0001\t201\t\t4900001237\t1\t12.02.2026\t2-\tPC\n',
    ['4711 2026-01-31 4', '4712 2026-02-12 2'],
  ],
  [
    'SAP MB51 in two levels, in German, unconverted',
    '------------------------------------------------------------------\n|Material          |Materialkurztext        |Werk|Name 1          |\n|LOrt|BwA|S|Mat.beleg |Pos|Buch.dat. |Menge in ErfassME|EME|\n------------------------------------------------------------------\n|4711              |KUGELLAGER 6205         |1000|Werk Hamburg    |\n|0001|261| |4900001234|  1|31.01.2026|               4-|ST |\n|0001|101| |5000001236|  1|05.02.2026|           1.200 |ST |\n|4712              |DICHTUNG                |1000|Werk Hamburg    |\n|0001|201| |4900001237|  1|12.02.2026|               2-|ST |\n------------------------------------------------------------------\n',
    ['4711 2026-01-31 4', '4712 2026-02-12 2'],
  ],
  [
    'SAP MB5B: documents below the labels of each material',
    'Bewertungskreis;1000;;;;;\nMaterial;4711;;;;;\nBezeichnung;Kugellager;;;;;\n;;;;;;\nBestand/Wert zum 01.01.2026;20,000;ST;;;;\nSumme/Wert der Zugänge;10,000;ST;;;;\nSumme/Wert der Abgänge;4,000-;ST;;;;\nBestand/Wert zum 31.01.2026;26,000;ST;;;;\nLOrt;BwA;Mat.beleg;Pos;Buch.dat.;Menge;BME\n0001;261;4900001;1;15.01.2026;4,000-;ST\n0001;101;5000001;1;16.01.2026;10,000;ST\nBewertungskreis;1000;;;;;\nMaterial;4712;;;;;\nLOrt;BwA;Mat.beleg;Pos;Buch.dat.;Menge;BME\n0001;601;4900002;1;17.01.2026;2,000-;ST\n',
    ['4711 2026-01-15 4', '4712 2026-01-17 2'],
  ],
  [
    'Tally: the item in a title',
    'Acme Spares Ltd,,,,,,\nStock Item: Bearing 6205,,,,,,\n1-Jan-26 to 28-Feb-26,,,,,,\nDate,Particulars,Vch Type,Vch No.,Inwards Quantity,Outwards Quantity,Closing Quantity\n31-Jan-26,Acme,Sales,1001,,4,16\n02-Feb-26,SKF,Purchase,1002,20,,36\n',
    ['Bearing 6205 2026-01-31 4'],
  ],
  [
    'quantities and amounts of each month',
    'SKU,Jan 2026 Qty,Jan 2026 Value,Feb 2026 Qty,Feb 2026 Value\nBRG,4,50,6,75\n',
    ['BRG 2026-01-01 4', 'BRG 2026-02-01 6'],
  ],
  [
    'quantities and amounts below their months',
    ';01.2026;;02.2026;\nArtikelnummer;Menge;Umsatz;Menge;Umsatz\nBRG;4;50,00;6;75,00\n',
    ['BRG 2026-01-01 4', 'BRG 2026-02-01 6'],
  ],
  [
    'Polish documents by their numbers',
    'Data;Dokument;Kod towaru;Nazwa;Ilość;Jm\n31.01.2026;WZ/1/2026;BRG;Lozysko;4;szt.\n02.02.2026;PZ/1/2026;BRG;Lozysko;20;szt.\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Syspro: sales, or the type of an inventory movement',
    'StockCode,Warehouse,TrnYear,TrnMonth,EntryDate,TrnTime,MovementType,TrnQty,TrnType\nBRG,W,2026,1,2026-01-31,101112,S,4,\nBRG,W,2026,2,2026-02-02,101112,I,20,R\nBRG,W,2026,2,2026-02-03,101112,I,2,I\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-03 2'],
  ],
  ['directions in words', 'Part,Date,Type,Qty\nBRG,2026-01-31,OUT,4\nBRG,2026-02-02,IN,20\n', ['BRG 2026-01-31 4']],
  [
    'Italian amounts in and out',
    'Codice articolo;Descrizione;Data reg.;Causale;Descr. causale;Qta carico;Qta scarico\nBRG;Cuscinetto;31/01/2026;VEN;Vendita;0;4\nBRG;Cuscinetto;02/02/2026;ACQ;Acquisto;20;0\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'days of the week before dates',
    'Item,Date,Qty\nBRG,"Saturday, January 31, 2026",4\nBRG,"Sunday, February 1, 2026",6\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-01 6'],
  ],
  ['a full date in German', 'Artikel;Datum;Menge\nBRG;31. Januar 2026;4\n', ['BRG 2026-01-31 4']],
  [
    'quarters of years of two digits',
    'Item,Q1-25,Q2-25,Q3-25\nBRG,4,5,6\n',
    ['BRG 2025-01-01 4', 'BRG 2025-04-01 5', 'BRG 2025-07-01 6'],
  ],
  [
    'months that a spreadsheet shows as days',
    'Item,25-Jan,25-Feb,25-Mar\nBRG,1,2,3\n',
    ['BRG 2025-01-01 1', 'BRG 2025-02-01 2', 'BRG 2025-03-01 3'],
  ],
  [
    'numbers of months beside a column of years',
    'Artikel;Jahr;1;2;3\nBRG;2025;1;2;3\n',
    ['BRG 2025-01-01 1', 'BRG 2025-02-01 2', 'BRG 2025-03-01 3'],
  ],
  [
    'weeks by their first days',
    'Item,Week of 1/5/2026,Week of 1/12/2026,Week of 1/19/2026\nBRG,1,2,3\n',
    ['BRG 2026-01-05 1', 'BRG 2026-01-12 2', 'BRG 2026-01-19 3'],
  ],
  [
    'SAP MCBE in German',
    'Werk;Material;Monat;Anzahl Verbräuche;Gesamtverbr.;Einheit\n1000;4711;01.2026;2;4,000;ST\n1000;4711;02.2026;3;1.206,000;ST\n',
    ['4711 2026-01-01 4', '4711 2026-02-01 1206'],
  ],
  [
    'Oracle with titles, issues in brackets',
    'Material Transactions Report,,,,,,\nOrganization: M1,,,,,,\nReport Date: 01-MAR-2026,,,,,,\n,,,,,,\nTransaction Date,Item,Item Description,Transaction Type,Source,UOM,Quantity\n31-JAN-26,BRG,Bearing,Move Order Issue,1001,EA,(4)\n02-FEB-26,BRG,Bearing,PO Receipt,2001,EA,20\n13-FEB-26,BRG,Bearing,WIP component issue,3001,EA,(2)\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-13 2'],
  ],
  [
    'Epicor by technical names, a kit shipped',
    'Company,Plant,PartNum,TranDate,TranType,TranQty,InventoryTrans,JobNum,OrderNum\nEPIC,MfgSys,BRG,2026-01-31,STK-MTL,4,True,J1,0\nEPIC,MfgSys,BRG,2026-02-02,MFG-STK,20,True,J2,0\nEPIC,MfgSys,BRG,2026-02-13,STK-UKN,2,True,,0\nEPIC,MfgSys,BRG,2026-02-14,KIT-CUS,2,True,,7\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-13 2', 'BRG 2026-02-14 2'],
  ],
  [
    'IFS order lines by technical names',
    'ORDER_NO;LINE_NO;CATALOG_NO;CATALOG_DESC;BUY_QTY_DUE;DATE_ENTERED;REAL_SHIP_DATE;OBJSTATE\nC1;1;BRG;Bearing;4;2026-01-31;2026-02-01;Invoiced\nC2;1;BRG;Bearing;3;2026-02-03;;Cancelled\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Maximo: usage, a return, a transfer',
    'USAGENUM,SITEID,FROMSTORELOC,ITEMNUM,USETYPE,QUANTITY,ACTUALDATE,WONUM\n1001,BEDFORD,CENTRAL,BRG,ISSUE,4,2026-01-31 10:11,WO1\n1002,BEDFORD,CENTRAL,BRG,RETURN,1,2026-02-02 10:11,WO1\n1003,BEDFORD,CENTRAL,BRG,TRANSFER,5,2026-02-03 10:11,\n',
    ['BRG 2026-01-31 4', 'BRG 2026-02-02 -1'],
  ],
  [
    'SAP MB51 unconverted, dates month first, a total',
    'Material Document List                                                                     03/01/2026\n\n------------------------------------------------------------------------------------------\n|Material          |Plnt|SLoc|MvT|S|Mat. Doc. |Item|Pstng Date|  Qty in UnE|EUn|Amount LC|\n------------------------------------------------------------------------------------------\n|4711              |1000|0001|261| |4900001234|   1|01/31/2026|          4-|PC |   50.00-|\n|4711              |1000|0001|101| |5000001236|   1|02/13/2026|      1,200 |PC |15,000.00|\n|4711              |1000|0001|201| |4900001237|   1|02/14/2026|      1,300-|PC |16,000.00-|\n------------------------------------------------------------------------------------------\n|*                 |    |    |   | |          |    |          |        104-|PC | 1,050.00-|\n------------------------------------------------------------------------------------------\n',
    ['4711 2026-01-31 4', '4711 2026-02-14 1300'],
  ],
  [
    'Dynamics AX by technical names',
    'ITEMID,INVENTSITEID,DATEPHYSICAL,QTY,STATUSISSUE,STATUSRECEIPT,REFERENCECATEGORY,REFERENCEID\nBRG,1,2026-01-31,-4,1,0,Sales order,SO1\nBRG,1,2026-02-02,20,0,1,Purchase order,PO1\n',
    ['BRG 2026-01-31 4'],
  ],
  [
    'Lawson codes',
    'Company,Location,Item,Document,Doc Type,Trans Date,Quantity,UOM\n1000,MAIN,BRG,1,SH,20260131,-4,EA\n1000,MAIN,BRG,2,RC,20260202,20,EA\n',
    ['BRG 2026-01-31 4'],
  ],
])('reads %s', (_, text, demand) => {
  expect(signed(text)).toEqual(demand);
});

test.each<[string, string, RegExp]>([
  [
    'a ledger with its balance, whose signs alone tell issues from receipts',
    'Date,SKU,Change in qty,Quantity,Balance\n2026-01-31,BRG,,-4,16\n2026-02-02,BRG,,20,36\n',
    /movements with their balance/,
  ],
  [
    'receipts beside words that it does not know',
    'Part,Date,Source,Qty\nBRG,2026-01-31,Purchase receipt,20\nBRG,2026-02-02,Frobnication,4\n',
    /"Frobnication"/,
  ],
  [
    'documents of production without signs: it takes and makes',
    'Part,Date,Document kind,Qty,Balance\nBRG,2026-01-31,Made of MO,-2,3\nBRG,2026-02-02,Made by MO,4,7\n',
    /movements with their balance/,
  ],
  [
    'fiscal periods as columns, without a calendar',
    'SKU,FY26-P01,FY26-P02\nBRG,4,6\n',
    /column 2: found "FY26-P01".*first day of each fiscal year/,
  ],
  ['numbers of transaction types of another system', 'Item,Date,TTYP,Qty\nBRG,2026-01-31,31,-4\n', /"31"/],
])('refuses %s', (_, text, why) => {
  expect(() => signed(text)).toThrow(why);
});
