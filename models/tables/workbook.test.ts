import { readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readSupply } from '#models/supply/readSupply.ts';
import { TableError } from './parseTable.ts';
import { isWorkbook, parseWorkbook } from './parseWorkbook.ts';
import { writeWorkbook } from './writeWorkbook.ts';

/** Written by openpyxl and by XlsxWriter. */
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

test('a report in a workbook: titles, dates, codes as texts, a total; hidden sheets are skipped', () => {
  const table = parseWorkbook(fixture('openpyxl.xlsx'));
  expect(table.rows.slice(0, 2)).toEqual([['Spare parts consumption'], ['Plant 1000 & 2000 <all>']]);
  expect(table.lines).toEqual([1, 2, 4, 5, 6, 7, 8]);
  const { rows, notes } = readSupply('demand', table);
  expect(rows.map((r) => `${r.item} ${r.date} ${r.quantity} ${r.kind}`)).toEqual([
    '000123 2026-01-31 4 usage',
    '000123 2026-02-12 1200.5 shipment',
    '9007199254740991 2026-02-13 0.3 return',
  ]);
  expect(notes.join('\n')).toMatch(/the sheet "Export" is read/);
});

test('days of the 1904 system, rich text, and a number format with d and y in a quoted word', () => {
  expect(parseWorkbook(fixture('xlsxwriter-1904.xlsx')).rows).toEqual([
    ['Item', 'Date', 'Qty', 'Price'],
    ['BRG-6205', '2026-01-31', '4', '12.5'],
  ]);
});

test('a sheet is read by its name, also a hidden one; an error for a wrong name lists the sheets', () => {
  expect(parseWorkbook(fixture('openpyxl.xlsx'), 'Hidden').rows[1]).toEqual(['x', '1', '2']);
  expect(() => parseWorkbook(fixture('openpyxl.xlsx'), 'Nope')).toThrow(
    /no sheet Nope; there are Notes, Export, Hidden/,
  );
});

test('errors name the row of the sheet', () => {
  const rows = [
    ['a', '2026-01-31', 3],
    ['b', 'soon', 4],
  ];
  const bytes = writeWorkbook([{ name: 'Demand', header: ['item', 'date', 'quantity'], rows }]);
  expect(() => readSupply('demand', parseWorkbook(bytes))).toThrow(/line 3, column 2 \(date\): found "soon"/);
});

test('written files can be read back: markup characters, empty cells, booleans, texts that look like formulas, columns beyond Z', () => {
  const header = Array.from({ length: 30 }, (_, i) => `c${i}`);
  const rows = [['=1+1', '<b> & "q"', null, true, -0.25, 1e-7, ' kept ', 'a\u0001b', ...header.slice(8)]];
  const table = parseWorkbook(writeWorkbook([{ name: 'A & B', header, rows }]));
  expect(table.rows).toEqual([
    header,
    ['=1+1', '<b> & "q"', '', 'true', '-0.25', '1e-7', ' kept ', 'ab', ...header.slice(8)],
  ]);
});

test('if all numbers are texts, their style is inferred; texts among numbers are not numbers', () => {
  const sheet = (quantities: (string | number)[]) =>
    parseWorkbook(
      writeWorkbook([
        {
          name: 'D',
          header: ['item', 'date', 'quantity'],
          rows: quantities.map((q, i) => ['a', `2026-01-0${i + 1}`, q]),
        },
      ]),
    );
  expect(readSupply('demand', sheet(['1.200,5', '3'])).rows.map((r) => r.quantity)).toEqual([1200.5, 3]);
  expect(readSupply('demand', sheet([1.234, 3])).rows.map((r) => r.quantity)).toEqual([1.234, 3]);
  expect(() => readSupply('demand', sheet([1.5, '12,5']))).toThrow(/found "12,5"; a number is needed/);
});

test.each<[string, Uint8Array, RegExp]>([
  ['an old workbook', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), /old or protected/],
  ['another archive', zipSync({ 'content.xml': strToU8('<a/>') }), /no workbook/],
  ['an archive cut short', fixture('openpyxl.xlsx').subarray(0, 3000), /cannot be unpacked/],
  ['one without a table', writeWorkbook([{ name: 'Empty', header: [], rows: [] }]), /no sheet of the workbook/],
])('refuses %s', (_, bytes, why) => {
  expect(isWorkbook(bytes)).toBe(true);
  expect(() => parseWorkbook(bytes)).toThrow(TableError);
  expect(() => parseWorkbook(bytes)).toThrow(why);
});
