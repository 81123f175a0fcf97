import type { Table } from '#models/tables/parseTable.ts';
import { PERIOD_COLUMNS, YEAR_COLUMNS } from './calendarColumns.ts';
import { columnKey } from './columnNames.ts';
import { dateOrderOf, parseDate } from './dates.ts';
import { withoutTitles } from './headerRow.ts';
import { numberedItemAt } from './itemLines.ts';
import { likelyColumns } from './likelyColumns.ts';
import { movementColumns } from './movementPlaces.ts';
import { movementOf } from './movementWords.ts';
import { mayBeThousands, numberStyleOf, parseNumber } from './numberStyle.ts';
import { columnsAt, isHeader } from './records.ts';
import type { MappedKind, SupplyMap } from './supplyMap.ts';
import { type Column, SUPPLY_TABLES, type SupplyTable } from './supplyTables.ts';
import { periodsIn } from './wideTable.ts';

/** The user's answers about a table so far. */
export type KnownMapping = Partial<Omit<SupplyMap, 'table'>>;

export interface Proposal {
  map: SupplyMap;
  /** What was inferred from cells rather than names, and what could not be determined: a sentence each. */
  guesses: string[];
  questions: string[];
}

/** Share of a column's cells that must be dates, or numbers, to make it a column of those. */
const MOSTLY = 0.9;
/** With more distinct words, a column does not hold types of movements. */
const MAX_WORDS = 200;
const NO_QUANTITY = /price|cost|amount|value|balance|total|preis|kosten|betrag|wert|saldo|bestand|stock/;

/** Proposes the meaning of a table's columns, dates, numbers and movements. */
export function proposeMap(table: SupplyTable, given: Table, answers: KnownMapping): Proposal {
  const records = withoutTitles(given, headerOf(table, given, answers));
  const [header = [], ...body] = records.rows;
  const guesses: string[] = [];
  const questions: string[] = [];
  const at = placesOf(table, header, body, answers, guesses);
  for (const name of missingOf(table, at, header)) questions.push(`no column is ${name}: say which one`);
  const columns = Object.fromEntries([...at].map(([name, i]) => [name, header[i].trim()]));
  const cells = (kind: Column['kind']) => cellsOf(table, at, body, kind);
  const dates = answers.dates ?? orderOf(cells('date'), questions);
  const numbers =
    answers.numbers ?? (given.numbers !== undefined ? undefined : numbersOf(cells('number'), given, guesses));
  const movements = { ...wordsOf(at.get('kind'), body, questions, answers.movements ?? {}), ...answers.movements };
  const map: SupplyMap = { table, columns };
  if (answers.sheet !== undefined) map.sheet = answers.sheet;
  if (dates !== undefined) map.dates = dates;
  if (numbers !== undefined) map.numbers = numbers;
  if (Object.keys(movements).length > 0) map.movements = movements;
  if (answers.fiscalYears !== undefined) map.fiscalYears = answers.fiscalYears;
  return { map, guesses, questions };
}

/** The row with all answered or required names; else the one with most texts. */
function headerOf(
  table: SupplyTable,
  { rows }: Table,
  { columns = {} }: KnownMapping,
): (row: readonly string[]) => boolean {
  const knownNames = Object.values(columns).map(columnKey);
  const names = (row: readonly string[]) => knownNames.every((key) => row.map(columnKey).includes(key));
  if (knownNames.length > 0 && rows.some(names)) return names;
  if (rows.some((row) => isHeader(table, row))) return (row) => isHeader(table, row);
  const texts = (row: readonly string[]) => row.filter((c) => /\p{L}/u.test(c)).length;
  const most = Math.max(...rows.slice(0, 30).map(texts));
  return (row) => texts(row) === most;
}

function placesOf(
  table: SupplyTable,
  header: readonly string[],
  body: readonly string[][],
  answers: KnownMapping,
  guesses: string[],
): Map<string, number> {
  const columns: Record<string, Column> = SUPPLY_TABLES[table].columns;
  const keys = header.map(columnKey);
  const at = columnsAt(header, columns);
  if (table === 'demand') {
    for (const [name, i] of Object.entries(movementColumns(header, body))) if (i >= 0) at.set(name, i);
    if (at.has('out')) at.delete('quantity');
    const year = keys.findIndex((key) => YEAR_COLUMNS.includes(key));
    if (year >= 0 && PERIOD_COLUMNS.includes(keys[at.get('date') ?? -1])) at.set('year', year);
  }
  for (const [name, column] of Object.entries(answers.columns ?? {})) {
    const i = keys.indexOf(columnKey(column));
    // A name that no header has is kept, so that the reader refuses it.
    if (i >= 0) at.set(name, i);
    if (name === 'quantity') at.delete('out');
  }
  if (!at.has('item') && numberedItemAt(header) >= 0) at.set('item', numberedItemAt(header));
  if (table === 'demand') {
    const missing = missingOf(table, at, header);
    for (const [name, i] of likelyColumns(header, missing)) if (![...at.values()].includes(i)) at.set(name, i);
    guessByCells(at, header, body, guesses);
  }
  return at;
}

