/** Median of a copy of `values`; the mean of the middle two if their number is even. NaN if empty. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Linearly interpolated quantile (Hyndman & Fan type 7) of a copy of `values`. NaN if empty. */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
