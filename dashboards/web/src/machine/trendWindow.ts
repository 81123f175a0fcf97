/** The time window of the trends. */
export interface TrendWindow {
  rangeS: number;
  /** Null: follows the machine's newest value. */
  endMs: number | null;
}

export const RANGES_S = [900, 7200, 86_400, 7 * 86_400, 30 * 86_400] as const;
export const FIRST_WINDOW: TrendWindow = { rangeS: RANGES_S[0], endMs: null };

/** A shorter window would contain hardly any values. */
const LEAST_S = 30;
const MOST_S = 366 * 86_400;
/** Part of the range that one step moves: what was at the edge stays visible. */
const STEP = 0.5;

/** The range that the user dragged across; seconds since 1970. Pure. */
export const zoomTo = ([fromS, toS]: readonly [number, number]): TrendWindow => ({
  rangeS: Math.max(LEAST_S, toS - fromS),
  endMs: 1000 * Math.max(toS, fromS + LEAST_S),
});

/** Twice the range about the same centre. @param newestMs of the machine's values: no window ends later. Pure. */
export function widen({ rangeS, endMs }: TrendWindow, newestMs: number): TrendWindow {
  const wider = Math.min(MOST_S, 2 * rangeS);
  const end = (endMs ?? newestMs) + 500 * (wider - rangeS);
  return { rangeS: wider, endMs: endMs === null || end >= newestMs ? null : end };
}

/** Half a window back (-1) or forward (1). Pure. */
export function pan({ rangeS, endMs }: TrendWindow, steps: -1 | 1, newestMs: number): TrendWindow {
  const end = (endMs ?? newestMs) + steps * STEP * 1000 * rangeS;
  return { rangeS, endMs: end >= newestMs ? null : end };
}
