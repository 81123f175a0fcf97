import type { Table } from '#models/tables/parseTable.ts';

const isBlank = (cell: string | undefined) => (cell ?? '').trim() === '';

/**
 * A report whose items stand in rows of their own above what moved (`Bearing 6205`, its rows, `Total Bearing 6205`) as a
 * table with a column `item`; one without such rows as it is.
 */
export function withItemsOfGroups(table: Table): Table {
  const [header = [], ...body] = table.rows;
  const alone = (cells: readonly string[]) => {
    const filled = cells.filter((c) => !isBlank(c));
    return filled.length === 1 ? filled[0].trim() : null;
  };
  const totals = new Set(body.flatMap((cells) => cells.map((c) => c.trim())).filter((c) => /^total /i.test(c)));
  const isGroup = (title: string) => [...totals].some((total) => total.slice('total '.length).trim() === title);
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
 * A list that writes each item once, above its other rows, with the item in all of them; one that leaves items out, or
 * comes back to one, as it is.
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
