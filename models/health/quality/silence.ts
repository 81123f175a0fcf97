/** How often a point is heard of, by the clock of who hears it; not by its stamps, which a recording plays faster. */
export interface Hearing {
  lastMs: number;
  meanMs: number;
  known: number;
}

export const NOT_HEARD: Hearing = { lastMs: Number.NEGATIVE_INFINITY, meanMs: 0, known: 0 };

const LEARN = 16;
/** Silent for so many usual times, and no less than this. */
const USUAL_TIMES = 10;
const LEAST_MS = 30_000;

/** Pure. */
export function hear({ lastMs, meanMs, known }: Hearing, nowMs: number): Hearing {
  if (lastMs === Number.NEGATIVE_INFINITY) return { lastMs: nowMs, meanMs: 0, known: 0 };
  const weight = 1 / Math.min(LEARN, known + 1);
  return { lastMs: nowMs, meanMs: meanMs + weight * (nowMs - lastMs - meanMs), known: known + 1 };
}

/** Whether what was heard regularly has not been heard of for long. */
export function isSilent({ lastMs, meanMs, known }: Hearing, nowMs: number): boolean {
  return known >= LEARN && nowMs - lastMs > Math.max(LEAST_MS, USUAL_TIMES * meanMs);
}
