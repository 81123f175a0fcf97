import type { Table } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';

/** Parts of names that identify a demand column, by column, and parts that rule it out. */
const LIKELY = {
  item: {
    is: /(^|_)(item|article|artikel|material|part|product|produkt|produit|producto|produto|prodotto|articolo|articulo|sku|teil)(_|$)|^(artikel|material|teile|produkt)(nr|nummer|code|id)/,
    isNot:
      /name|desc|desig|bez|group|grupp|type|typ|text|family|class|categ|line|pos|date|dat$|qty|quant|menge|unit|price|preis|value|wert|cost|revision|status/,
  },
  date: {
    is: /(^|_)(date|dat|datum|fecha|data)(_|$)|(datum|date|dat)$/,
    isNot: /due|expir|valid|best_before|birth|print|run_|promis|req|verfall|fallig|faellig|start|from|update/,
  },
  quantity: {
    is: /(^|_)(qty|quantity|menge|qte|quantite|cantidad|quantita|aantal|quantidade|stuckzahl|antal|ilosc)(_|$)|(menge|qty)$/,
    isNot:
      /(^|_)(in|out|min|max|per|to)(_|$)|hand|stock|balance|saldo|bestand|open|offen|remain|rest|reorder|free|avail|price|preis|value|wert|cost|back|reserv|pack|receiv|change|after/,
  },
} as const;
type Likely = keyof typeof LIKELY;

/** Names that are accepted if no other fits better: an item's description, and amounts of money. */
const WEAK: Readonly<Record<'item' | 'quantity', readonly string[]>> = {
  item: ['row_labels', 'product_name', 'item_name', 'artikelbezeichnung', 'part_name', 'id'],
  quantity: ['units', 'unidades', 'unites', 'value', 'amount', 'sales'],
};

/** Names with a unit of measure: `Menge in BME`. */
const IN_UNIT = /^(menge|qty|quantity|quantite|cantidad|quantita)_in_.+$/;

/** Rows searched for the header of a report. */
const MAX_TITLE_ROWS = 30;

/**
 * Finds the missing columns of a demand table without a row of known names, by parts of their names, if exactly one
 * column fits each; unchanged if that still does not give a header.
 * @param isHeader whether a row names all required columns.
 * @param missingIn the required columns that a row does not name.
 */
export function withLikelyNames(
  table: Table,
  isHeader: (row: readonly string[]) => boolean,
  missingIn: (row: readonly string[]) => readonly string[],
): Table {
  const first = table.rows.slice(0, MAX_TITLE_ROWS);
  const header = first.findIndex(isHeader);
  if (header >= 0) return withBetterNames(table, header, missingIn);
  for (const [i, row] of first.entries()) {
    const found = likelyColumns(row, missingIn(row));
    const named = row.map((cell, k) => [...found].find(([, at]) => at === k)?.[0] ?? cell);
    if (found.size === 0 || !isHeader(named)) continue;
    const notes = [...found].map(
      ([name, at]) => `${name} is taken to be ${JSON.stringify(row[at].trim())}, by its name`,
    );
    return { ...table, rows: table.rows.with(i, named), notes: [...table.notes, ...notes] };
  }
  return table;
}

/** Replaces columns that are known by weak names only with likelier ones. */
function withBetterNames(table: Table, at: number, missingIn: (row: readonly string[]) => readonly string[]): Table {
  const row = table.rows[at];
  const isWeak = (cell: string) => Object.values(WEAK).some((names) => names.includes(columnKey(cell)));
  const found = likelyColumns(row, missingIn(row.map((cell) => (isWeak(cell) ? '' : cell))));
  if (found.size === 0) return table;
  const named = row.map((cell, k) => [...found].find(([, place]) => place === k)?.[0] ?? cell);
  const notes = [...found].map(([name, k]) => `${name} is taken to be ${JSON.stringify(row[k].trim())}, by its name`);
  return { ...table, rows: table.rows.with(at, named), notes: [...table.notes, ...notes] };
}

/** Indices of the missing columns that part of exactly one name identifies. */
export function likelyColumns(row: readonly string[], missing: readonly string[]): Map<string, number> {
  const keys = row.map((cell) => columnKey(cell).replace(IN_UNIT, '$1'));
  const found = new Map<string, number>();
  for (const [name, { is, isNot }] of Object.entries(LIKELY) as [Likely, (typeof LIKELY)[Likely]][]) {
    if (!missing.includes(name)) continue;
    const fitting = keys.flatMap((key, i) => (is.test(key) && !isNot.test(key) ? [i] : []));
    if (fitting.length === 1) found.set(name, fitting[0]);
  }
  return found;
}
