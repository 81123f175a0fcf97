import { columnKey } from './columnNames.ts';
import { MOVEMENT_COLUMNS, type MovementColumn } from './movementColumns.ts';
import { movementOf } from './movementWords.ts';

/** Indices of the columns that identify movements; -1: none. */
export type MovementPlaces = Record<MovementColumn, number>;

/** The text of a cell; empty if the column does not exist. */
export const cellAt = (cells: readonly string[], i: number): string => (i < 0 ? '' : (cells[i] ?? '').trim());

/** Parts of the names of issued and received amounts, if exactly one column has each. */
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

/** Words in a column of kinds that give the direction only. */
const OUT_SIGNS: readonly string[] = ['O', 'OUT', 'AUS'];
const isSign = (kind: string) => OUT_SIGNS.includes(kind) || ['I', 'IN', 'EIN', ''].includes(kind);

/** Columns that may identify movements by their names; their cells decide. */
const MAY_TELL =
  /typ|kind|beleg|document|transa|vorgang|bewegung|movement|origin|referen[cz]|source|action|group|grupp/;
/** Such columns with other uses: they count only if all of their cells identify movements. */
const MAY_DESCRIBE = /group|grupp|referen[cz]/;

/** Indices of the columns that identify movements; -1: none. */
export function movementColumns(header: readonly string[], body: readonly string[][]): MovementPlaces {
  const names = header.map(columnKey);
  const all = (keys: readonly string[]) => keys.map((key) => names.indexOf(key)).filter((i) => i >= 0);
  const at = Object.fromEntries(
    Object.entries(MOVEMENT_COLUMNS).map(([name, keys]) => [name, all(keys)[0] ?? -1]),
  ) as MovementPlaces;
  if (at.out < 0) Object.assign(at, inAndOutByParts(names));
  // A single place column is the site of the row, not a movement between places.
  if (at.from < 0 || at.to < 0) Object.assign(at, { from: -1, to: -1 });
  if (at.status < 0) at.status = names.findIndex((name) => /(^|_)(status|stage)(_|$)|status$/.test(name));
  const kinds = new Set(body.map((cells) => cellAt(cells, at.kind).toUpperCase()));
  if (at.sign < 0 && [...kinds].some((kind) => OUT_SIGNS.includes(kind)) && [...kinds].every(isSign))
    Object.assign(at, { sign: at.kind, kind: -1 });
  // Statuses of issues and receipts instead of amounts.
  const outCells = body.map((cells) => cellAt(cells, at.out));
  if (outCells.some((cell) => /\p{L}/u.test(cell)) && !outCells.some((cell) => /\d/.test(cell)))
    Object.assign(at, { status: at.status < 0 ? at.out : at.status, out: -1, in: -1 });
  // The amount issued, not the status of the issue.
  const isAmount = names[at.status] === 'issue' && body.every((cells) => !/\p{L}/u.test(cellAt(cells, at.status)));
  const status = isAmount ? -1 : at.status;
  return {
    ...at,
    status,
    out: isAmount ? at.status : at.out,
    kind: at.kind >= 0 || at.sign >= 0 ? at.kind : kindByCells(names, body),
  };
}

/** With more distinct words, a column does not hold kinds of movements. */
const MOST_KINDS = 20;
/** A word, or the document kind before a document number. */
const MAY_BE_KIND = /^(\p{L}[\p{L} .,&/()'-]{0,60}|[A-Z]{2} \d+)$/u;

/**
 * A column whose cells are all words for movements, and not all the same: recognised by its name, or by words of both
 * directions. A column with unknown words counts, too, if some known ones are not demand: the unknown ones are refused
 * later.
 */
function kindByCells(names: readonly string[], body: readonly string[][]): number {
  const matches = names.map((name, i) => {
    const cells = new Set(body.map((row) => cellAt(row, i)));
    if (cells.size < 2 || ![...cells].every((cell) => MAY_BE_KIND.test(cell))) return 'no';
    const kinds = new Set([...cells].map((cell) => movementOf(cell)));
    if (kinds.has(undefined))
      return MAY_TELL.test(name) && !MAY_DESCRIBE.test(name) && kinds.has(null) && cells.size <= MOST_KINDS
        ? 'partly'
        : 'no';
    return MAY_TELL.test(name) || (kinds.has(null) && kinds.size > 1 && cells.size <= MOST_KINDS) ? 'all' : 'no';
  });
  return matches.includes('all') ? matches.indexOf('all') : matches.indexOf('partly');
}
