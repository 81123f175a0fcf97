import { describe, expect, test } from 'vitest';
import type { Table } from '#models/tables/parseTable.ts';
import { isTotalWord, withoutTitles, withoutTotals } from './headerRow.ts';

/** A table from rows of cells; the file's lines are numbered from 1. */
const tableOf = (...rows: string[]): Table => ({
  rows: rows.map((row) => row.split('|')),
  lines: rows.map((_, i) => i + 1),
  separator: '|',
  notes: [],
});
const textOf = ({ rows }: Table) => rows.map((cells) => cells.join('|'));

describe('titles above a header', () => {
  const isHeader = (cells: readonly string[]) => cells.includes('item');

  test('are skipped, and a note gives the header’s line', () => {
    const table = withoutTitles(tableOf('Demand report', '', 'item|qty', 'belt|3'), isHeader);
    expect(textOf(table)).toEqual(['item|qty', 'belt|3']);
    expect(table.lines).toEqual([3, 4]);
    expect(table.notes).toEqual(['2 title rows above the header in line 3 are left out']);
  });

  test('are not assumed where the header comes first, or is missing in the first thirty rows', () => {
    expect(withoutTitles(tableOf('item|qty', 'belt|3'), isHeader).notes).toEqual([]);
    const far = (titles: number) =>
      withoutTitles(tableOf(...Array.from({ length: titles }, (_, i) => `title ${i}`), 'item|qty'), isHeader).rows
        .length;
    expect([far(29), far(30)]).toEqual([1, 31]);
  });

  test('skips rules, empty rows, and headers repeated on each page', () => {
    const table = withoutTitles(
      tableOf('item|qty', '----|---', 'belt|3', '|', 'item|qty', '--|4', 'seal|===', '___|'),
      isHeader,
    );
    expect(textOf(table)).toEqual(['item|qty', 'belt|3', '--|4', 'seal|===']);
    expect(table.lines).toEqual([1, 3, 6, 7]);
  });
});

describe('rows of totals', () => {
  const left = (...rows: string[]) => textOf(withoutTotals(tableOf('item|date|qty', ...rows), [0, 1, 2], 0)).slice(1);

  test('are left out if a cell is empty that every record has', () => {
    expect(left('belt|2026-01-01|3', 'Total belt||3', '|Summe|9', 'Total Quartz 5W30|2026-01-01|4')).toEqual([
      'belt|2026-01-01|3',
      'Total Quartz 5W30|2026-01-01|4',
    ]);
    expect(left('Grand Total|2026-01-01|4')).toEqual([]);
    expect(left('belt||3')).toEqual(['belt||3']);
  });

  test('are counted, and line numbers are kept', () => {
    const table = withoutTotals(tableOf('item|qty', 'belt|3', 'Total|', 'seal|4', 'Total|'), [0, 1], 0);
    expect(table.lines).toEqual([1, 2, 4]);
    expect(table.notes).toEqual(['2 rows of totals are left out']);
    const whole = tableOf('item|qty', 'belt|3');
    expect(withoutTotals(whole, [0, 1], undefined)).toBe(whole);
    expect(withoutTotals(tableOf('item|qty', 'Total|3'), [1], undefined).rows).toHaveLength(2);
  });

  test.each(['Total', 'subtotal', 'Grand total', 'Summe', 'Gesamtergebnis', 'Umsatz Summe', '***', 'Totals of March'])(
    '%s marks a total',
    (word) => {
      expect(isTotalWord(` ${word} `)).toBe(true);
    },
  );
  test.each(['totalizer', 'belt', '', '3'])('%j does not', (word) => {
    expect(isTotalWord(word)).toBe(false);
  });
});
