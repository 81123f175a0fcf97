import { monthNamed } from './monthNames.ts';

/** The day `2026-01-31` as days since 1970-01-01 (UTC), of a date that exists. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/**
 * A whole number of days since 1970-01-01 (UTC) as `2026-01-31`. @throws RangeError of a day that `Date` cannot hold.
 */
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Order of day and month in dates with slashes, dashes or dots that do not begin with the year. */
export type DateOrder = 'dmy' | 'mdy';

const TIME = String.raw`(?:[T -](?:(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d(?:\.\d+)?)?|24:00(?::00)?)(?:\s?[ap]\.?m\.?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?`;
const EXCEL_FIRST = 20_000;
const EXCEL_LAST = 80_000;
/** Days from 1970 to Excel's day 0. */
const EXCEL_DAY_0 = -25_569;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

/** Two-digit years are accepted after slashes and dots only: `26-01-31` may begin with its year. */
const SHORT = new RegExp(`^(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4}|(?<=[/.])\\d{2})${TIME}$`, 'i');
/** Two-digit years from here on belong to the last century. */
const LAST_CENTURY_FROM = 70;
const ISO = new RegExp(`^(\\d{4})[-/.](\\d{1,2})(?:[-/.](\\d{1,2}))?${TIME}$`, 'i');

/** Weekday names, and words before the first day of a period. */
const BEFORE_DATE =
  /^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|mo|di|mi|do|fr|sa|so|(?:week|wk) (?:of|commencing|beginning|starting)|w\/c|woche vom)[.,]*\s+(?=\S*\d)/i;
const FULL_DAY_BEFORE = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?=\p{L})/iu;
const bareDate = (cell: string) => cell.trim().replace(BEFORE_DATE, '').replace(FULL_DAY_BEFORE, '');

/**
 * Order of day and month in a column of dates such as 03/04/2024, from the first unambiguous date; dots mean day first.
 * Null if it matters and no date decides it.
 */
export function dateOrderOf(cells: readonly string[]): DateOrder | null {
  const short = cells.map((c) => SHORT.exec(bareDate(c))).filter((m) => m !== null);
  if (short.length === 0 || short.some(([, , sign]) => sign === '.')) return 'dmy';
  if (short.some(([, first]) => Number(first) > 12)) return 'dmy';
  if (short.some(([, , , second]) => Number(second) > 12)) return 'mdy';
  return short.every(([, first, , second]) => first === second) ? 'dmy' : null;
}

/**
 * Parses a date in any of the usual notations, to `2026-01-31`: ISO dates and times, months (`2024-03`, `03/2024`, `Mar
 * 2024`, `Mar-24`), ISO weeks (`2024-W05`, `KW 05/2024`: their Mondays), quarters (`2024Q1`), `20240131`, `202401`,
 * `31.01.2024`, `31.01.24`, spreadsheet day numbers, JD Edwards' days. Null for anything else.
 */
export function parseDate(cell: string, order: DateOrder): string | null {
  const text = bareDate(cell);
  return (
    isoDate(text) ??
    shortDate(text, order) ??
    namedMonth(text) ??
    week(text) ??
    quarter(text) ??
    spreadsheetDay(text) ??
    julianDay(text)
  );
}

function isoDate(text: string): string | null {
  const m =
    ISO.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(text) ??
    /^((?:19|20)\d{2})(0[1-9]|1[0-2])$/.exec(text) ??
    /^(\d{4})[ -]?M(\d{1,2})$/i.exec(text);
  if (m) return day(Number(m[1]), Number(m[2]), Number(m[3] ?? 1));
  const month = /^M?(\d{1,2})[/.](\d{4})$/i.exec(text);
  return month && day(Number(month[2]), Number(month[1]), 1);
}

