import { type Table, TableError } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { parseDate } from './dates.ts';
import { withKindsOfDocuments } from './documentKinds.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';
import { cellAt, type MovementPlaces, movementColumns } from './movementPlaces.ts';
import { type DemandKind, hasBoth, isInvoice, movementOf, OWN_WORDS, type OwnMovements } from './movementWords.ts';
import { isNegativeText } from './numberStyle.ts';
import { codesOfSystem } from './systemCodes.ts';

type Place = 'customer' | 'vendor' | 'production' | 'loss' | 'stock';

function placeOf(cell: string): Place {
  const text = cell.toLowerCase();
  if (/customer|kunde|client|klant/.test(text)) return 'customer';
  if (/vendor|supplier|lieferant|fournisseur|proveedor|fornitor|leverancier/.test(text)) return 'vendor';
  if (/production|produktion|fertigung|producci|produzione|productie/.test(text)) return 'production';
  return /adjustment|inventory loss|scrap|ausschuss|inventur/.test(text) ? 'loss' : 'stock';
}

/** Movements between two locations, as in double-entry inventory. */
function betweenPlaces(from: Place, to: Place): DemandKind | null {
  if (from === 'stock' && to === 'customer') return 'shipment';
  if (from === 'customer' && to === 'stock') return 'return';
  return from === 'stock' && to === 'production' ? 'usage' : null;
}

const NOT_DONE =
  /cancel|draft|waiting|void|quot|on order|reserv|storn|entwurf|abgebrochen|wartend|annul|anulad|brouillon|borrador|bozza|rascunho|^(fully )?refunded$|^failed$|pending payment/i;
const YES = /^(1|x|y|yes|true|ja|wahr)$/i;
const OUTWARD = /^(h|c|cr|credit|out|o|issue|-1?|haben|abgang|aus)$/i;
const INWARD = /^(s|d|dr|debit|in|i|receipt|\+?1|\+|soll|zugang|ein)$/i;
const stripSign = (cell: string) =>
  cell
    .trim()
    .replace(/^[-+]|-$/g, '')
    .replace(/^\((.+)\)$/, '$1');

/**
 * The demand in a list of stock movements as an ERP system exports it: goods issues to customers, orders and machines,
 * and their returns. Receipts, transfers, counts and cancelled documents are left out, and so are invoices next to
 * their deliveries. Notes tell how each kind of movement was interpreted. A table without a column for movements is
 * returned unchanged.
 * @param quantityAt column of the quantity; -1 where issues and receipts have columns of their own.
 * @throws TableError naming unknown words for movements.
 */
