import type { Table } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';

/** What a movement of stock is to demand; null: none (receipts, transfers, counts). */
type DemandKind = 'order' | 'shipment' | 'usage' | 'return';

/** Columns by which ERP systems say what a movement was, by their keys (`columnKey`). */
export const MOVEMENT_COLUMNS = {
  kind: [
    'kind',
    'movement_type',
    'mvt',
    'mvt_type',
    'bewegungsart',
    'bwa',
    'entry_type',
    'postenart',
    'voucher_type',
    'transaction_type',
    'trans_type',
    'tran_type',
    'issue_type',
    'issuetype',
    'document_type',
    'belegart',
    'type',
    'movement',
  ],
  from: ['from', 'source_location', 'from_location', 'location_from', 'von'],
  to: ['to', 'destination_location', 'to_location', 'location_to', 'nach'],
  status: ['status', 'state'],
  out: [
    'out_qty',
    'qty_out',
    'quantity_out',
    'out',
    'issues',
    'issued',
    'issued_qty',
    'total_issues',
    'total_issue_quantities',
    'total_issue_qties',
    'issue_quantity',
    'abgang',
    'abgaenge',
    'abgänge',
    'summe_abgänge',
    'summe_der_abgangsmengen',
    'abgangsmenge',
  ],
  in: [
    'in_qty',
    'qty_in',
    'quantity_in',
    'in',
    'receipts',
    'total_receipts',
    'total_receipt_quantities',
    'total_receipt_qties',
    'receipt_quantity',
    'zugang',
    'zugänge',
    'summe_zugänge',
    'summe_der_zugangsmengen',
    'zugangsmenge',
  ],
} as const;
type MovementColumn = keyof typeof MOVEMENT_COLUMNS;

/** Words of ERP systems for movements, in English and German, as parts of a cell in lower case; the first that fits. */
const WORDS: readonly [RegExp, DemandKind | null][] = [
  [/purchase|vendor|supplier|einkauf|bestellung|^bill\b|^po\b/, null],
  [/credit (memo|note)|refund|return|gutschrift|retoure|rückgabe|rücklieferung/, 'return'],
  [/sales receipt|cash sale|barverkauf/, 'shipment'],
  [/receipt|wareneingang|zugang/, null],
  [
    /transfer|umlagerung|umbuchung|adjust|adjmt|reconcil|inventur|\bcount|opening|revalu|scrap|ausschuss|korrektur/,
    null,
  ],
  [/output|assembly build|manufacture|istmeldung|fertigmeldung/, null],
  [/consum|usage|issue|stock entry|work order|production|verbrauch|entnahme|fertigungsauftrag/, 'usage'],
  [/sales order|^order$|kundenauftrag|^auftrag$/, 'order'],
  [/sale|invoice|delivery|ship|dispatch|verkauf|rechnung|lieferschein|warenausgang|lieferung/, 'shipment'],
];
const OWN_WORDS = new Set(['order', 'shipment', 'usage', 'return']);

/** SAP movement types of goods issues; the next number reverses one. Sources: SAP tables T156 and T156T. */
const SAP_USAGE = [201, 221, 231, 241, 251, 261, 281, 291, 543, 961];
const SAP_SHIPMENT = [601, 621, 623, 631, 633, 641, 643];
const SAP_CUSTOMER_RETURN = [651, 653, 655, 657];

function sapMovement(code: number): DemandKind | null {
  if (SAP_USAGE.includes(code)) return 'usage';
  // Stock transfers to another plant are no demand there.
  if (SAP_SHIPMENT.includes(code)) return code === 641 || code === 643 ? null : 'shipment';
  if (SAP_CUSTOMER_RETURN.includes(code)) return 'return';
  const isReversal = [...SAP_USAGE, 601, 621, 623, 631, 633].includes(code - 1);
  return isReversal ? 'return' : null;
}

/** What a cell says of its movement; undefined: a word that no system here uses. */
function movementOf(cell: string): DemandKind | null | undefined {
  const word = cell.trim().toLowerCase();
  if (OWN_WORDS.has(word)) return word as DemandKind;
  if (/^\d{3}$/.test(word)) return sapMovement(Number(word));
  return WORDS.find(([pattern]) => pattern.test(word))?.[1];
}

type Place = 'customer' | 'vendor' | 'production' | 'loss' | 'stock';

function placeOf(cell: string): Place {
  const text = cell.toLowerCase();
  if (/customer|kunde/.test(text)) return 'customer';
  if (/vendor|supplier|lieferant/.test(text)) return 'vendor';
  if (/production|produktion|fertigung/.test(text)) return 'production';
  return /adjustment|inventory loss|scrap|ausschuss|inventur/.test(text) ? 'loss' : 'stock';
}

/** Movements between two locations, as in double-entry inventory. */
function betweenPlaces(from: Place, to: Place): DemandKind | null {
  if (from === 'stock' && to === 'customer') return 'shipment';
  if (from === 'customer' && to === 'stock') return 'return';
  return from === 'stock' && to === 'production' ? 'usage' : null;
}

const NOT_DONE = /cancel|draft|waiting|void|quot|storn|entwurf|abgebrochen/i;
const isNegative = (cell: string) => /^-|-$|^\(.+\)$/.test(cell.trim());
const unsigned = (cell: string) =>
  cell
    .trim()
    .replace(/^[-+]|-$/g, '')
    .replace(/^\((.+)\)$/, '$1');

/**
 * The demand in a list of stock movements as an ERP system exports it: goods issues to customers, orders and machines, and
 * what came back of them. Receipts, transfers, counts and cancelled documents are left out. What each kind of movement
 * was taken for is noted. A table without a column that tells movements is returned as it is.
 * @param quantityAt column of the quantity; -1 where issues and receipts have columns of their own.
 */
