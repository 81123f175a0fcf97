import type { Table } from '#models/tables/parseTable.ts';

const isBlank = (cell: string | undefined) => (cell ?? '').trim() === '';

/** Total rows of a group in QuickBooks, desktop and online. */
const TOTAL_OF = /^total (for )?/i;

/**
 * Converts a report with items in rows of their own above their movements (`Bearing 6205`, its rows, `Total Bearing
 * 6205`) to a table with a column `item`; any other table is unchanged.
 */
export function withItemsOfGroups(table: Table): Table {
  const [header = [], ...body] = table.rows;
  const alone = (cells: readonly string[]) => {
    const filled = cells.filter((c) => !isBlank(c));
    return filled.length === 1 ? filled[0].trim() : null;
  };
  const totals = new Set(body.flatMap((cells) => cells.map((c) => c.trim())).filter((c) => TOTAL_OF.test(c)));
  const isGroup = (title: string) => [...totals].some((total) => total.replace(TOTAL_OF, '').trim() === title);
  const isTotal = (cells: readonly string[]) => cells.some((c) => /^total\b/i.test(c.trim()));
  let item = '';
  const rows: string[][] = [];
  const lines: number[] = [];
  body.forEach((cells, i) => {
    const title = alone(cells);
    if (title !== null || isTotal(cells)) item = title !== null && isGroup(title) ? title : '';
    else if (item !== '') {
      rows.push([...cells, ...new Array<string>(Math.max(0, header.length - cells.length)).fill(''), item]);
      lines.push(table.lines[i + 1]);
    }
  });
  if (rows.length === 0) return table;
  const notes = [...table.notes, 'items are those of the titles above their rows'];
  return { ...table, rows: [[...header, 'item'], ...rows], lines: [table.lines[0], ...lines], notes };
}

/**
 * Fills the item down in a list that writes it once above its other rows; unchanged if the first row has no item or one
 * reappears.
 */
export function withItemsFilledDown(table: Table, item: number, needed: readonly number[]): Table {
  const [header, ...body] = table.rows;
  const items = body.map((cells) => (cells[item] ?? '').trim());
  const filled = items.filter((name) => name !== '');
  const isList =
    filled.length > 1 && filled.length < items.length && items[0] !== '' && new Set(filled).size === filled.length;
  const isWhole = body.every((cells) => needed.every((i) => i === item || !isBlank(cells[i])));
  if (!isList || !isWhole) return table;
  let above = '';
  const rows = body.map((cells, i) => {
    above = items[i] || above;
    return cells.map((cell, c) => (c === item ? above : cell));
  });
  const note = `${items.length - filled.length} rows without an item are those of the item above them`;
  return { ...table, rows: [header, ...rows], notes: [...table.notes, note] };
}

const DATED = /dat|fecha/;

/**
 * Fills down, in a list of documents whose lines leave out the values of each document's first line (Odoo, ERPNext:
 * date and number, then items only), the document's date, number and so on; any other table is unchanged.
 * @param at indices of the columns by name.
 * @param needed indices of the columns that each line must have.
 */
export function withDocumentsFilledDown(
  table: Table,
  at: ReadonlyMap<string, number>,
  needed: readonly number[],
): Table {
  const [header, ...body] = table.rows;
  const date = at.get('date') ?? at.get('ordered');
  if (date === undefined || body.length === 0 || isBlank(body[0][date])) return table;
  const [lines, firsts] = [body.filter((cells) => isBlank(cells[date])), body.filter((cells) => !isBlank(cells[date]))];
  const shared = header.flatMap((_, i) => (lines.every((cells) => isBlank(cells[i])) ? [i] : []));
  const own = [...needed, at.get('item') ?? date].filter((i) => i !== date && i !== at.get('order'));
  const isWhole = lines.every((cells) => own.every((i) => !isBlank(cells[i])));
  if (lines.length === 0 || !isWhole) return table;
  // The document's name accompanies each of its dates: a date alone may just be missing.
  const isNamed = shared.some(
    (i) =>
      !DATED.test(header[i].toLowerCase()) && header[i].trim() !== '' && firsts.every((cells) => !isBlank(cells[i])),
  );
  if (!isNamed) return table;
  let first = body[0];
  const rows = body.map((cells) => {
    if (!isBlank(cells[date])) first = cells;
    return cells === first ? cells : header.map((_, i) => (shared.includes(i) ? (first[i] ?? '') : (cells[i] ?? '')));
  });
  const note = `${lines.length} lines have the date and number of the document above them`;
  return { ...table, rows: [header, ...rows], notes: [...table.notes, note] };
}
