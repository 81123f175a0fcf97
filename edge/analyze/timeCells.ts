/** Names of a column of times; what follows may be a number or a unit, but no further letter. */
const TIME_NAME = /^(time|t|zeit|uhrzeit|timestamp|sec|seconds|datetime|date|datum)\d*(?![a-zäöü])/i;
const UNIT_IN_NAME = /[\s_([]+(s|sec|ms|us|µs|ns)[)\]]?$/i;
const SECONDS: Record<string, number> = { s: 1, sec: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
/** A time of day, after a date in whatever order or alone: differences need no more. */
const TIME_OF_DAY = /(?:^|\s)(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?$/;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})$/;
/** Rows that are looked at to tell a column of times. */
const LOOKED_AT = 100;
/** Steps of a column that rises as no vibration does differ by less than this part. */
const EVEN = 0.5;

/** Whether a cell is a date, a time of day or both. */
export const isTimeCell = (cell: string) => ISO.test(cell) || TIME_OF_DAY.test(cell) || DATE.test(cell);

/** A column without times of its own, beside one that has them. */
export const isDateAlone = (cell: string) => DATE.test(cell);

/** Seconds of an ISO time or of a time of day, to the microsecond; not a number of anything else. */
export function secondsOf(cell: string): number {
  if (ISO.test(cell)) {
    const fraction = /\.(\d+)/.exec(cell)?.[1] ?? '';
    const whole = cell.replace(/\.\d+/, '').replace(' ', 'T');
    return Date.parse(/Z|[+-]\d{2}:?\d{2}$/.test(whole) ? whole : `${whole}Z`) / 1000 + Number(`0.${fraction || 0}`);
  }
  const found = TIME_OF_DAY.exec(cell);
  if (found === null) return Number.NaN;
  const [, hours, minutes, seconds, fraction = '0'] = found;
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds) + Number(`0.${fraction}`);
}

/** Seconds in a unit of time, by the row of units or the column's own name; 1 where neither says. */
export function secondsInUnit(name: string, unit: string | undefined): number {
  const named = UNIT_IN_NAME.exec(name)?.[1].toLowerCase();
  return SECONDS[unit ?? named ?? 's'] ?? 1;
}

/**
 * The column of times: the first of that name that is no date alone, or one with times of day; in a table without names
 * the first one where that rises. Null for none.
 */
export function timeColumnOf(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  timeOf: (cell: string) => number,
): number | null {
  if (names.length < 2) return null;
  const [row] = cells;
  const named = names.findIndex((name, i) => TIME_NAME.test(name) && !isDateAlone(row[i]));
  if (named >= 0) return named;
  const ofDay = row.findIndex((cell) => isTimeCell(cell) && !isDateAlone(cell));
  if (ofDay >= 0) return ofDay;
  const values = cells.slice(0, LOOKED_AT).map((r) => timeOf(r[0]));
  const steps = values.slice(1).map((v, i) => v - values[i]);
  if (names[0] === '0') return steps.length > 1 && steps.every((s) => s > 0) ? 0 : null;
  return null;
}

/** Whether a column rises evenly from row to row, as times and counters do and no vibration. */
export function risesEvenly(values: readonly number[]): boolean {
  const steps = values.slice(1, LOOKED_AT).map((v, i) => v - values[i]);
  const mean = steps.reduce((sum, s) => sum + s, 0) / steps.length;
  return steps.length > 9 && mean > 0 && steps.every((s) => Math.abs(s - mean) < EVEN * mean);
}