/** Dates and quantities recognised by their cells; the item is one of the other columns. */
function guessByCells(
  at: Map<string, number>,
  header: readonly string[],
  body: readonly string[][],
  guesses: string[],
): void {
  const free = (i: number) => header[i].trim() !== '' && ![...at.values()].includes(i);
  const mostly = (i: number, is: (cell: string) => boolean) => {
    const cells = body.map((row) => (row[i] ?? '').trim()).filter((c) => c !== '');
    return cells.length > 0 && cells.filter(is).length >= MOSTLY * cells.length;
  };
  const guess = (name: string, is: (i: number) => boolean) => {
    if (at.has(name)) return;
    const i = header.findIndex((_, k) => free(k) && is(k));
    if (i < 0) return;
    at.set(name, i);
    guesses.push(`${name} is taken to be ${JSON.stringify(header[i].trim())}, by its cells`);
  };
  const isDate = (c: string) => !/^\d+([.,]\d+)?$/.test(c) && (parseDate(c, 'dmy') ?? parseDate(c, 'mdy')) !== null;
  // Codes have many digits, all the same number.
  const isCode = (i: number) =>
    mostly(i, (c) => /^\d{4,}$/.test(c)) && new Set(body.map((row) => (row[i] ?? '').trim().length)).size <= 2;
  const isNumber = (c: string) => Number.isFinite(parseNumber(c, numberStyleOf([c], ';')));
  // Periods in the header: a wide table has no columns of dates or quantities.
  if (periodsIn(header, 'dmy').filter((date) => date !== null).length >= 2) return;
  guess('date', (i) => mostly(i, isDate));
  if (!at.has('out'))
    guess(
      'quantity',
      (i) => mostly(i, isNumber) && !mostly(i, isDate) && !isCode(i) && !NO_QUANTITY.test(columnKey(header[i])),
    );
  guess('item', (i) => mostly(i, (c) => c !== '') && !mostly(i, isDate));
}

function missingOf(table: SupplyTable, at: ReadonlyMap<string, number>, header: readonly string[]): string[] {
  const columns: Record<string, Column> = SUPPLY_TABLES[table].columns;
  const isWide = table === 'demand' && periodsIn(header, 'dmy').filter((date) => date !== null).length >= 2;
  return Object.keys(columns).filter((name) => {
    const isIn = at.has(name) || (table === 'demand' && name === 'quantity' && at.has('out'));
    return columns[name].required && !isIn && !(isWide && name !== 'item');
  });
}

function cellsOf(
  table: SupplyTable,
  at: ReadonlyMap<string, number>,
  body: readonly string[][],
  kind: Column['kind'],
): string[] {
  const columns: Record<string, Column> = SUPPLY_TABLES[table].columns;
  const isIn = (name: string) => columns[name]?.kind === kind || (kind === 'number' && ['in', 'out'].includes(name));
  return [...at].filter(([name]) => isIn(name)).flatMap(([, i]) => body.map((row) => (row[i] ?? '').trim()));
}

function orderOf(cells: readonly string[], questions: string[]): SupplyMap['dates'] {
  const order = dateOrderOf(cells);
  const short = cells.find((c) => /^\d{1,2}[/-]\d{1,2}[/-]\d{2,4}/.test(c));
  if (order === null) questions.push(`${JSON.stringify(short)} can be read in two ways: say dmy or mdy`);
  return short === undefined ? undefined : (order ?? undefined);
}

function numbersOf(cells: readonly string[], { separator }: Table, guesses: string[]): SupplyMap['numbers'] {
  const signed = cells.filter((c) => /\d[.,]\d/.test(c));
  if (signed.length === 0) return undefined;
  const style = numberStyleOf(cells, separator);
  const isOpen =
    mayBeThousands(cells, style) || (style.decimal === ',' && signed.every((c) => /^\D*\d{1,3},\d{3}\D*$/.test(c)));
  if (isOpen) guesses.push(`numbers such as ${signed[0]} are taken to have a decimal ${style.decimal}`);
  // The next file may have thousands separators even if this one has none.
  return { decimal: style.decimal, thousands: style.decimal === ',' ? '.' : ',' };
}

function wordsOf(
  kindAt: number | undefined,
  body: readonly string[][],
  questions: string[],
  answers: Readonly<Record<string, MappedKind>>,
): Record<string, MappedKind> {
  if (kindAt === undefined) return {};
  const words = [...new Set(body.map((row) => (row[kindAt] ?? '').trim()))].filter((w) => w !== '').sort();
  if (words.length > MAX_WORDS) {
    questions.push(`${words.length} types of movements: another column classifies them`);
    return {};
  }
  return Object.fromEntries(
    words.map((word) => {
      const kind = movementOf(word);
      if (kind === undefined && answers[word] === undefined)
        questions.push(`movement ${JSON.stringify(word)}: say order, shipment, usage, return or none`);
      return [word, kind === undefined ? 'undecided' : (kind ?? 'none')];
    }),
  );
}
