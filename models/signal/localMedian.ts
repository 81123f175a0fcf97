/** The median; reorders `values`. NaN if empty. */
export function medianOf(values: Float64Array): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  const half = n >> 1;
  select(values, half);
  if (n % 2) return values[half];
  let below = values[0];
  for (let i = 1; i < half; i++) if (values[i] > below) below = values[i];
  return (below + values[half]) / 2;
}

/** Hoare's selection: afterwards `values[rank]` is as if sorted, with smaller values before it. */
export function select(values: Float64Array, rank: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1];
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const swap = values[i];
        values[i++] = values[j];
        values[j--] = swap;
      }
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank];
}

/** Medians are computed at this many points per window width, and interpolated linearly. */
const PLACES = 8;

/**
 * The running median of `values` within `half` positions to either side; windows at the ends are shorter. It is
 * computed at eight points per window width and interpolated linearly.
 * @returns as many values as `values` has.
 */
export function localMedian(values: Float64Array, half: number): Float64Array {
  const hop = Math.max(1, Math.floor((2 * half) / PLACES));
  const out = new Float64Array(values.length);
  const window = new Float64Array(2 * half + 1);
  const at = (centre: number) => {
    const about = values.subarray(Math.max(0, centre - half), Math.min(values.length, centre + half + 1));
    window.set(about);
    return medianOf(window.subarray(0, about.length));
  };
  let left = at(0);
  for (let from = 0; from < values.length; from += hop) {
    const right = at(Math.min(from + hop, values.length - 1));
    for (let i = 0; i < hop && from + i < values.length; i++) out[from + i] = left + ((right - left) * i) / hop;
    left = right;
  }
  return out;
}
