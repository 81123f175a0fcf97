/** Names of a time column; a number or a unit may follow, but no further letter. */
const TIME_NAME = /^(time|t|zeit|uhrzeit|timestamp|sec|seconds|datetime|date|datum)\d*(?![a-zäöü])/i;
const UNIT_IN_NAME = /[\s_([]+(s|sec|ms|us|µs|ns)[)\]]?$/i;
const SECONDS: Record<string, number> = { s: 1, sec: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
/** A time of day, alone or after a date in any order: only differences matter. */
const TIME_OF_DAY = /(?:^|\s)(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?$/;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})$/;
/** Rows inspected to recognise a time column. */
const EXAMINED_ROWS = 100;
/** Largest relative variation of the steps of a column that counts as evenly rising. */
const EVEN = 0.5;

/** Whether a cell is a date, a time of day or both. */
export const isTimeCell = (cell: string) => ISO.test(cell) || TIME_OF_DAY.test(cell) || DATE.test(cell);

/** A date without a time of day: a column of such dates needs another one with the times. */
export const isDateAlone = (cell: string) => DATE.test(cell);

/** Seconds of an ISO time or of a time of day, to the microsecond; NaN for anything else. */
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

/** Seconds per unit of time, by the row of units or the column's own name; 1 if neither gives one. */
export function secondsInUnit(name: string, unit: string | undefined): number {
  const named = UNIT_IN_NAME.exec(name)?.[1].toLowerCase();
  return SECONDS[unit ?? named ?? 's'] ?? 1;
}

/**
 * The time column: the first column with a time name that is not a date alone, or one with times of day; in a table
 * without names the first column if it rises evenly. Null if there is none.
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
  const values = cells.slice(0, EXAMINED_ROWS).map((r) => timeOf(r[0]));
  const steps = values.slice(1).map((v, i) => v - values[i]);
  if (names[0] === '0') return steps.length > 1 && steps.every((s) => s > 0) ? 0 : null;
  return null;
}

/** Whether a column rises evenly from row to row, as times and counters do and vibration never does. */
export function risesEvenly(values: readonly number[]): boolean {
  const steps = values.slice(1, EXAMINED_ROWS).map((v, i) => v - values[i]);
  const mean = steps.reduce((sum, s) => sum + s, 0) / steps.length;
  return steps.length > 9 && mean > 0 && steps.every((s) => Math.abs(s - mean) < EVEN * mean);
}
