import { dateOf, dayOf } from './dates.ts';

/** Length of a demand period. */
export type PeriodKind = 'day' | 'week' | 'month';

/** Mean length of a period in days, for lead times. */
export const PERIOD_DAYS: Record<PeriodKind, number> = { day: 1, week: 7, month: 365.25 / 12 };
/** Periods in a season. */
export const SEASON: Record<PeriodKind, number> = { day: 7, week: 52, month: 12 };
/** Periods in a year, for yearly rates. */
export const PERIODS_A_YEAR: Record<PeriodKind, number> = { day: 365.25, week: 365.25 / 7, month: 12 };

/** Number of the period of a day: weeks begin on Mondays. */
export function periodOf(kind: PeriodKind, date: string): number {
  if (kind === 'month') return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  const day = dayOf(date);
  return kind === 'day' ? day : Math.floor((day + 3) / 7);
}

/** Share of its period that has passed when a day begins. */
export function elapsedOf(kind: PeriodKind, date: string): number {
  const period = periodOf(kind, date);
  const [from, to] = [dayOf(startOf(kind, period)), dayOf(startOf(kind, period + 1))];
  return (dayOf(date) - from) / (to - from);
}

/** The first day of a period. */
export function startOf(kind: PeriodKind, period: number): string {
  if (kind === 'day') return dateOf(period);
  if (kind === 'week') return dateOf(period * 7 - 3);
  return `${Math.floor(period / 12)}-${String((period % 12) + 1).padStart(2, '0')}-01`;
}