/** A four-digit year unchanged; a two-digit year in the nearest century. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year + (year >= LAST_CENTURY_FROM ? 1900 : 2000);
}

function shortDate(text: string, order: DateOrder): string | null {
  const m = SHORT.exec(text);
  if (!m) return null;
  const [d, month] = order === 'dmy' || m[2] === '.' ? [m[1], m[3]] : [m[3], m[1]];
  return day(fullYear(m[4]), Number(month), Number(d));
}

const MONTH_SHORT_YEAR = /^(\p{L}{3,11})\.?(?:-| ?['’])(\d{2})$/iu;
/** Day first with dashes, as in Oracle: `31-JAN-26`. */
const DAY_MONTH_SHORT_YEAR = new RegExp(`^(\\d{1,2})-(\\p{L}{3,11})\\.?-(\\d{2})${TIME}$`, 'iu');
const DAY_MONTH_YEAR = new RegExp(`^(?:(\\d{1,2})(?:[ /-]|\\. ?))?(\\p{L}{3,11})\\.?[ /-](\\d{4})${TIME}$`, 'iu');
const YEAR_MONTH = /^(\d{4})[ /-](\p{L}{3,11})\.?$/u;
const MONTH_DAY_YEAR = new RegExp(`^(\\p{L}{3,11})\\.?[ -](\\d{1,2}),? (\\d{4})${TIME}$`, 'iu');

function namedMonth(text: string): string | null {
  // A number after a blank may be a day: `Mar 15`.
  const short = MONTH_SHORT_YEAR.exec(text);
  if (short) return dayNamed(fullYear(short[2]), short[1], 1);
  const dashed = DAY_MONTH_SHORT_YEAR.exec(text);
  if (dashed) return dayNamed(fullYear(dashed[3]), dashed[2], Number(dashed[1]));
  const last = DAY_MONTH_YEAR.exec(text);
  if (last) return dayNamed(Number(last[3]), last[2], Number(last[1] ?? 1));
  const year = YEAR_MONTH.exec(text);
  if (year) return dayNamed(Number(year[1]), year[2], 1);
  const first = MONTH_DAY_YEAR.exec(text);
  return first && dayNamed(Number(first[3]), first[1], Number(first[2]));
}

function dayNamed(year: number, name: string, d: number): string | null {
  const month = monthNamed(name);
  return month === null ? null : day(year, month, d);
}

const WEEK = String.raw`(?:W|WK|CW|KW|Week|Woche)[ .-]?(\d{1,2})`;
const YEAR_WEEK = new RegExp(`^(\\d{4})[ /-]?${WEEK}$`, 'i');
const WEEK_YEAR = new RegExp(`^${WEEK}(?:[ /.-]|, )(\\d{4}|\\d{2})$`, 'i');

function week(text: string): string | null {
  const reversed = WEEK_YEAR.exec(text);
  const m = reversed ? ['', String(fullYear(reversed[2])), reversed[1]] : YEAR_WEEK.exec(text);
  if (!m || Number(m[2]) < 1 || Number(m[2]) > 53 || Number(m[1]) < FIRST_YEAR || Number(m[1]) > LAST_YEAR) return null;
  // January 4 is in week 1; days since 1970 begin on a Thursday.
  const fourth = dayOf(`${m[1]}-01-04`);
  const monday = fourth - ((fourth + 3) % 7) + 7 * (Number(m[2]) - 1);
  // A week belongs to the year of its Thursday: not every year has a week 53.
  return dateOf(monday + 3).startsWith(m[1]) ? dateOf(monday) : null;
}

function quarter(text: string): string | null {
  const m = /^(\d{4})[- ]?Q([1-4])$/i.exec(text) ?? /^Q([1-4])[- /'](\d{4}|\d{2})$/i.exec(text);
  if (!m) return null;
  const [year, q] = m[1].length === 4 ? [m[1], m[2]] : [m[2], m[1]];
  return day(fullYear(year), 3 * Number(q) - 2, 1);
}

function spreadsheetDay(text: string): string | null {
  if (!/^\d{5}(\.\d+)?$/.test(text)) return null;
  const value = Math.floor(Number(text));
  return value < EXCEL_FIRST || value > EXCEL_LAST ? null : dateOf(value + EXCEL_DAY_0);
}

/** A JD Edwards day: the century from 1900 on, the year, the day of the year; `126031` is January 31, 2026. */
function julianDay(text: string): string | null {
  const m = /^(1\d{2})(\d{3})$/.exec(text);
  if (!m || Number(m[2]) < 1) return null;
  const year = String(1900 + Number(m[1]));
  const date = dateOf(dayOf(`${year}-01-01`) + Number(m[2]) - 1);
  return date.startsWith(year) ? date : null;
}

/** Null for days that do not exist. */
function day(year: number, month: number, d: number): string | null {
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || d < 1 || d > 31) return null;
  const text = `${year}-${String(month).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return new Date(ms).toISOString().startsWith(text) ? text : null;
}
