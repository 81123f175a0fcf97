import type { HealthMessage, Namur, RemainingLife } from '#models/contracts/health.ts';
import type { Unit } from '#models/contracts/units.ts';

/** Terms of NE 107; for `CHECK_FUNCTION` see `statusText`. */
export const STATUS_WORDS: Record<Namur, string> = {
  FAILURE: 'Failure',
  MAINTENANCE_REQUIRED: 'Maintenance required',
  OFF_SPEC: 'Off specification',
  CHECK_FUNCTION: 'Not assessed',
  NORMAL: 'Normal',
};

type Health = Pick<HealthMessage, 'status' | 'index'>;

/** A machine with a silent sensor is assessed by the others: partial information, but not normal. */
export const statusText = ({ status, index }: Health): string =>
  status === 'CHECK_FUNCTION' && index !== undefined ? 'Partly assessed' : STATUS_WORDS[status];

/** Worst first. */
export const STATUS_ORDER: readonly Namur[] = [
  'FAILURE',
  'MAINTENANCE_REQUIRED',
  'OFF_SPEC',
  'CHECK_FUNCTION',
  'NORMAL',
];

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** For `dateTime`; empty for an invalid time. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

export function time(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'at an impossible time';
  const sameDay = date.toDateString() === new Date().toDateString();
  return sameDay ? date.toLocaleTimeString() : date.toLocaleString();
}

export function lifeText(life: RemainingLife): string {
  if (life.assessment === 'not_assessable') return `not assessable: ${life.reason}`;
  if (life.medianS === 0) return 'reached';
  const high = life.highS === undefined ? 'open' : duration(life.highS);
  return `about ${duration(life.medianS)} (90 %: ${duration(life.lowS)} to ${high})`;
}

/** Units as normally written; the wire format is ASCII. */
const UNIT_WORDS: Partial<Record<Unit, string>> = { 'm/s2': 'm/s²', um: 'µm', degC: '°C', 'm3/h': 'm³/h', '1': '' };

export const unitText = (unit: Unit): string => UNIT_WORDS[unit] ?? unit;

/** Three significant digits, without an exponent where it can be avoided. */
export function number(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** No more digits than a reader would act on. */
export const percent = (part: number): string =>
  part > 0 && part < 0.001 ? '< 0.1 %' : `${Number((100 * part).toPrecision(part < 0.0995 ? 2 : 3))} %`;

/** Amounts of money, in the configured currency of the tables. */
export const money = (value: number, currency = ''): string =>
  `${value.toLocaleString(undefined, { maximumFractionDigits: value < 100 ? 2 : 0 })} ${currency}`.trimEnd();

/** Items counted in pieces need no unit. */
const PIECES = /^(each|ea|pcs?|pieces?|units?|stk?|stück)$/i;

/** A quantity of an item, in its unit where the tables give one. */
export const units = (value: number, unit = ''): string =>
  PIECES.test(unit) ? number(value) : `${number(value)} ${unit}`.trimEnd();
