import type { Namur, RemainingLife } from '#models/contracts/health.ts';

export const STATUS_WORDS: Record<Namur, string> = {
  FAILURE: 'Failure',
  MAINTENANCE_REQUIRED: 'Maintenance required',
  OFF_SPEC: 'Off specification',
  CHECK_FUNCTION: 'Not assessed yet',
  NORMAL: 'Normal',
};

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

/** For `dateTime`; empty for a time that no calendar has. */
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

/** Three significant digits without an exponent where a person would not write one. */
export function number(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export const percent = (part: number): string => `${Number((100 * part).toPrecision(part < 0.0995 ? 2 : 3))} %`;

/** Sums of money, in whatever currency the tables are. */
export const money = (value: number): string =>
  value.toLocaleString(undefined, { maximumFractionDigits: value < 100 ? 2 : 0 });
