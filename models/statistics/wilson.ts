/** A proportion with its 95 % interval. */
export interface Share {
  count: number;
  of: number;
  /** Absent if `of` is 0. */
  share?: number;
  low?: number;
  high?: number;
}

const Z_95 = 1.959964;

/**
 * A share with Wilson's 95 % score interval, which is valid for few cases and for shares near 0 and 1.
 * Source: Wilson, JASA 22 (1927).
 * @param count 0 to `of`.
 * @returns the counts alone if `of` is 0.
 */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of };
  const share = count / of;
  const z2 = Z_95 ** 2 / of;
  const centre = share + z2 / 2;
  const reach = Z_95 * Math.sqrt((share * (1 - share)) / of + z2 / 4 / of);
  return {
    count,
    of,
    share,
    low: Math.max(0, (centre - reach) / (1 + z2)),
    high: Math.min(1, (centre + reach) / (1 + z2)),
  };
}
