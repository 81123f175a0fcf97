import type { Contribution } from '#models/contracts/health.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';
import { VELOCITY } from './velocityAlarm.ts';
import { velocityTrend } from './velocityTrend.ts';

/** Daily medians of a point's velocity in mm/s, oldest first; days are counted from 1970. */
export interface DailyVelocities {
  days: number[];
  medians: number[];
  /** Baseline of its first days, which its alarm limit is relative to. */
  normal: number;
}

/** How near a trend is to its alarm (1), and why, in words. */
export function assessTrend(
  { days, medians, normal }: DailyVelocities,
  isoClass: IsoClass,
): { index: number; contribution: Contribution; reasons: string[] } {
  const last = medians[medians.length - 1];
  const contribution = { feature: VELOCITY, value: last, normal };
  const trend = velocityTrend(days, medians, normal, isoClass);
  if (!trend) return { index: 0, contribution, reasons: ['the velocity no longer rises towards its alarm limit'] };
  const reasons = [
    `velocity rises by ${trend.perDay.toFixed(3)} mm/s a day and reaches its alarm limit in ${Math.ceil(trend.daysToAlarm)} days`,
    `by daily medians it went from ${medians[0].toFixed(2)} to ${last.toFixed(2)} mm/s in ${days[days.length - 1] - days[0]} days`,
  ];
  return { index: trend.index, contribution, reasons };
}
