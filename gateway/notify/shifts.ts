import { DateTime } from 'luxon';
import type { NotifierConfig } from './notifierConfig.ts';

export type Shift = NonNullable<NotifierConfig['shifts']>[number];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** The next shift begins within a week, plus a day for daylight-saving changes. */
const LOOK_AHEAD_DAYS = 8;

/** A time of day, such as 22:00, on the date of another time. */
export function atTimeOfDay(day: DateTime, clock: string): DateTime {
  const [hour, minute] = clock.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}

/** Whether a shift is on duty; always true without shifts. Pure. */
export function isOnDuty(shifts: readonly Shift[] | undefined, nowMs: number): boolean {
  return (
    shifts === undefined ||
    shifts.some((shift) => spansOf(shift, nowMs).some(([from, to]) => from <= nowMs && nowMs < to))
  );
}

/** When the next shift begins; now if one is on duty. Pure. */
export function findNextDutyMs(shifts: readonly Shift[] | undefined, nowMs: number): number {
  if (shifts === undefined || isOnDuty(shifts, nowMs)) return nowMs;
  const begins = shifts.flatMap((shift) => spansOf(shift, nowMs).map(([from]) => from));
  return Math.min(...begins.filter((from) => from > nowMs));
}

/** Start and end times of a shift's occurrences from yesterday on, in milliseconds. */
function spansOf({ days, from, to, timeZone }: Shift, nowMs: number): [number, number][] {
  const today = DateTime.fromMillis(nowMs, { zone: timeZone }).startOf('day');
  return Array.from({ length: LOOK_AHEAD_DAYS + 2 }, (_, i) => today.plus({ days: i - 1 })).flatMap((day) => {
    if (!days.includes(DAYS[day.weekday - 1])) return [];
    const [begin, end] = [atTimeOfDay(day, from), atTimeOfDay(day, to)];
    return [[begin.toMillis(), (end > begin ? end : atTimeOfDay(day.plus({ days: 1 }), to)).toMillis()]];
  });
}
