import { expect, test } from 'vitest';
import { parseTable } from '#models/tables/parseTable.ts';
import { readSupply } from './readSupply.ts';

const stockOf = (text: string) => readSupply('stock', parseTable(Buffer.from(text)));
const itemsOf = (text: string) => readSupply('items', parseTable(Buffer.from(text)));

// SAP MB52, German and English: a row for each storage location of a plant.
const MB52 = `Material;Werk;Lagerort;Charge;Frei verwendbar;Wert frei verw.
4711;1000;0001;;12;120,00
4711;1000;0002;A1;5;50,00
4711;1000;0002;A2;5;50,00
4711;2000;0001;;7;70,00
4712;1000;0001;;3,5;30,00
`;

test('adds up the storage locations and batches of a plant, equal ones included', () => {
  const { rows, notes } = stockOf(MB52);
  expect(rows).toEqual([
    { item: '4711', site: '1000', quantity: 22 },
    { item: '4711', site: '2000', quantity: 7 },
    { item: '4712', site: '1000', quantity: 3.5 },
  ]);
  expect(notes).toContain('2 rows are added to others of the same item and site: storage locations and batches');
  const english = 'Material,Plant,Storage Location,Unrestricted\n4711,1000,0001,12\n4711,1000,0002,12\n';
  expect(stockOf(english).rows).toEqual([{ item: '4711', site: '1000', quantity: 24 }]);
});

test('a repeated location counts once; a contradiction, or a row that cannot be told apart, is refused', () => {
  const row = (location: string, quantity: number) => `4711,1000,${location},${quantity}\n`;
  const table = (...rows: string[]) => `Material,Plant,SLoc,Unrestricted\n${rows.join('')}`;
  expect(stockOf(table(row('1', 4), row('1', 4), row('2', 5))).rows[0].quantity).toBe(9);
  expect(() => stockOf(table(row('1', 4), row('1', 5)))).toThrow(/line 3: 4711 1000 1 stands twice/);
  expect(() => stockOf('Material,Plant,Unrestricted\n4711,1000,4\n4711,1000,5\n')).toThrow(/stands twice/);
  // The latest count dates the sum.
  expect(stockOf('item,sloc,stock,counted\na,1,2,2026-01-02\na,2,3,2026-01-05\n').rows[0]).toEqual({
    ...{ item: 'a', quantity: 5, date: '2026-01-05' },
  });
});

test('a price of 100 units is divided by its price unit', () => {
  const { rows, notes } = itemsOf('Material;Preis;Preiseinheit;Lieferant\n4711;125,00;100;ACME\n4712;3,50;1;ACME\n');
  expect(rows).toEqual([
    { item: '4711', unit_cost: 1.25, supplier: 'ACME' },
    { item: '4712', unit_cost: 3.5, supplier: 'ACME' },
  ]);
  expect(notes).toContain('1 costs are divided by their price unit');
  expect(itemsOf('Material,Standard price,per\n4711,12.50,1000\n').rows).toEqual([{ item: '4711', unit_cost: 0.0125 }]);
  expect(itemsOf('item,unit_cost,price_unit\na,,100\n').rows).toEqual([{ item: 'a' }]);
  expect(() => itemsOf('item,unit_cost,price_unit\na,5,0\n')).toThrow(/above 0/);
});
