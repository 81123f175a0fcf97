import type { Contribution } from '#models/contracts/health.ts';
import { median } from '#models/health/statistics.ts';
import { velocityTrend } from '#models/health/velocityTrend.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';
import { VELOCITY } from './vibrationPoint.ts';

export interface DailyVelocities {
  days: number[];
  medians: number[];
}

interface PointVelocities extends DailyVelocities {
  today: number;
  /** Some of today's values, mm/s. */
  values: number[];
  nextMs: number;
}

export type VelocityHistoryState = Map<string, PointVelocities>;

const DAY_MS = 86_400_000;
const MOST_DAYS = 60;
/** A value in so much time is kept of a day. */
const SAMPLE_MS = 900_000;
/** A day with fewer values says little of it. */
const LEAST_VALUES = 3;

/** Daily medians of each point's velocity, over the days on which it ran. */
export class VelocityHistory {
  readonly #state: VelocityHistoryState;

  constructor(state: VelocityHistoryState) {
    this.#state = state;
  }

  /** The days and their medians where one has just ended; null at any other time. */
  add(point: string, timeMs: number, velocityMmPerS: number): DailyVelocities | null {
    const today = Math.floor(timeMs / DAY_MS);
    const known = this.#state.get(point) ?? { days: [], medians: [], today, values: [], nextMs: timeMs };
    this.#state.set(point, known);
    const ended = today > known.today ? this.#end(known, today) : null;
    if (timeMs >= known.nextMs) {
      known.values.push(velocityMmPerS);
      known.nextMs = timeMs + SAMPLE_MS;
    }
    return ended;
  }

  #end(point: PointVelocities, today: number): DailyVelocities | null {
    const { today: day, values } = point;
    point.today = today;
    point.values = [];
    if (values.length < LEAST_VALUES) return null;
    point.days = [...point.days, day].slice(-MOST_DAYS);
    point.medians = [...point.medians, median(values)].slice(-MOST_DAYS);
    return { days: point.days, medians: point.medians };
  }
}

/** How near a trend's alarm is (1), and why, in words. */
export function judgeTrend(
  { days, medians }: DailyVelocities,
  isoClass: IsoClass,
): { index: number; contribution: Contribution; reasons: string[] } {
  const [first, last] = [medians[0], medians[medians.length - 1]];
  const contribution = { feature: VELOCITY, value: last, normal: first };
  const trend = velocityTrend(days, medians, isoClass);
  if (!trend) return { index: 0, contribution, reasons: ['the velocity no longer rises'] };
  const reasons = [
    `its velocity, by daily medians, went from ${first.toFixed(2)} to ${last.toFixed(2)} mm/s in ${days[days.length - 1] - days[0]} days`,
    `at ${trend.perDay.toFixed(3)} mm/s a day it reaches its alarm limit in ${Math.ceil(trend.daysToAlarm)} days`,
  ];
  return { index: trend.index, contribution, reasons };
}
