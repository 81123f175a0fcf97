import { type Table, TableError } from '#models/tables/parseTable.ts';
import { parseDate } from './dates.ts';
import { type FiscalCalendar, fiscalDate, parseFiscal } from './fiscalCalendar.ts';

/** Most rows above the header of a report. */
const MAX_TITLE_ROWS = 30;
/** Fewest periods that make a row a header. */
const MIN_PERIODS = 2;
const QUANTITY =
  /^(?:sum of |summe von )?(?:qty|quantity|units|pcs|pieces|menge|stück|stueck|stk|anzahl|qté|quantité|cantidad|quantità|aantal)\.?$/i;
const MONEY =
  /^(?:sum of |summe von )?(?:value|amount|revenue|sales|cost|price|turnover|wert|betrag|umsatz|kosten|preis|valeur|montant|importe|valor|valore|importo|waarde|omzet|eur|usd|gbp|chf|€|\$)\.?$/i;

/**
 * Keeps only the quantities, under the names of the periods, of a wide report that has a quantity and an amount of
 * money for each period (`Jan 2026 Qty`, `Jan 2026 Value`, or the measures in a row below the periods); any other table
 * is unchanged.
 */
export function withQuantitiesOfPeriods(table: Table): Table {
  const { rows } = table;
  for (let i = 0; i < Math.min(rows.length, MAX_TITLE_ROWS); i++) {
    const alone = quantitiesAmong(rows[i].map(periodAndMeasure), rows[i]);
    if (alone !== null) return withHeader(table, i, i, alone);
    const below = rows[i + 1];
    const pairs = below === undefined ? [] : pairsBelow(rows[i], below);
    const joined = quantitiesAmong(pairs, below ?? []);
    if (joined !== null) return withHeader(table, i, i + 1, joined);
  }
  return table;
}

type Pair = { period: string; measure: string } | null;

/** `Jan 2026 Qty`, `Qty Jan 2026`, `Menge - 01.2026`. */
function periodAndMeasure(cell: string): Pair {
  const words = cell.trim().split(/\s+(?:[-–:|/]\s+)?/);
  for (let n = 1; n < words.length; n++) {
    const [first, last] = [words.slice(0, n).join(' '), words.slice(n).join(' ')];
    if (isPeriod(first) && isMeasure(last)) return { period: first, measure: last };
    if (isMeasure(first) && isPeriod(last)) return { period: last, measure: first };
  }
  return null;
}

/** Periods above their measures; a merged period is in the first of its columns only. */
function pairsBelow(upper: readonly string[], lower: readonly string[]): Pair[] {
  let period = '';
  return lower.map((cell, i) => {
    const above = (upper[i] ?? '').trim();
    if (above !== '') period = isPeriod(above) ? above : '';
    return period !== '' && isMeasure(cell.trim()) ? { period, measure: cell.trim() } : null;
  });
}

const isPeriod = (text: string) => parseDate(text, 'dmy') !== null || parseFiscal(text) !== null;
const isMeasure = (text: string) => QUANTITY.test(text) || MONEY.test(text);

/** A header of the quantities of periods; null if there are no such pairs. */
function quantitiesAmong(pairs: readonly Pair[], header: readonly string[]): string[] | null {
  const quantities = pairs.filter((pair) => pair !== null && QUANTITY.test(pair.measure));
  if (quantities.length < MIN_PERIODS) return null;
  return header.map((cell, i) => {
    const pair = pairs[i] ?? null;
    if (pair === null) return cell;
    return QUANTITY.test(pair.measure) ? pair.period : '';
  });
}

function withHeader(table: Table, from: number, to: number, header: string[]): Table {
  const { rows, lines } = table;
  return {
    ...table,
    rows: [...rows.slice(0, from), header, ...rows.slice(to + 1)],
    lines: [...lines.slice(0, from), lines[to], ...lines.slice(to + 1)],
    notes: [...table.notes, 'quantities of periods are read; amounts of money beside them are not'],
  };
}

/**
 * Renames fiscal periods of a wide report (`FY26 P01`) to their middle days; any other table is unchanged.
 * @throws TableError for fiscal periods without a calendar, or outside it.
 */
export function withDatesOfFiscalPeriods(table: Table, calendar: FiscalCalendar | undefined): Table {
  const at = table.rows
    .slice(0, MAX_TITLE_ROWS)
    .findIndex((row) => row.filter((cell) => parseFiscal(cell) !== null).length >= MIN_PERIODS);
  // Below a header of other names, such periods are dates of rows.
  if (at < 0 || table.rows[at].filter((cell) => /\p{L}/u.test(cell) && parseFiscal(cell) === null).length === 0)
    return table;
  const header = table.rows[at].map((cell, i) => {
    const period = parseFiscal(cell);
    if (period === null) return cell;
    const date = fiscalDate(period, calendar);
    if (typeof date === 'string') return date;
    throw new TableError(
      `line ${table.lines[at]}, column ${i + 1}: found ${JSON.stringify(cell.trim())}; ${date.wanted}`,
    );
  });
  return { ...table, rows: table.rows.with(at, header) };
}
