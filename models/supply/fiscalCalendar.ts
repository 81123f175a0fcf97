import { dateOf, dayOf } from './dates.ts';

/** How a fiscal year is divided: weeks of the three periods of each quarter, or calendar months. */
export const FISCAL_PATTERNS = ['4-4-5', '4-5-4', '5-4-4', 'months'] as const;

export interface FiscalCalendar {
  pattern: (typeof FISCAL_PATTERNS)[number];
  /** First days of the fiscal years, by year: `2026` begins on `2025-12-29`. */
  begins: Readonly<Record<string, string>>;
}

export interface FiscalPeriod {
  year: number;
  period: number;
}

const PERIODS = 12;
const WEEK_DAYS = 7;

/**
 * A fiscal period such as `FY26 P01`, `P01 FY2026`, `2026-P01`, `P01/2026` or SAP's `001.2026`; null for anything else.
 */
export function parseFiscal(text: string): FiscalPeriod | null {
  const first = /^(?:FY ?'?)?(\d{2}|\d{4})[ /.-]?P(?:er(?:iod)?)?[ .]?(\d{1,3})$/i.exec(text.trim());
  const last =
    /^P(?:er(?:iod)?)?[ .]?(\d{1,3})[ /.-]+(?:FY ?'?)?(\d{2}|\d{4})$/i.exec(text.trim()) ??
    /^(0\d{2})[./](\d{4})$/.exec(text.trim());
  const [year, period] = first ? [first[1], first[2]] : last ? [last[2], last[1]] : [];
  if (year === undefined || period === undefined) return null;
  return { year: year.length === 2 ? 2000 + Number(year) : Number(year), period: Number(period) };
}

/**
 * The middle day of a fiscal period, `2026-01-11`: a period in weeks begins before the calendar month that it mostly
 * covers.
 */
export function fiscalDate(
  { year, period }: FiscalPeriod,
  calendar: FiscalCalendar | undefined,
): string | { wanted: string } {
  if (calendar === undefined)
    return { wanted: 'fiscal periods have no dates of their own: name the first day of each fiscal year in a map' };
  const begins = calendar.begins[year];
  if (begins === undefined) return { wanted: `the map has no first day of the fiscal year ${year}` };
  if (period < 1 || period > PERIODS) return { wanted: `a fiscal period from 1 to ${PERIODS} is needed` };
  const [from, until] = [period - 1, period].map((n) => dayOf(begins) + daysBefore(n, begins, calendar.pattern));
  return dateOf(Math.floor((from + until) / 2));
}

/** Days from the beginning of a year to that of a period (numbered from 0). */
function daysBefore(period: number, begins: string, pattern: FiscalCalendar['pattern']): number {
  if (pattern === 'months') {
    const [year, month, day] = begins.split('-').map(Number);
    return Date.UTC(year, month - 1 + period, day) / 86_400_000 - dayOf(begins);
  }
  const weeks = pattern.split('-').map(Number);
  const whole = Array.from({ length: period }, (_, i) => weeks[i % weeks.length]).reduce((a, b) => a + b, 0);
  return WEEK_DAYS * whole;
}
