import { type Table, TableError } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { MOVEMENT_COLUMNS, type MovementColumn } from './movementColumns.ts';
import { type DemandKind, hasBoth, isInvoice, movementOf, OWN_WORDS, type OwnMovements } from './movementWords.ts';

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
  /cancel|draft|waiting|void|quot|on order|reserv|storn|entwurf|abgebrochen|wartend|annul|anulad|brouillon|borrador|bozza|rascunho/i;
const YES = /^(1|x|y|yes|true|ja|wahr)$/i;
const OUTWARD = /^(h|c|cr|credit|out|o|issue|-1?|haben|abgang|aus)$/i;
const INWARD = /^(s|d|dr|debit|in|i|receipt|\+?1|\+|soll|zugang|ein)$/i;
const isNegative = (cell: string) => /^-|-$|^\(.+\)$/.test(cell.trim());
const stripSign = (cell: string) =>
  cell
    .trim()
    .replace(/^[-+]|-$/g, '')
    .replace(/^\((.+)\)$/, '$1');

/**
 * The demand in a list of stock movements as an ERP system exports it: goods issues to customers, orders and machines, and
 * what came back of them. Receipts, transfers, counts and cancelled documents are left out, and so are invoices beside the
 * deliveries that they are for. What each kind of movement was taken for is noted. A table without a column that tells
 * movements is returned as it is.
 * @param quantityAt column of the quantity; -1 where issues and receipts have columns of their own.
 * @throws TableError naming the words for movements that are not known.
 */
