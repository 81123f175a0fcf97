import type { Table } from '#models/tables/parseTable.ts';

/** Most rows above the header of a spreadsheet report: titles, dates, empty lines. */
const MAX_TITLE_ROWS = 30;
const TOTAL =
  /^(grand |sub[- ]?)?(total|totale|totaal|totaux|opening|closing|anfangsbestand|endbestand|sum|summe|gesamt|gesamtsumme|ergebnis|zwischensumme|somme|suma)s?\b.{0,60}$|(\btotal|\btotale|\btotaal|summe|ergebnis)$|^\*+$/i;

/** Whether a cell announces a total, a subtotal or a balance brought forward, in the languages of `TOTAL`. */
export const isTotalWord = (cell: string): boolean => TOTAL.test(cell.trim().replace(/^'(.+)'$/, '$1'));
/** Rules that lists draw between their parts. */
const RULE = /^[-=_]{3,}$/;

/**
 * A report without its title rows: the header is the first row that names every required column. A table without such a
 * row is unchanged, so that errors refer to its first line.
 */
export function withoutTitles(table: Table, isHeader: (row: readonly string[]) => boolean): Table {
  const header = table.rows.slice(0, MAX_TITLE_ROWS).findIndex(isHeader);
  if (header <= 0) return withoutRules(table);
  return withoutRules(below(table, header));
}

function below(table: Table, header: number): Table {
  return {
    ...table,
    rows: table.rows.slice(header),
    lines: table.lines.slice(header),
    notes: [...table.notes, `${header} title rows above the header in line ${table.lines[header]} are left out`],
  };
}

/** Removes rules and headers repeated on each page. */
function withoutRules(table: Table): Table {
  const header = table.rows[0]?.join('\t');
  const isRule = (cells: readonly string[]) =>
    cells.every((c) => c.trim() === '' || RULE.test(c.trim())) || cells.join('\t') === header;
  // Units and formats in brackets, below the names.
  const isUnits = (cells: readonly string[]) =>
    cells.some((c) => c.trim() !== '') && cells.every((c) => /^([([].*[)\]])?$/.test(c.trim()));
  const kept = table.rows.map((cells, i) => i === 0 || !(isRule(cells) || (i === 1 && isUnits(cells))));
  return { ...table, rows: table.rows.filter((_, i) => kept[i]), lines: table.lines.filter((_, i) => kept[i]) };
}

/** Nothing but a total: `Total Quartz 5W30` is an oil. */
const BARE_TOTAL =
  /^(grand |overall |sub[- ]?)?(total|totale|totaal|summe|gesamt|gesamtsumme|ergebnis|gesamtergebnis)$/i;

/**
 * Removes rows of totals: a cell says so and a required cell is empty, or the item itself is called a total.
 * @param item its column, if any.
 */
export function withoutTotals(table: Table, needed: readonly number[], item: number | undefined): Table {
  const [header, ...body] = table.rows;
  const isTotal = (cells: readonly string[]) =>
    (item !== undefined && BARE_TOTAL.test((cells[item] ?? '').trim())) ||
    (cells.some(isTotalWord) && needed.some((i) => (cells[i] ?? '').trim() === ''));
  const kept = body.map((cells) => !isTotal(cells));
  const left = kept.filter((k) => !k).length;
  if (left === 0) return table;
  return {
    ...table,
    rows: [header, ...body.filter((_, i) => kept[i])],
    lines: [table.lines[0], ...table.lines.slice(1).filter((_, i) => kept[i])],
    notes: [...table.notes, `${left} rows of totals are left out`],
  };
}