export function demandOfMovements(given: Table, quantityAt: number, ownWords?: OwnMovements): Table {
  const own = codesOfSystem(given.rows[0], ownWords);
  const table = withTextsOfKinds(withDocumentKinds(withWholeRows(given), quantityAt), own);
  const [header, ...body] = table.rows;
  const at = movementColumns(header, body);
  const words = new Set(body.map((cells) => cellAt(cells, at.kind).toLowerCase()).filter((w) => !OWN_WORDS.has(w)));
  words.delete('');
  const telling = [at.out, at.status, at.cancelled, at.sign, Math.min(at.from, at.to)];
  if (words.size === 0 && telling.every((column) => column < 0)) {
    refuseLedger(table, quantityAt);
    return table;
  }
  if (quantityAt < 0 && at.out < 0) return table;
  refuseUnknown(table, at, own);
  const reading = {
    at,
    quantityAt,
    own,
    outIsNegative: false,
    ordersAreIssues: false,
    skipInvoices: at.from < 0 && hasBoth(words),
  };
  if (quantityAt >= 0) {
    reading.outIsNegative = areNegative(body, reading, ['shipment', 'usage']);
    reading.ordersAreIssues = areNegative(body, reading, ['order']);
  }
  const counts = new Map<string, number>();
  const rows: string[][] = [];
  const from: number[] = [];
  body.forEach((cells, i) => {
    const movement = readMovement(cells, reading);
    const name = `${nameOf(cells, at)} as ${movement.kind ?? 'no demand'}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (movement.kind === null) return;
    rows.push([...cells.filter((_, c) => !isReplaced(c, at, quantityAt)), movement.kind, movement.quantity]);
    from.push(i);
  });
  const kept = header.flatMap((_, c) => (isReplaced(c, at, quantityAt) ? [] : [c]));
  const note = [...counts].map(([name, n]) => `${name} (${n})`).join(', ');
  return {
    ...table,
    rows: [[...kept.map((c) => header[c]), 'kind', 'quantity'], ...rows],
    lines: [table.lines[0], ...from.map((i) => table.lines[i + 1])],
    notes: [...table.notes, `movements are taken so: ${note}`],
    columnOf: (_, column) =>
      kept[column] ?? (column === kept.length ? Math.max(at.kind, 0) : quantityColumn(at, quantityAt)),
  };
}

/** Rows as long as the header: a trailing blank cell may be missing, or extend beyond it. */
function withWholeRows(table: Table): Table {
  const [header, ...body] = table.rows;
  const whole = body.map((cells) => {
    const isLonger = cells.slice(header.length).some((cell) => cell.trim() !== '');
    return isLonger || cells.length === header.length ? cells : header.map((_, c) => cells[c] ?? '');
  });
  return { ...table, rows: [header, ...whole] };
}

/** Kinds of movements from document numbers, if no other column gives them. */
function withDocumentKinds(table: Table, quantityAt: number): Table {
  const at = movementColumns(table.rows[0], table.rows.slice(1));
  const isDecided = [at.kind, at.out, at.sign, Math.min(at.from, at.to)].some((column) => column >= 0);
  return isDecided || quantityAt < 0 ? table : withKindsOfDocuments(table, quantityAt);
}

/** A column with the stock after each movement. */
const BALANCE =
  /balance|saldo|bestand|on_hand|closing|(stock|qty|quantity)_after|after_(qty|quantity)|solde|existencia|giacenza/;

/** @throws TableError for a ledger with a balance in which only signs tell receipts from issues. */
function refuseLedger(table: Table, quantityAt: number): void {
  const [header, ...body] = table.rows;
  if (!header.some((cell, i) => i !== quantityAt && BALANCE.test(columnKey(cell)))) return;
  const out = body.filter((cells) => isNegativeText(cellAt(cells, quantityAt))).length;
  if (out > 0 && out < body.length)
    throw new TableError(
      `line ${table.lines[0]}: a list of movements with their balance, and no column tells issues from receipts: add one (kind: order, shipment, usage or return)`,
    );
}

/** How the rows of one list are interpreted. */
interface Reading {
  at: MovementPlaces;
  quantityAt: number;
  own: OwnMovements | undefined;
  /** Issues are negative. */
  outIsNegative: boolean;
  /** A ledger names issues by their orders. */
  ordersAreIssues: boolean;
  /** Their deliveries are in the list as well. */
  skipInvoices: boolean;
}

/** Kinds from another column where the first has an unknown code: texts accompany codes. */
function withTextsOfKinds(table: Table, own: OwnMovements | undefined): Table {
  const [header, ...body] = table.rows;
  const names = header.map(columnKey);
  const [first = -1, ...others] = MOVEMENT_COLUMNS.kind.map((key) => names.indexOf(key)).filter((i) => i >= 0);
  // Syspro: sales or inventory, and the kind of inventory movement.
  const detail = names[first] === 'movement_type' ? names.indexOf('trn_type') : -1;
  const isKnown = (cell: string) => cell !== '' && movementOf(cell, own) !== undefined;
  const rows = body.map((cells) => {
    const cell = cellAt(cells, first);
    if (isKnown(cellAt(cells, detail))) return cells.with(first, cellAt(cells, detail));
    if (cell === '' || isKnown(cell)) return cells;
    const knownKind = others.map((i) => cellAt(cells, i)).find(isKnown);
    return knownKind === undefined ? cells : cells.with(first, knownKind);
  });
  return { ...table, rows: [header, ...rows] };
}

const quantityColumn = ({ out }: MovementPlaces, quantityAt: number) => (out >= 0 ? out : quantityAt);

const isReplaced = (column: number, at: MovementPlaces, quantityAt: number) =>
  column === quantityAt || Object.values(at).includes(column);

const MAX_SHOWN = 20;

function refuseUnknown(table: Table, { kind, from }: MovementPlaces, own: OwnMovements | undefined): void {
  if (kind < 0 || from >= 0) return;
  const unknown = new Map<string, number>();
  table.rows.slice(1).forEach((cells, i) => {
    const cell = cellAt(cells, kind);
    if (cell !== '' && movementOf(cell, own) === undefined && !unknown.has(cell)) unknown.set(cell, table.lines[i + 1]);
  });
  if (unknown.size === 0) return;
  const places = [...unknown].slice(0, MAX_SHOWN).map(([cell, line]) => {
    const found = JSON.stringify(cell.slice(0, 40));
    return `line ${line}, column ${kind + 1} (kind): found ${found}; one of order, shipment, usage, return is needed, or a map that says what it is`;
  });
  throw new TableError(places.join('\n'));
}

function nameOf(cells: readonly string[], at: MovementPlaces): string {
  if (isCancelled(cells, at)) return 'cancelled rows';
  if (at.from >= 0 && at.to >= 0) return `${placeOf(cellAt(cells, at.from))} to ${placeOf(cellAt(cells, at.to))}`;
  if (NOT_DONE.test(cellAt(cells, at.status))) return cellAt(cells, at.status);
  if (at.kind >= 0) return cellAt(cells, at.kind) || 'rows';
  if (at.sign >= 0) return cellAt(cells, at.sign);
  return at.out >= 0 ? (isZero(cellAt(cells, at.out)) ? 'receipts' : 'issues') : 'rows';
}

const isZero = (cell: string) => !/[1-9]/.test(cell);

/** Either yes, or the day of the cancellation. */
function isCancelled(cells: readonly string[], { cancelled }: MovementPlaces): boolean {
  const cell = cellAt(cells, cancelled);
  return YES.test(cell) || (parseDate(cell, 'dmy') ?? parseDate(cell, 'mdy')) !== null;
}

/** Systems that post issues as negative do so for most of them; a few with the other sign are returns. */
function areNegative(body: readonly string[][], { at, own, quantityAt }: Reading, kinds: readonly DemandKind[]) {
  const of = body.filter((cells) => kinds.some((kind) => kind === movementOf(cellAt(cells, at.kind), own)));
  return of.filter((cells) => isNegativeText(cellAt(cells, quantityAt))).length * 2 > of.length;
}

function readMovement(
  cells: readonly string[],
  { at, quantityAt, own, outIsNegative, ordersAreIssues, skipInvoices }: Reading,
): { kind: DemandKind | null; quantity: string } {
  const cell = cellAt(cells, quantityColumn(at, quantityAt));
  const none = { kind: null, quantity: cell };
  if (NOT_DONE.test(cellAt(cells, at.status)) || isCancelled(cells, at)) return none;
  const named = cellAt(cells, at.kind);
  const knownKind = kindOf(cells, at, named, own);
  const kind = knownKind === 'order' && ordersAreIssues ? 'shipment' : knownKind;
  if (kind === null || (skipInvoices && isInvoice(named))) return none;
  if (at.out >= 0) {
    const received = cellAt(cells, at.in);
    if (!isZero(cell)) return { kind, quantity: stripSign(cell) };
    // Customers' returns are received on the document of their delivery, or on one of returns; other receipts are not demand.
    return (kind === 'shipment' || kind === 'return') && !isZero(received)
      ? { kind: 'return', quantity: stripSign(received) }
      : none;
  }
  const isCode = /^\d{3}\b|\(\d{3}\)$/.test(named);
  const isDecided = isCode || at.from >= 0 || kind === 'return' || isZero(cell);
  // Orders are not stock movements: they have a sign of their own.
  const out = knownKind === 'order' ? ordersAreIssues : outIsNegative;
  const isBack = !isDecided && (isReceipt(cells, at) ?? isNegativeText(cell) !== out);
  return { kind: isBack ? 'return' : kind, quantity: stripSign(cell) };
}

/** Whether goods were received, if a column says so; else null. */
function isReceipt(cells: readonly string[], { sign, kind }: MovementPlaces): boolean | null {
  // Only next to a kind: without one, receipts are not demand at all.
  if (sign < 0 || kind < 0) return null;
  return INWARD.test(cellAt(cells, sign));
}

function kindOf(
  cells: readonly string[],
  at: MovementPlaces,
  named: string,
  own: OwnMovements | undefined,
): DemandKind | null {
  if (at.from >= 0 && at.to >= 0) return betweenPlaces(placeOf(cellAt(cells, at.from)), placeOf(cellAt(cells, at.to)));
  if (named !== '') return byOrigin(movementOf(named, own) ?? null, named, cellAt(cells, at.origin));
  if (at.sign >= 0) return OUTWARD.test(cellAt(cells, at.sign)) ? 'usage' : null;
  return at.out >= 0 ? 'usage' : 'order';
}

/** A receipt, in languages of `MOVEMENT_COLUMNS`; sales are recognised by their order. */
const RECEIPT = /^(receipt|receive|zugang|eingang|r[ée]ception|entr[ée]e|entrada|ontvangst)/i;

/**
 * Kind of a movement by its order, where another column gives that: issues for transfers, counts and purchases are not
 * demand, those for sales are shipments, and receipts for sales orders are returns.
 */
function byOrigin(kind: DemandKind | null, named: string, origin: string): DemandKind | null {
  const of = origin === '' ? undefined : movementOf(origin);
  const isSale = of === 'shipment' || of === 'order';
  if (kind === null) return isSale && RECEIPT.test(named) ? 'return' : null;
  if (kind === 'return' || of === undefined) return kind;
  if (of === null) return null;
  return kind === 'usage' && isSale ? 'shipment' : kind;
}