export function demandOfMovements(given: Table, quantityAt: number, ownWords?: OwnMovements): Table {
  const table = withTextsOfKinds(given, ownWords);
  const [header, ...body] = table.rows;
  const at = movementColumns(header, body);
  const own =
    columnKey(header[at.kind] ?? '') === 'postenart' ? new Map([...ENTRY_TYPES, ...(ownWords ?? [])]) : ownWords;
  const words = new Set(body.map((cells) => cellAt(cells, at.kind).toLowerCase()).filter((w) => !OWN_WORDS.has(w)));
  words.delete('');
  const telling = [at.out, at.status, at.cancelled, at.sign, Math.min(at.from, at.to)];
  if (words.size === 0 && telling.every((column) => column < 0)) return table;
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
  const takenFor = new Map<string, number>();
  const rows: string[][] = [];
  const from: number[] = [];
  body.forEach((cells, i) => {
    const movement = readMovement(cells, reading);
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

/** How the rows of one list are read. */
interface Reading {
  at: Columns;
  quantityAt: number;
  own: OwnMovements | undefined;
  /** Issues are below 0. */
  outIsNegative: boolean;
  /** A ledger names issues by the orders that they are for. */
  ordersAreIssues: boolean;
  /** Their deliveries stand in the list as well. */
  skipInvoices: boolean;
}

/** A kind that another column tells where the first has a code that is not known: texts stand beside codes. */
function withTextsOfKinds(table: Table, own: OwnMovements | undefined): Table {
  const [header, ...body] = table.rows;
  const names = header.map(columnKey);
  const [first = -1, ...others] = MOVEMENT_COLUMNS.kind.map((key) => names.indexOf(key)).filter((i) => i >= 0);
  const isKnown = (cell: string) => cell !== '' && movementOf(cell, own) !== undefined;
  const rows = body.map((cells) => {
    const cell = cellAt(cells, first);
    if (cell === '' || isKnown(cell)) return cells;
    const told = others.map((i) => cellAt(cells, i)).find(isKnown);
    return told === undefined ? cells : cells.with(first, told);
  });
  return { ...table, rows: [header, ...rows] };
}

/** Parts of the names of amounts that went out and came in, where one column alone has each. */
const AMOUNT = /qty|quantit|menge|total|summe|cantidad/;
const NO_AMOUNT = /value|amount|wert|betrag|cost|price|preis|date|dat|status|type|art$/;
const OUT = /issue|abgang|abgaenge|ausgang|sortie|salida/;
const IN = /receipt|zugang|zugaenge|eingang|entree|entrada/;

function inAndOutByParts(names: readonly string[]): { out: number; in: number } | Record<never, never> {
  const of = (part: RegExp) =>
    names.flatMap((n, i) => (part.test(n) && AMOUNT.test(n) && !NO_AMOUNT.test(n) ? [i] : []));
  const [outs, ins] = [of(OUT), of(IN)];
  return outs.length === 1 && ins.length === 1 ? { out: outs[0], in: ins[0] } : {};
}

/** Columns whose names may say something of movements; their cells decide. */
const MAY_TELL = /typ|kind|beleg|document|transa|vorgang|bewegung|movement|origin|reference|source/;

/** Where the columns that tell movements stand; -1: nowhere. */
export function movementColumns(header: readonly string[], body: readonly string[][]): Columns {
  const names = header.map(columnKey);
  const all = (keys: readonly string[]) => keys.map((key) => names.indexOf(key)).filter((i) => i >= 0);
  const at = Object.fromEntries(
    Object.entries(MOVEMENT_COLUMNS).map(([name, keys]) => [name, all(keys)[0] ?? -1]),
  ) as Columns;
  if (at.out < 0) Object.assign(at, inAndOutByParts(names));
  // One place alone is a place, and not where goods went from or to.
  if (at.from < 0 || at.to < 0) Object.assign(at, { from: -1, to: -1 });
  if (at.status < 0) at.status = names.findIndex((name) => /(^|_)(status|stage)(_|$)/.test(name));
  const kinds = new Set(body.map((cells) => cellAt(cells, at.kind).toUpperCase()));
  if (at.sign < 0 && kinds.has('O') && [...kinds].every((kind) => ['O', 'I', ''].includes(kind)))
    Object.assign(at, { sign: at.kind, kind: -1 });
  // What was issued, not how far the issue has got.
  const isAmount = names[at.status] === 'issue' && body.every((cells) => !/\p{L}/u.test(cellAt(cells, at.status)));
  const status = isAmount ? -1 : at.status;
  return {
    ...at,
    status,
    out: isAmount ? at.status : at.out,
    kind: at.kind >= 0 || at.sign >= 0 ? at.kind : kindByCells(names, body),
  };
}

/** More different words than this are no kinds of movements. */
const MOST_KINDS = 20;
/** A word, or the kind of a document before its number. */
const MAY_BE_KIND = /^([\p{L} .-]+|[A-Z]{2} \d+)$/u;

/** A column of which every cell is a word for a movement, where they differ: by its name, or by words of both directions. */
function kindByCells(names: readonly string[], body: readonly string[][]): number {
  return names.findIndex((name, i) => {
    const cells = new Set(body.map((row) => cellAt(row, i)));
    if (cells.size < 2 || ![...cells].every((cell) => MAY_BE_KIND.test(cell))) return false;
    const kinds = new Set([...cells].map((cell) => movementOf(cell)));
    if (kinds.has(undefined)) return false;
    return MAY_TELL.test(name) || (kinds.has(null) && kinds.size > 1 && cells.size <= MOST_KINDS);
  });
}

const quantityColumn = ({ out }: Columns, quantityAt: number) => (out >= 0 ? out : quantityAt);

const isReplaced = (column: number, at: Columns, quantityAt: number) =>
  column === quantityAt || Object.values(at).includes(column);

const cellAt = (cells: readonly string[], i: number) => (i < 0 ? '' : (cells[i] ?? '').trim());

/** Dynamics in German: what others call an issue is an adjustment there. */
const ENTRY_TYPES: OwnMovements = new Map([['abgang', null]]);

const MAX_SHOWN = 20;

function refuseUnknown(table: Table, { kind, from }: Columns, own: OwnMovements | undefined): void {
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

function nameOf(cells: readonly string[], at: Columns): string {
  if (YES.test(cellAt(cells, at.cancelled))) return 'cancelled rows';
  if (at.from >= 0 && at.to >= 0) return `${placeOf(cellAt(cells, at.from))} to ${placeOf(cellAt(cells, at.to))}`;
  if (NOT_DONE.test(cellAt(cells, at.status))) return cellAt(cells, at.status);
  if (at.kind >= 0) return cellAt(cells, at.kind) || 'rows';
  if (at.sign >= 0) return cellAt(cells, at.sign);
  return at.out >= 0 ? (isZero(cellAt(cells, at.out)) ? 'receipts' : 'issues') : 'rows';
}

const isZero = (cell: string) => !/[1-9]/.test(cell);

/** Systems that post issues below 0 do so for most of them; a few of the other sign are returns. */
function areNegative(body: readonly string[][], { at, own, quantityAt }: Reading, kinds: readonly DemandKind[]) {
  const of = body.filter((cells) => kinds.some((kind) => kind === movementOf(cellAt(cells, at.kind), own)));
  return of.filter((cells) => isNegative(cellAt(cells, quantityAt))).length * 2 > of.length;
}

function readMovement(
  cells: readonly string[],
  { at, quantityAt, own, outIsNegative, ordersAreIssues, skipInvoices }: Reading,
): { kind: DemandKind | null; quantity: string } {
  const cell = cellAt(cells, quantityColumn(at, quantityAt));
  const none = { kind: null, quantity: cell };
  if (NOT_DONE.test(cellAt(cells, at.status)) || YES.test(cellAt(cells, at.cancelled))) return none;
  const named = cellAt(cells, at.kind);
  const told = kindOf(cells, at, named, own);
  const kind = told === 'order' && ordersAreIssues ? 'shipment' : told;
  if (kind === null || (skipInvoices && isInvoice(named))) return none;
  if (at.out >= 0) {
    const received = cellAt(cells, at.in);
    if (!isZero(cell)) return { kind, quantity: stripSign(cell) };
    // What customers bring back comes in with the document that it left with; other receipts are no demand.
    return kind === 'shipment' && !isZero(received) ? { kind: 'return', quantity: stripSign(received) } : none;
  }
  const isCode = /^\d{3}\b|\(\d{3}\)$/.test(named);
  const isTold = isCode || at.from >= 0 || kind === 'return' || isZero(cell);
  // Orders are no movements of stock: their sign is their own.
  const out = told === 'order' ? ordersAreIssues : outIsNegative;
  const isBack = !isTold && (isReceipt(cells, at) ?? isNegative(cell) !== out);
  return { kind: isBack ? 'return' : kind, quantity: stripSign(cell) };
}

/** Whether goods came in, by a column that says it; null where none does. */
function isReceipt(cells: readonly string[], { sign, kind }: Columns): boolean | null {
  // Beside a kind alone: without one what came in is no demand at all.
  if (sign < 0 || kind < 0) return null;
  return INWARD.test(cellAt(cells, sign));
}

function kindOf(
  cells: readonly string[],
  at: Columns,
  named: string,
  own: OwnMovements | undefined,
): DemandKind | null {
  if (at.from >= 0 && at.to >= 0) return betweenPlaces(placeOf(cellAt(cells, at.from)), placeOf(cellAt(cells, at.to)));
  if (named !== '') return movementOf(named, own) ?? null;
  if (at.sign >= 0) return OUTWARD.test(cellAt(cells, at.sign)) ? 'usage' : null;
  return at.out >= 0 ? 'usage' : 'order';
}
