import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import { monotoneTrend } from '#models/statistics/monotoneTrend.ts';
import { median } from './statistics.ts';
import { velocityAlarm } from './velocityAlarm.ts';

export interface VelocityTrend {
  /** Horizon over the days until the alarm limit; 1 is the alert limit. */
  index: number;
  perDay: number;
  /** From the newest day on; 0 where the line is there already. */
  daysToAlarm: number;
}

/** Days with a median before a trend is looked for: fewer do not tell one from a change of the weather. */
export const TREND_DAYS = 10;
/** An alarm looks this far ahead. */
const HORIZON_DAYS = 30;
/** One-sided 0.1 %. */
const SIGNIFICANT = 3.09;
/** A rise smaller than this part of zone B's upper limit is none that matters, however sure. */
const MIN_RISE = 0.1;
/** Of the newest days alone: a rise that has ended is none. One-sided 5 %. */
const STILL_RISING = 1.64;
/** A step that leaves less than this part of the line's residuals explains the days better than a line does. */
const STEP_IS_BETTER = 0.8;
/** A trend warns; it never makes an alert critical. */
const HIGHEST_INDEX = 2;

/**
 * The trend of a velocity towards its alarm limit: Theil–Sen slope of daily medians, where Mann and Kendall's test says
 * that they rise, and still do, and no single step explains them better. Null where they do not, or not enough to matter.
 * Sources: Sen, JASA 63 (1968); Mann, Econometrica 13 (1945).
 * @param days whole, rising. @param velocities daily medians, mm/s RMS. @param normal the machine's own, mm/s RMS.
 */
export function velocityTrend(
  days: readonly number[],
  velocities: readonly number[],
  normal: number,
  isoClass: IsoClass,
): VelocityTrend | null {
  const n = days.length;
  if (n < TREND_DAYS) return null;
  const whole = monotoneTrend(days, velocities);
  const newest = monotoneTrend(days.slice(-TREND_DAYS), velocities.slice(-TREND_DAYS));
  const rise = whole.slope * (days[n - 1] - days[0]);
  const matters = rise > MIN_RISE * zoneLimits(isoClass)[1];
  if (!(whole.z > SIGNIFICANT && newest.z > STILL_RISING && matters)) return null;
  const levels = velocities.map((v, i) => v - whole.slope * days[i]);
  if (stepResidual(velocities) < STEP_IS_BETTER * residual(levels)) return null;
  const perDay = Math.min(whole.slope, newest.slope);
  const now = median(velocities.slice(-3));
  const daysToAlarm = Math.max(0, (velocityAlarm(normal, isoClass) - now) / perDay);
  return { index: Math.min(HIGHEST_INDEX, HORIZON_DAYS / daysToAlarm), perDay, daysToAlarm };
}

/** Sum of the distances from the median. */
function residual(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((sum, v) => sum + Math.abs(v - middle), 0);
}

/** What the best single step leaves. */
function stepResidual(values: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 2; at <= values.length - 2; at++) {
    least = Math.min(least, residual(values.slice(0, at)) + residual(values.slice(at)));
  }
  return least;
}
