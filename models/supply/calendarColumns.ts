import { type Table, TableError } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { type FiscalCalendar, fiscalDate, parseFiscal } from './fiscalCalendar.ts';

export const YEARS: readonly string[] = [
  'year',
  'calendar_year',
  'jahr',
  'kalenderjahr',
  'yr',
  'annee',
  'ano',
  'anno',
  'jaar',
];
const FISCAL_YEARS = ['fiscal_year', 'fiscalyear', 'fy', 'geschaftsjahr', 'geschaeftsjahr', 'financial_year'];
const FISCAL_PERIODS = ['fiscal_period', 'posting_period', 'buchungsperiode', 'financial_period'];
const PERIODS = ['period', 'periode', 'period_no', 'period_number'];
const WEEKS = [
  'week',
  'week_no',
  'week_number',
  'iso_week',
  'calendar_week',
  'cal_week',
  'cw',
  'wk',
  'kw',
  'kalenderwoche',
  'woche',
  'semaine',
  'semana',
  'settimana',
];
const MONTHS = [
  'month',
  'month_no',
  'month_number',
  'calendar_month',
  'monat',
  'kalendermonat',
  'mois',
  'mes',
  'mese',
  'maand',
];
/** Columns that give a period, if no other column gives a date. */
export const PERIOD_COLUMNS: readonly string[] = [...WEEKS, ...MONTHS, ...PERIODS, ...FISCAL_PERIODS];
export const YEAR_COLUMNS: readonly string[] = [...YEARS, ...FISCAL_YEARS];

/**
 * Converts dates of a demand table: in two columns (year and week, month or period), are numbers of weeks (`53/2020`,
 * `202053`), or fiscal periods (`FY26 P01`). Any other table is returned unchanged.
 * @param dateAt column of the dates; -1: none.
 * @param calendar of fiscal periods.
 * @throws TableError for fiscal periods without a calendar, or outside it.
 */
export function withPlainDates(table: Table, dateAt: number, calendar: FiscalCalendar | undefined): Table {
  const [header = [], ...body] = table.rows;
  const keys = header.map(columnKey);
  const at = dateAt >= 0 ? dateAt : keys.findIndex((key) => PERIOD_COLUMNS.includes(key));
  if (at < 0) return table;
  const yearAt = PERIOD_COLUMNS.includes(keys[at]) ? keys.findIndex((key) => YEAR_COLUMNS.includes(key)) : -1;
  const year = (cells: readonly string[]) => (yearAt < 0 ? '' : (cells[yearAt] ?? '').trim());
  const isFiscal =
    FISCAL_PERIODS.includes(keys[at]) || FISCAL_YEARS.includes(keys[yearAt]) || PERIODS.includes(keys[at]);
  const dated = body.map((cells, i) => {
    const cell = (cells[at] ?? '').trim();
    const text = plainDate(cell, year(cells), keys[at], isFiscal, calendar);
    if (typeof text === 'string') return cells.map((c, k) => (k === at ? text : c));
    throw new TableError(`line ${table.lines[i + 1]}, column ${at + 1}: found ${JSON.stringify(cell)}; ${text.wanted}`);
  });
  const names = header.map((cell, k) => (k === at ? 'date' : k === yearAt ? '' : cell));
  return { ...table, rows: [dateAt >= 0 && yearAt < 0 ? header : names, ...dated] };
}

function plainDate(
  cell: string,
  year: string,
  key: string,
  isFiscal: boolean,
  calendar: FiscalCalendar | undefined,
): string | { wanted: string } {
  const fiscal = parseFiscal(isFiscal && year !== '' ? `${year}-P${cell.replace(/^P/i, '')}` : cell);
  if (fiscal) return fiscalDate(fiscal, calendar);
  if (WEEKS.includes(key)) return weekOf(cell, year);
  return /^\d{4}$/.test(year) && MONTHS.includes(key) ? monthOf(cell, year) : cell;
}

function weekOf(cell: string, year: string): string {
  if (/^\d{4}$/.test(year)) {
    const number = /^(?:W|KW|CW)?[ .]?(\d{1,2})$/i.exec(cell);
    return number ? `${year}-W${number[1]}` : cell;
  }
  const first = /^(\d{4})[-/. ]?(\d{2})$/.exec(cell);
  if (first) return `${first[1]}-W${first[2]}`;
  const last = /^(\d{1,2})[-/. ](\d{4})$/.exec(cell);
  return last ? `${last[2]}-W${last[1]}` : cell;
}

function monthOf(cell: string, year: string): string {
  if (/^\d{1,2}$/.test(cell)) return `${year}-${cell.padStart(2, '0')}`;
  return /^\p{L}+\.?$/u.test(cell) ? `${cell} ${year}` : cell;
}