export function demandOfMovements(table: Table, quantityAt: number): Table {
  const [header, ...body] = table.rows;
  const at = columnsOf(header);
  const named = body.map((cells) => cellAt(cells, at.kind).toLowerCase()).filter((word) => !OWN_WORDS.has(word));
  const isOurs = at.kind < 0 || named.every((word) => word === '');
  const isPlain = isOurs && at.out < 0 && (at.from < 0 || at.to < 0) && at.status < 0;
  if (isPlain || body.some((cells) => isUnknown(cells, at))) return table;
  const takenFor = new Map<string, number>();
  const outIsNegative = quantityAt >= 0 && isOutNegative(body, at, quantityAt);
  const rows: string[][] = [];
  const from: number[] = [];
  body.forEach((cells, i) => {
    const movement = readMovement(cells, at, quantityAt, outIsNegative);
    const name = `${nameOf(cells, at)} as ${movement.kind ?? 'no demand'}`;
    takenFor.set(name, (takenFor.get(name) ?? 0) + 1);
    if (movement.kind === null) return;
    rows.push([...cells.filter((_, c) => !isReplaced(c, at, quantityAt)), movement.kind, movement.quantity]);
    from.push(i);
  });
  const kept = header.flatMap((_, c) => (isReplaced(c, at, quantityAt) ? [] : [c]));
  const note = [...takenFor].map(([name, n]) => `${name} (${n})`).join(', ');
  return {
    ...table,
    rows: [[...kept.map((c) => header[c]), 'kind', 'quantity'], ...rows],
    lines: [table.lines[0], ...from.map((i) => table.lines[i + 1])],
    notes: [...table.notes, `movements are taken so: ${note}`],
    columnOf: (_, column) =>
      kept[column] ?? (column === kept.length ? Math.max(at.kind, 0) : quantityColumn(at, quantityAt)),
  };
}

type Columns = Record<MovementColumn, number>;

function columnsOf(header: readonly string[]): Columns {
  const names = header.map(columnKey);
  const find = (keys: readonly string[]) => keys.map((key) => names.indexOf(key)).find((i) => i >= 0) ?? -1;
  return Object.fromEntries(Object.entries(MOVEMENT_COLUMNS).map(([name, keys]) => [name, find(keys)])) as Columns;
}

const quantityColumn = ({ out }: Columns, quantityAt: number) => (out >= 0 ? out : quantityAt);

function isReplaced(column: number, { kind, from, to, status, out, in: receipts }: Columns, quantityAt: number) {
  return [kind, from, to, status, out, receipts, quantityAt].includes(column);
}

const cellAt = (cells: readonly string[], i: number) => (i < 0 ? '' : (cells[i] ?? '').trim());

/** A word for a movement that is not known: the reader refuses it with its place. */
function isUnknown(cells: readonly string[], { kind, from }: Columns): boolean {
  const cell = cellAt(cells, kind);
  return from < 0 && cell !== '' && movementOf(cell) === undefined;
}

function nameOf(cells: readonly string[], at: Columns): string {
  if (at.from >= 0 && at.to >= 0) return `${placeOf(cellAt(cells, at.from))} to ${placeOf(cellAt(cells, at.to))}`;
  if (NOT_DONE.test(cellAt(cells, at.status))) return cellAt(cells, at.status);
  return cellAt(cells, at.kind) || (at.out >= 0 ? (isZero(cellAt(cells, at.out)) ? 'receipts' : 'issues') : 'rows');
}

const isZero = (cell: string) => !/[1-9]/.test(cell);

/** Systems that post issues below 0 do so for most of them; a few of the other sign are returns. */
function isOutNegative(body: readonly string[][], at: Columns, quantityAt: number): boolean {
  const out = body.filter((cells) => {
    const kind = movementOf(cellAt(cells, at.kind));
    return kind === 'shipment' || kind === 'usage';
  });
  return out.filter((cells) => isNegative(cellAt(cells, quantityAt))).length * 2 > out.length;
}

function readMovement(
  cells: readonly string[],
  at: Columns,
  quantityAt: number,
  outIsNegative: boolean,
): { kind: DemandKind | null; quantity: string } {
  const cell = cellAt(cells, quantityColumn(at, quantityAt));
  const none = { kind: null, quantity: cell };
  if (NOT_DONE.test(cellAt(cells, at.status))) return none;
  const named = cellAt(cells, at.kind);
  const kind = kindOf(cells, at, named);
  if (kind === null) return none;
  if (at.out >= 0) {
    const received = cellAt(cells, at.in);
    if (!isZero(cell)) return { kind, quantity: unsigned(cell) };
    // What customers bring back comes in with the document that it left with; other receipts are no demand.
    return kind === 'shipment' && !isZero(received) ? { kind: 'return', quantity: unsigned(received) } : none;
  }
  const isCode = /^\d{3}$/.test(named);
  const isBack = !isCode && at.from < 0 && kind !== 'return' && isNegative(cell) !== outIsNegative && !isZero(cell);
  return { kind: isBack ? 'return' : kind, quantity: unsigned(cell) };
}

function kindOf(cells: readonly string[], at: Columns, named: string): DemandKind | null {
  if (at.from >= 0 && at.to >= 0) return betweenPlaces(placeOf(cellAt(cells, at.from)), placeOf(cellAt(cells, at.to)));
  if (named !== '') return movementOf(named) ?? null;
  return at.out >= 0 ? 'usage' : 'order';
}
