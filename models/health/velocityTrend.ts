import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import { monotoneTrend } from '#models/statistics/monotoneTrend.ts';
import { median } from './statistics.ts';
import { velocityAlarm } from './velocityAlarm.ts';

export interface VelocityTrend {
  /** Horizon over the days until the alarm limit; 1 is the alert limit. */
  index: number;
  perDay: number;
  /** Counted from the newest day; 0 if the line is already there. */
  daysToAlarm: number;
}

/** Minimum number of daily medians for a trend: fewer do not distinguish it from a change of weather. */
export const TREND_DAYS = 10;
/** Horizon of an alarm. */
const HORIZON_DAYS = 30;
/** One-sided 0.1 %. */
const SIGNIFICANT = 3.09;
/** A rise below this part of zone B's upper limit is ignored, however significant. */
const MIN_RISE = 0.1;
/** For the newest days alone, to exclude a rise that has ended. One-sided 5 %. */
const STILL_RISING = 1.64;
/** A step explains the days better than a line if it leaves less than this part of the line's residuals. */
const STEP_IS_BETTER = 0.8;
/** A trend is a warning; it never makes an alert critical. */
const HIGHEST_INDEX = 2;

/**
 * The trend of a velocity towards its alarm limit: Theil–Sen slope of daily medians, if the Mann–Kendall test shows
 * that they rise, and still do, and no single step explains them better. Null if they do not, or not enough to matter.
 * Sources: Sen, JASA 63 (1968); Mann, Econometrica 13 (1945).
 * @param days whole, rising. @param velocities daily medians, mm/s RMS. @param normal the machine's baseline, mm/s RMS.
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

/** Residual of the best single step. */
function stepResidual(values: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 2; at <= values.length - 2; at++) {
    least = Math.min(least, residual(values.slice(0, at)) + residual(values.slice(at)));
  }
  return least;
}
