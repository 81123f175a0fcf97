import type { Table } from '#models/tables/parseTable.ts';
import { monthNamed } from './monthNames.ts';
import { yearColumn } from './wideTable.ts';

/** Most rows above the header of a report. */
const MAX_TITLE_ROWS = 30;
/** Fewest periods below a year that make two rows a header. */
const MIN_PERIODS = 2;
const YEAR = /^(?:19|20|21)\d{2}$/;
const WEEK = /^(?:W|WK|CW|KW|Week|Woche)[ .-]?(\d{1,2})$/i;
const QUARTER = /^Q[1-4]$/i;
const MONTH_NUMBER = /^(?:0?[1-9]|1[0-2])$/;

/** Fewest bare names of months that make a row a header. */
const MIN_MONTHS = 3;

/**
 * Adds the year in a report's titles (`Sales 2025`) to a wide header of months without a year (`Jan`, `Feb` and so on),
 * if the titles name exactly one; any other table, also one with a column of years, is unchanged.
 */
export function withYearOfTitle(table: Table): Table {
  const first = table.rows.slice(0, MAX_TITLE_ROWS);
  const at = first.findIndex((row) => row.filter((cell) => monthNamed(cell.trim()) !== null).length >= MIN_MONTHS);
  if (at < 1 || yearColumn(first[at]) >= 0) return table;
  const titles = first.slice(0, at).flat().join(' ');
  const years = [...new Set(titles.match(/(?<!\d)(?:19|20|21)\d{2}(?!\d)/g) ?? [])];
  if (years.length !== 1) return table;
  const header = first[at].map((cell) => (monthNamed(cell.trim()) === null ? cell : `${cell.trim()} ${years[0]}`));
  const notes = [...table.notes, `months are those of ${years[0]}, which the title names`];
  return { ...table, rows: table.rows.with(at, header), notes };
}

/**
 * Joins a wide report's two header rows, years above months, weeks or quarters (a merged year is in the first of its
 * columns only), into one (`Nov 2025`); any other table is unchanged.
 */
export function withJoinedHeader(table: Table): Table {
  const { rows, lines } = table;
  for (let i = 0; i + 1 < Math.min(rows.length, MAX_TITLE_ROWS); i++) {
    const header = joined(rows[i], rows[i + 1]);
    if (header === null) continue;
    return {
      ...table,
      rows: [...rows.slice(0, i), header, ...rows.slice(i + 2)],
      lines: [...lines.slice(0, i), ...lines.slice(i + 1)],
      notes: [...table.notes, `the header is two rows: years in line ${lines[i]}, their periods below`],
    };
  }
  return table;
}

/** Null if the rows are not years above periods. */
function joined(upper: readonly string[], lower: readonly string[]): string[] | null {
  const years = filledRight(upper, lower);
  const periods = years.map((year, k) => (year === '' ? null : periodOf((lower[k] ?? '').trim(), year)));
  if (periods.filter((period) => period !== null).length < MIN_PERIODS) return null;
  return years.map((year, k) => periods[k] ?? ((lower[k] ?? '').trim() || (year === '' ? (upper[k] ?? '') : '')));
}

/** The year above each column; empty without one, or after another title. */
function filledRight(upper: readonly string[], lower: readonly string[]): string[] {
  let year = '';
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, k) => {
    const cell = (upper[k] ?? '').trim();
    if (cell !== '') year = YEAR.test(cell) ? cell : '';
    return year;
  });
}

function periodOf(cell: string, year: string): string | null {
  if (monthNamed(cell) !== null || QUARTER.test(cell)) return `${cell} ${year}`;
  const week = WEEK.exec(cell);
  if (week) return `${year}-W${week[1].padStart(2, '0')}`;
  return MONTH_NUMBER.test(cell) ? `${year}-${cell.padStart(2, '0')}` : null;
}
