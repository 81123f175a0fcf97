import type { HealthMessage, Namur, RemainingLife } from '#models/contracts/health.ts';
import { language, locale, sentence, t } from './i18n/i18n.ts';
import { convert, shownIn } from './units.ts';

/** Terms of NE 107; for `CHECK_FUNCTION` see `statusText`. */
export const STATUS_WORDS: Record<Namur, string> = {
  FAILURE: t('Failure'),
  MAINTENANCE_REQUIRED: t('Maintenance required'),
  OFF_SPEC: t('Off specification'),
  CHECK_FUNCTION: t('Not assessed'),
  NORMAL: t('Normal'),
};

/** A status within a sentence. German keeps its nouns in capitals. */
export const inSentence = (words: string): string => (language === 'en' ? words.toLowerCase() : words);

type Health = Pick<HealthMessage, 'status' | 'index'>;

/** A machine with a silent sensor is assessed by the others: partial information, but not normal. */
export const statusText = ({ status, index }: Health): string =>
  status === 'CHECK_FUNCTION' && index !== undefined ? t('Partly assessed') : STATUS_WORDS[status];

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
  return t('{{count}} days', { count: Math.round(seconds / 86_400) });
}

const NUMERIC_DATE = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
const NUMERIC_TIME = { hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;

/** For `dateTime`; empty for an invalid time. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

export function time(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return t('at an impossible time');
  const sameDay = date.toDateString() === new Date().toDateString();
  return (sameDay ? TIME : DATE_AND_TIME).format(date);
}

/** Created once: a page with a thousand alerts formats many times. */
const TIME = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const DATE_AND_TIME = new Intl.DateTimeFormat(locale, { ...NUMERIC_DATE, ...NUMERIC_TIME });

export function lifeText(life: RemainingLife): string {
  if (life.assessment === 'not_assessable') return t('not assessable: {{reason}}', { reason: sentence(life.reason) });
  if (life.medianS === 0) return t('reached');
  const high = life.highS === undefined ? t('open') : duration(life.highS);
  return t('about {{medianS}} (90 %: {{lowS}} to {{high}})', {
    medianS: duration(life.medianS),
    lowS: duration(life.lowS),
    high,
  });
}

const PLAIN = new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 20 });
/** Without a sign for zero. */
const plain = (value: number): string => PLAIN.format(value + 0);

/** A number with a given count of decimals. */
export const decimals = (value: number, count: number): string =>
  value.toLocaleString(locale, { useGrouping: false, minimumFractionDigits: count, maximumFractionDigits: count });

/** A calendar date of the interface, such as 2026-11-28. */
export function day(date: string): string {
  const at = new Date(`${date.slice(0, 10)}T00:00:00Z`);
  const isEnglish = language === 'en' || Number.isNaN(at.getTime());
  return isEnglish ? date : at.toLocaleDateString(locale, { timeZone: 'UTC' });
}

/** Three significant digits, without an exponent where it can be avoided. */
export function number(value: number): string {
  return plain(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** No more digits than a reader would act on. */
export const percent = (part: number): string =>
  part > 0 && part < 0.001
    ? `< ${plain(0.1)} %`
    : `${plain(Number((100 * part).toPrecision(part < 0.0995 ? 2 : 3)))} %`;

/** Amounts of money, in the configured currency of the tables. */
export const money = (value: number, currency = ''): string =>
  `${value.toLocaleString(locale, { maximumFractionDigits: value < 100 ? 2 : 0 })} ${currency}`.trimEnd();

/** Items counted in pieces need no unit. */
const PIECES = /^(each|ea|pcs?|pieces?|units?|stk?|stück)$/i;

/** A quantity of an item, in its unit where the tables give one. */
export const units = (value: number, unit = ''): string =>
  PIECES.test(unit) ? number(value) : `${number(value)} ${unit}`.trimEnd();

/** A vibration velocity in the reader's unit. */
export function velocity(mmPerS: number): string {
  const shown = shownIn('mm/s');
  return `${number(convert(shown, mmPerS))} ${shown.text}`;
}
