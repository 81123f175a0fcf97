import { expect, test } from 'vitest';
import type { Table } from '#models/tables/parseTable.ts';
import { withLikelyNames } from './likelyColumns.ts';

const NEEDED = ['item', 'date', 'quantity'];
const missingIn = (row: readonly string[]) => NEEDED.filter((name) => !row.includes(name));
const isHeader = (row: readonly string[]) => missingIn(row).length === 0;
const read = (...rows: string[]) => {
  const table: Table = {
    rows: rows.map((row) => row.split('|')),
    lines: rows.map((_, i) => i + 1),
    separator: '|',
    notes: [],
  };
  return { table, found: withLikelyNames(table, isHeader, missingIn) };
};

test.each([
  ['Material Nr|Belegdatum|Bestellmenge', 'item|date|quantity'],
  [
    'Item code|Item description|Order date|Due date|Qty ordered|Qty on hand',
    'item|Item description|date|Due date|quantity|Qty on hand',
  ],
  ['Artikelnummer|date|quantity', 'item|date|quantity'],
  ['produit|Date de livraison|Qte', 'item|date|quantity'],
])('the columns of %s are found by parts of their names', (header, expected) => {
  const { found } = read(header, 'x|y|z');
  expect(found.rows[0].join('|')).toBe(expected);
  expect(found.rows[1].join('|')).toBe('x|y|z');
});

test('each column that was found is noted with its name', () => {
  expect(read('Material |date|quantity').found.notes).toEqual(['item is taken to be "Material", by its name']);
});

test('an ambiguous name is not guessed, nor an incomplete header completed', () => {
  for (const header of ['Item 1|Item 2|date|quantity', 'Material|date|price', 'a|b|c']) {
    const { table, found } = read(header);
    expect(found).toBe(table);
  }
});

test('titles above are skipped, up to thirty rows; a row with all names needs no guess', () => {
  const titles = (n: number) => Array.from({ length: n }, (_, i) => `title ${i}`);
  expect(read(...titles(29), 'Material|date|quantity').found.rows[29][0]).toBe('item');
  expect(read(...titles(30), 'Material|date|quantity').found.notes).toEqual([]);
  const { table, found } = read('Material|Datum|Menge', 'item|date|quantity');
  expect(found).toBe(table);
});
