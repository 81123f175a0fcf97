/** How often a point sends, by the receiver's clock; not by timestamps, which a replay accelerates. */
export interface ArrivalTiming {
  lastMs: number;
  meanMs: number;
  known: number;
}

export const NO_ARRIVALS: ArrivalTiming = { lastMs: Number.NEGATIVE_INFINITY, meanMs: 0, known: 0 };

const LEARNED_ARRIVALS = 16;
/** A point is silent after this many usual intervals, but not before this time. */
const SILENCE_FACTOR = 10;
const MIN_MS = 30_000;

/**
 * The timing after one more arrival: the plain mean of the first 16 intervals, later exponentially weighted. Pure.
 * @param nowMs by the receiver's clock.
 */
export function stepArrival({ lastMs, meanMs, known }: ArrivalTiming, nowMs: number): ArrivalTiming {
  if (lastMs === Number.NEGATIVE_INFINITY) return { lastMs: nowMs, meanMs: 0, known: 0 };
  const weight = 1 / Math.min(LEARNED_ARRIVALS, known + 1);
  return { lastMs: nowMs, meanMs: meanMs + weight * (nowMs - lastMs - meanMs), known: known + 1 };
}

/** Whether a point that sent regularly has been silent for long. */
export function isSilent({ lastMs, meanMs, known }: ArrivalTiming, nowMs: number): boolean {
  return known >= LEARNED_ARRIVALS && nowMs - lastMs > Math.max(MIN_MS, SILENCE_FACTOR * meanMs);
}
