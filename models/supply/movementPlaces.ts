import { columnKey } from './columnNames.ts';
import { MOVEMENT_COLUMNS, type MovementColumn } from './movementColumns.ts';
import { movementOf } from './movementWords.ts';

/** Where the columns that tell movements stand; -1: nowhere. */
export type MovementPlaces = Record<MovementColumn, number>;

/** The text of a cell; none of a column that does not exist. */
export const cellAt = (cells: readonly string[], i: number): string => (i < 0 ? '' : (cells[i] ?? '').trim());

/** Parts of the names of amounts that went out and came in, where one column alone has each. */
const AMOUNT = /qty|quantit|qta|menge|total|summe|cantidad/;
const NO_AMOUNT = /value|amount|wert|betrag|cost|price|preis|date|dat|status|type|art$/;
const OUT = /issue|abgang|abgaenge|ausgang|sortie|salida/;
const IN = /receipt|zugang|zugaenge|eingang|entree|entrada/;

function inAndOutByParts(names: readonly string[]): { out: number; in: number } | Record<never, never> {
  const of = (part: RegExp) =>
    names.flatMap((n, i) => (part.test(n) && AMOUNT.test(n) && !NO_AMOUNT.test(n) ? [i] : []));
  const [outs, ins] = [of(OUT), of(IN)];
  return outs.length === 1 && ins.length === 1 ? { out: outs[0], in: ins[0] } : {};
}

/** Words of a column of kinds that tell directions alone. */
const OUT_SIGNS: readonly string[] = ['O', 'OUT', 'AUS'];
const isSign = (kind: string) => OUT_SIGNS.includes(kind) || ['I', 'IN', 'EIN', ''].includes(kind);

/** Columns whose names may say something of movements; their cells decide. */
const MAY_TELL =
  /typ|kind|beleg|document|transa|vorgang|bewegung|movement|origin|referen[cz]|source|action|group|grupp/;
/** Such columns with other uses: they tell movements only where all of their cells do. */
const MAY_DESCRIBE = /group|grupp|referen[cz]/;

/** Where the columns that tell movements stand; -1: nowhere. */
export function movementColumns(header: readonly string[], body: readonly string[][]): MovementPlaces {
  const names = header.map(columnKey);
  const all = (keys: readonly string[]) => keys.map((key) => names.indexOf(key)).filter((i) => i >= 0);
  const at = Object.fromEntries(
    Object.entries(MOVEMENT_COLUMNS).map(([name, keys]) => [name, all(keys)[0] ?? -1]),
  ) as MovementPlaces;
  if (at.out < 0) Object.assign(at, inAndOutByParts(names));
  // One place alone is a place, and not where goods went from or to.
  if (at.from < 0 || at.to < 0) Object.assign(at, { from: -1, to: -1 });
  if (at.status < 0) at.status = names.findIndex((name) => /(^|_)(status|stage)(_|$)|status$/.test(name));
  const kinds = new Set(body.map((cells) => cellAt(cells, at.kind).toUpperCase()));
  if (at.sign < 0 && [...kinds].some((kind) => OUT_SIGNS.includes(kind)) && [...kinds].every(isSign))
    Object.assign(at, { sign: at.kind, kind: -1 });
  // Statuses of issues and receipts in place of amounts.
  const outCells = body.map((cells) => cellAt(cells, at.out));
  if (outCells.some((cell) => /\p{L}/u.test(cell)) && !outCells.some((cell) => /\d/.test(cell)))
    Object.assign(at, { status: at.status < 0 ? at.out : at.status, out: -1, in: -1 });
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
const MAY_BE_KIND = /^(\p{L}[\p{L} .,&/()'-]{0,60}|[A-Z]{2} \d+)$/u;

/**
 * A column of which every cell is a word for a movement, where they differ: by its name, or by words of both directions.
 * A column that only some of whose words are known, some of them no demand, is one too: the others are to be refused.
 */
function kindByCells(names: readonly string[], body: readonly string[][]): number {
  const told = names.map((name, i) => {
    const cells = new Set(body.map((row) => cellAt(row, i)));
    if (cells.size < 2 || ![...cells].every((cell) => MAY_BE_KIND.test(cell))) return 'no';
    const kinds = new Set([...cells].map((cell) => movementOf(cell)));
    if (kinds.has(undefined))
      return MAY_TELL.test(name) && !MAY_DESCRIBE.test(name) && kinds.has(null) && cells.size <= MOST_KINDS
        ? 'partly'
        : 'no';
    return MAY_TELL.test(name) || (kinds.has(null) && kinds.size > 1 && cells.size <= MOST_KINDS) ? 'all' : 'no';
  });
  return told.includes('all') ? told.indexOf('all') : told.indexOf('partly');
}
