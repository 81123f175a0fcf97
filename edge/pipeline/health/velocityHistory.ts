import type { DailyVelocities } from '#models/health/assessTrend.ts';
import { median } from '#models/health/statistics.ts';
import { MIN_DAY_VALUES, NORMAL_DAYS } from '../judgement.ts';

interface PointVelocities {
  days: number[];
  medians: number[];
  normal: number | null;
  today: number;
  /** A sample of today's values, mm/s. */
  values: number[];
  nextMs: number;
}

export type VelocityHistoryState = Map<string, PointVelocities>;

const DAY_MS = 86_400_000;
const MAX_DAYS = 60;
/** Interval between the values kept of a day. */
const SAMPLE_MS = 900_000;

/** Daily medians of each point's velocity, over the days on which it ran. */
export class VelocityHistory {
  readonly #state: VelocityHistoryState;

  constructor(state: VelocityHistoryState) {
    this.#state = state;
  }

  /** The days and their medians if a day has just ended; otherwise null. */
  add(point: string, timeMs: number, velocityMmPerS: number): DailyVelocities | null {
    const today = Math.floor(timeMs / DAY_MS);
    const known = this.#state.get(point) ?? { days: [], medians: [], normal: null, today, values: [], nextMs: timeMs };
    this.#state.set(point, known);
    if (today < known.today) setBack(known, today, timeMs);
    const ended = today > known.today ? this.#closeDay(known, today) : null;
    if (timeMs >= known.nextMs) {
      known.values.push(velocityMmPerS);
      known.nextMs = timeMs + SAMPLE_MS;
    }
    return ended;
  }

  #closeDay(point: PointVelocities, today: number): DailyVelocities | null {
    const { today: day, values } = point;
    point.today = today;
    point.values = [];
    if (values.length < MIN_DAY_VALUES) return null;
    point.days = [...point.days, day].slice(-MAX_DAYS);
    point.medians = [...point.medians, median(values)].slice(-MAX_DAYS);
    if (point.medians.length === NORMAL_DAYS) point.normal ??= median(point.medians);
    const { days, medians, normal } = point;
    return normal === null ? null : { days, medians, normal };
  }
}

/** Forgets the days that a clock which was wrong placed in the future: they would block all days until then. */
function setBack(point: PointVelocities, today: number, nextMs: number): void {
  const past = point.days.filter((day) => day < today).length;
  point.days = point.days.slice(0, past);
  point.medians = point.medians.slice(0, past);
  Object.assign(point, { today, values: [], nextMs });
}
