import { describe, expect, test } from 'vitest';
import type { Table } from '#models/tables/parseTable.ts';
import { withPlainDates } from './calendarColumns.ts';
import type { FiscalCalendar } from './fiscalCalendar.ts';

const CALENDAR: FiscalCalendar = { pattern: '4-4-5', begins: { 2026: '2025-12-29' } };
function read(dateAt: number, calendar: FiscalCalendar | undefined, ...rows: string[]) {
  const table: Table = {
    rows: rows.map((row) => row.split('|')),
    lines: rows.map((_, i) => 10 * (i + 1)),
    separator: '|',
    notes: [],
  };
  return { table, text: withPlainDates(table, dateAt, calendar).rows.map((cells) => cells.join('|')) };
}
/** One cell below a header of a date column, and its year if there is one. */
const dateOf = (key: string, cell: string, year?: string, calendar: FiscalCalendar | undefined = CALENDAR) => {
  const rows = year === undefined ? [`item|${key}`, `a|${cell}`] : [`item|${key}|Year`, `a|${cell}|${year}`];
  return read(-1, calendar, ...rows).text[1].split('|')[1];
};

describe('weeks', () => {
  test.each(['Week', 'KW', 'ISO week', 'Kalenderwoche', 'semaine'])(
    'in a column %s have the year in a column beside them',
    (key) => {
      expect(['7', '07', 'W7', 'KW 7', 'cw.7'].map((cell) => dateOf(key, cell, '2026'))).toEqual([
        '2026-W7',
        '2026-W07',
        '2026-W7',
        '2026-W7',
        '2026-W7',
      ]);
    },
  );

  test('include the year, before or after the number', () => {
    expect(['202053', '2020-53', '53/2020', '5.2020'].map((cell) => dateOf('week', cell))).toEqual([
      '2020-W53',
      '2020-W53',
      '2020-W53',
      '2020-W5',
    ]);
    expect(dateOf('week', 'soon')).toBe('soon');
    expect(dateOf('week', '7', 'next')).toBe('7');
    expect(dateOf('week', '123', '2026')).toBe('123');
  });
});

test('months, by number or by name, have the year in a column beside them', () => {
  expect(['7', '07', 'Juli', 'Jul.', '7th'].map((cell) => dateOf('Monat', cell, '2026'))).toEqual([
    '2026-07',
    '2026-07',
    'Juli 2026',
    'Jul. 2026',
    '7th',
  ]);
  expect(dateOf('month', '2026-07')).toBe('2026-07');
});

describe('fiscal periods', () => {
  test('get dates from the calendar, alone or with a year beside them', () => {
    expect(dateOf('period', 'FY26 P01')).toBe('2026-01-12');
    expect(['1', 'P2'].map((cell) => dateOf('posting period', cell, '2026'))).toEqual(['2026-01-12', '2026-02-09']);
    expect(read(-1, CALENDAR, 'item|month|Fiscal year', 'a|1|2026').text[1]).toBe('a|2026-01-12|2026');
    expect(read(1, CALENDAR, 'item|date', 'a|2026-P02').text).toEqual(['item|date', 'a|2026-02-09']);
  });

  test('without a calendar are an error with its line and column', () => {
    expect(() => dateOf('period', 'FY26 P01', undefined, { ...CALENDAR, begins: {} })).toThrow(
      /^line 20, column 2: found "FY26 P01"; the map has no first day of the fiscal year 2026$/,
    );
  });
});

test('the date column is renamed to its standard name, and that of the year cleared; a real date column is kept', () => {
  expect(read(-1, undefined, 'item|week|Jahr|qty', 'a|7|2026|3').text).toEqual(['item|date||qty', 'a|2026-W7|2026|3']);
  expect(read(1, undefined, 'item|Datum|Jahr', 'a|2026-07-01|2025').text).toEqual([
    'item|Datum|Jahr',
    'a|2026-07-01|2025',
  ]);
  const { table } = read(-1, undefined, 'item|qty', 'a|3');
  expect(withPlainDates(table, -1, undefined)).toBe(table);
});
