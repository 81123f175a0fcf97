import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
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
/** Days whose median is the normal from which the alarm limit is counted. */
const NORMAL_DAYS = 5;
/** One-sided 0.1 %. */
const SIGNIFICANT = 3.09;
/** A rise smaller than this part of zone B's upper limit is none that matters, however sure. */
const LEAST_RISE = 0.1;
/** A trend warns; it never makes an alert critical. */
const HIGHEST_INDEX = 2;

/**
 * The trend of a velocity towards its alarm limit: Theil–Sen slope of daily medians, where Mann and Kendall's test says
 * that they rise. Null where they do not, or not enough to matter.
 * Sources: Sen, JASA 63 (1968); Mann, Econometrica 13 (1945).
 * @param days whole, rising. @param velocities daily medians, mm/s RMS.
 */
export function velocityTrend(
  days: readonly number[],
  velocities: readonly number[],
  isoClass: IsoClass,
): VelocityTrend | null {
  const n = days.length;
  if (n < TREND_DAYS) return null;
  const slopes: number[] = [];
  let rises = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      slopes.push((velocities[j] - velocities[i]) / (days[j] - days[i]));
      rises += Math.sign(velocities[j] - velocities[i]);
    }
  }
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const perDay = median(slopes);
  const rise = perDay * (days[n - 1] - days[0]);
  if (!((rises - 1) / deviation > SIGNIFICANT && rise > LEAST_RISE * zoneLimits(isoClass)[1])) return null;
  const now = median(velocities.map((v, i) => v + perDay * (days[n - 1] - days[i])));
  const alarm = velocityAlarm(median(velocities.slice(0, NORMAL_DAYS)), isoClass);
  const daysToAlarm = Math.max(0, (alarm - now) / perDay);
  return { index: Math.min(HIGHEST_INDEX, HORIZON_DAYS / daysToAlarm), perDay, daysToAlarm };
}
