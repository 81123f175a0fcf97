import type { Table } from '#models/tables/parseTable.ts';
import type { DemandKind } from './movementWords.ts';
import { isNegativeText } from './numberStyle.ts';

/** Movement kinds by the letters before document numbers: `SO-1001`, `WH/OUT/00012`. */
const ISSUES: Readonly<Record<string, DemandKind>> = {
  SO: 'shipment',
  INV: 'shipment',
  OUT: 'shipment',
  DN: 'shipment',
  SHP: 'shipment',
  SHIP: 'shipment',
  MO: 'usage',
  WO: 'usage',
  JOB: 'usage',
  WZ: 'shipment',
  RW: 'usage',
};
/** Issues without a sign: Polish documents, and sales next to purchases. */
const UNSIGNED: readonly string[] = ['WZ', 'RW', ...Object.keys(ISSUES).filter((word) => ISSUES[word] === 'shipment')];
const RECEIPTS: readonly string[] = ['PZ', 'PW', 'PO', 'IN', 'GRN', 'REC', 'RCV', 'PR', 'BILL'];
const NEITHER: readonly string[] = ['MM', 'INT', 'TO', 'TRF', 'SA', 'ADJ', 'ST', 'STK', 'CC'];
const NUMBERED = /^(?:\p{L}+\/)?([A-Z]{2,4})[-/ ]?\d+/u;

/**
 * Adds a column `kind` to a ledger in which only each row's document number tells the kind of movement, provided that
 * the signs of the quantities agree with it, or that no quantity has a sign and there are both sales and purchases.
 * Production consumes and produces: receipts from its orders are not demand. Any other table is returned unchanged.
 * @param quantityAt column of the quantity.
 */
export function withKindsOfDocuments(table: Table, quantityAt: number): Table {
  const [header, ...body] = table.rows;
  const column = header.findIndex((_, i) => i !== quantityAt && tellsKinds(body, i, quantityAt));
  if (column < 0) return table;
  const isSigned = body.some((cells) => isOut(cells, quantityAt));
  const kinds = body.map((cells) => kindOf(letters(cells, column), !isSigned || isOut(cells, quantityAt)));
  return {
    ...table,
    rows: [[...header, 'kind'], ...body.map((cells, r) => [...cells, kinds[r]])],
    notes: [...table.notes, `movements are told by the documents in ${JSON.stringify(header[column].trim())}`],
    columnOf: (row, i) => (i < header.length ? (table.columnOf?.(row, i) ?? i) : column),
  };
}

const isOut = (cells: readonly string[], quantityAt: number) => isNegativeText(cells[quantityAt] ?? '');
const letters = (cells: readonly string[], i: number) => NUMBERED.exec((cells[i] ?? '').trim())?.[1];

function tellsKinds(body: readonly string[][], i: number, quantityAt: number): boolean {
  const isSigned = body.some((cells) => isOut(cells, quantityAt));
  let [issued, received] = [false, false];
  for (const cells of body) {
    const word = letters(cells, i);
    if (word === undefined) return false;
    const out = isOut(cells, quantityAt);
    if (RECEIPTS.includes(word)) {
      if (out) return false;
      received = true;
    } else if (Object.hasOwn(ISSUES, word)) {
      if (!isSigned && !UNSIGNED.includes(word)) return false;
      issued ||= out || !isSigned;
    } else if (!NEITHER.includes(word)) return false;
  }
  return issued && received;
}

function kindOf(word: string | undefined, out: boolean): string {
  const issue = word === undefined ? undefined : ISSUES[word];
  if (issue === undefined) return 'none';
  if (out) return issue;
  return issue === 'shipment' ? 'return' : 'none';
}
