import { DateTime, IANAZone } from 'luxon';

/** Converts a device's stamp to milliseconds since 1970; null if it is invalid. */
export type TimeReader = (stamp: unknown) => number | null;

const NUMBERS: Record<string, number> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };
/** Counts since epochs other than 1970: the conversion to ms, and the epoch. */
const EPOCHS: Record<string, [toMs: (count: number) => number, sinceMs: number]> = {
  // 100 ns since 1601: Windows, OPC and Rockwell.
  filetime: [(count) => count / 1e4, Date.UTC(1601, 0, 1)],
  // 100 ns since the year 1: .NET's DateTime.Ticks.
  ticks: [(count) => count / 1e4, Date.parse('0001-01-01T00:00:00Z')],
  // Days since 30 December 1899: spreadsheets, OLE automation, Delphi.
  days1900: [(count) => count * 86_400_000, Date.UTC(1899, 11, 30)],
  // Seconds since 1904: LabVIEW.
  s1904: [(count) => count * 1000, Date.UTC(1904, 0, 1)],
};
/** Calendar, week and ordinal dates, with or without separators. */
const ISO = /^\d{4}(-?\d{2}-?\d{2}|\/\d{2}\/\d{2}|-?W\d{2}-?\d|-?\d{3})[T ]\d{2}/i;
/** An ISO text with an offset: the built-in parser is ten times as fast, and these are frequent. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/;

export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/** Whether a pattern includes date and time, such that they survive a round trip. */
export function isTimeFormat(format: string): boolean {
  if (format === 'auto' || NUMBERS[format] !== undefined || EPOCHS[format] !== undefined) return true;
  const time = DateTime.utc(2026, 3, 14, 15, 9, 26);
  const back = DateTime.fromFormat(time.toFormat(format, { locale: 'en' }), format, { zone: 'UTC', locale: 'en' });
  return back.isValid && Math.abs(back.toMillis() - time.toMillis()) < 60_000;
}

/**
 * @param format `auto` (ISO 8601 with `T` or a space, RFC 2822, or a number whose size determines s, ms, us or ns), a
 * unit (`s`, `ms`, `us`, `ns` since 1970, as a number or its digits), a count since another epoch (`filetime`, `ticks`,
 * `days1900`, `s1904`), or a pattern of Luxon's tokens.
 * @param zone IANA zone of texts without an offset. The hour repeated at the end of summer time is ambiguous: devices
 * should send UTC.
 */
export function timeReader(format: string, zone: string): TimeReader {
  if (format === 'auto') return (stamp) => automatic(stamp, zone);
  const factor = NUMBERS[format];
  if (factor !== undefined) return (stamp) => numberOf(stamp, factor);
  const epoch = EPOCHS[format];
  if (epoch !== undefined) return (stamp) => sinceThen(numberOf(stamp, 1), ...epoch);
  return (stamp) =>
    typeof stamp === 'string' || typeof stamp === 'number'
      ? valid(DateTime.fromFormat(String(stamp), format, { zone, locale: 'en' }))
      : null;
}

/** From the year 2000 to 2100 the numbers of seconds, milli-, micro- and nanoseconds never overlap. */
const SIZES: [least: number, factor: number][] = [
  [9.46e17, 1e-6],
  [9.46e14, 1e-3],
  [9.46e11, 1],
  [9.46e8, 1000],
];

function automatic(stamp: unknown, zone: string): number | null {
  const digits = typeof stamp === 'string' && /^\d{9,20}(\.\d+)?$/.test(stamp) ? Number(stamp) : stamp;
  if (typeof stamp === 'object') return partsTime(stamp);
  if (typeof digits !== 'number') return isoTime(stamp, zone) ?? mailTime(stamp) ?? dotnetTime(stamp);
  // A smaller number is from a device whose clock started in 1970: its milliseconds.
  const factor = SIZES.find(([least]) => digits >= least)?.[1] ?? 1;
  return finite(digits * factor);
}

const SECONDS = /^_?(s|secs?|seconds|timeinseconds|epochsecond|tv_sec)$/i;
const NANOSECONDS = /^_?(nsecs?|nanos?|nanosecs?|nanoseconds|offsetinnanos|tv_nsec)$/i;

/** Seconds since 1970 and nanoseconds in two fields, as written by protocol buffers, ROS, Java and AWS. */
function partsTime(stamp: object | null): number | null {
  const entries = Object.entries(stamp ?? {});
  const seconds = entries.find(([key]) => SECONDS.test(key));
  const rest = entries.find(([key]) => !SECONDS.test(key) && NANOSECONDS.test(key));
  const [s, ns] = [seconds, rest].map((entry) => (entry === undefined ? Number.NaN : Number(entry[1])));
  return entries.length === 2 && ns >= 0 && ns < 1e9 ? finite(1000 * s + ns / 1e6) : null;
}

/** RFC 2822, as in `Fri, 27 Nov 2026 22:00:00 GMT`. */
function mailTime(stamp: unknown): number | null {
  return typeof stamp === 'string' ? valid(DateTime.fromRFC2822(stamp)) : null;
}

/** As .NET wrote dates in JSON: `/Date(1795780800000)/`; an offset does not change the time. */
function dotnetTime(stamp: unknown): number | null {
  const ms = typeof stamp === 'string' ? /^\/Date\((-?\d{1,16})([+-]\d{4})?\)\/$/.exec(stamp)?.[1] : undefined;
  return ms === undefined ? null : finite(Number(ms));
}

function isoTime(stamp: unknown, zone: string): number | null {
  if (typeof stamp !== 'string' || !ISO.test(stamp)) return null;
  // Date.parse accepts the 30th of February as the 2nd of March.
  if (WITH_OFFSET.test(stamp) && !stamp.includes(',')) return isDay(stamp) ? finite(Date.parse(stamp)) : null;
  return valid(DateTime.fromISO(plainIso(stamp), { zone }));
}

/**
 * Normalises to ISO: slashes in the date, blanks instead of the `T` and before an offset, a decimal comma, and names of
 * UTC.
 */
const plainIso = (stamp: string): string =>
  stamp
    .toUpperCase()
    .replace(/^(\d{4})\/(\d{2})\/(\d{2})/, '$1-$2-$3')
    .replace(' ', 'T')
    .replace(/\s*(UTC|GMT)$/i, 'Z')
    .replace(/\s+(?=(Z|[+-]\d{2}:?(\d{2})?)$)/, '');

function isDay(stamp: string): boolean {
  const [year, month, day] = [stamp.slice(0, 4), stamp.slice(5, 7), stamp.slice(8, 10)].map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

function numberOf(stamp: unknown, factor: number): number | null {
  const isDigits = typeof stamp === 'string' && /^-?\d+(\.\d+)?$/.test(stamp);
  return typeof stamp === 'number' || isDigits ? finite(Number(stamp) * factor) : null;
}

/** In whole microseconds: beyond that the counts lose precision as numbers. */
const sinceThen = (count: number | null, toMs: (count: number) => number, sinceMs: number): number | null =>
  count === null ? null : Math.round((toMs(count) + sinceMs) * 1000) / 1000;

function valid(time: DateTime): number | null {
  return time.isValid ? time.toMillis() : null;
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}
