import { expect, test } from 'vitest';
import type { Table } from '#models/tables/parseTable.ts';
import { withDatesOfFiscalPeriods, withQuantitiesOfPeriods } from './periodHeaders.ts';

const tableOf = (...rows: string[]): Table => ({
  rows: rows.map((row) => row.split('|')),
  lines: rows.map((_, i) => i + 1),
  separator: '|',
  notes: [],
});
const textOf = ({ rows }: Table) => rows.map((cells) => cells.join('|'));

test.each([
  [
    ['A|Qty Jan 2026|Value Jan 2026|Qty Feb 2026', 'x|1|2|3'],
    ['A|Jan 2026||Feb 2026', 'x|1|2|3'],
  ],
  [
    ['A|01.2026 - Menge|02.2026 - Menge', 'x|1|2'],
    ['A|01.2026|02.2026', 'x|1|2'],
  ],
  [
    ['|Jan 2026||Feb 2026|', 'A|Units|Sales|Units|Sales', 'x|1|2|3|4'],
    ['A|Jan 2026||Feb 2026|', 'x|1|2|3|4'],
  ],
])('quantities of periods are put under the names of the periods: %j', (given, expected) => {
  const table = withQuantitiesOfPeriods(tableOf(...given));
  expect(textOf(table)).toEqual(expected);
  expect(table.lines).toHaveLength(expected.length);
  expect(table.notes).toHaveLength(1);
});

test.each([
  [['A|Jan 2026|Feb 2026', 'x|1|2']],
  [['A|Jan 2026 Qty|Jan 2026 Value', 'x|1|2']],
  [['A|Date|Qty', 'x|2026-01-31|2']],
])('a table without quantities of several periods is unchanged: %j', (given) => {
  const table = tableOf(...given);
  expect(withQuantitiesOfPeriods(table)).toBe(table);
});

const CALENDAR = { pattern: '4-4-5', begins: { 2026: '2025-12-29' } } as const;

test('fiscal periods become their middle days', () => {
  const table = withDatesOfFiscalPeriods(tableOf('A|FY26 P01|FY26 P02', 'x|1|2'), CALENDAR);
  expect(textOf(table)).toEqual(['A|2026-01-12|2026-02-09', 'x|1|2']);
});

test.each([
  ['one alone', tableOf('A|FY26 P01|Qty', 'x|1|2')],
  ['those of rows', tableOf('001.2026|002.2026', '1|2')],
])('fiscal periods are kept: %s', (_, table) => {
  expect(withDatesOfFiscalPeriods(table, undefined)).toBe(table);
});

test('a fiscal period outside the calendar is refused', () => {
  expect(() => withDatesOfFiscalPeriods(tableOf('A|FY26 P12|FY27 P01', 'x|1|2'), CALENDAR)).toThrow(
    'line 1, column 3: found "FY27 P01"; the map has no first day of the fiscal year 2027',
  );
});
