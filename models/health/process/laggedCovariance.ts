import { Matrix } from 'ml-matrix';

/**
 * Mean of z zᵀ over all windows z of `span` successive rows within one run. A block of the matrix is the product of rows
 * a fixed lag apart, so that only `span` such products are summed over the rows; the other blocks of the same lag differ
 * from them at the ends of the run alone.
 * @param runs rows of standardised channels, as `standardisedRun` gives them: row by row, `width` values each.
 * @returns a symmetric matrix of `span · width` rows, the oldest row of a window first; and the number of windows.
 */
export function laggedCovariance(
  runs: readonly Float64Array[],
  width: number,
  span: number,
): { covariance: Matrix; windows: number } {
  const size = span * width;
  const sum = Array.from({ length: size }, () => new Float64Array(size));
  let windows = 0;
  for (const run of runs) {
    const own = run.length / width - span + 1;
    if (own <= 0) continue;
    windows += own;
    for (let lag = 0; lag < span; lag++) addLag(sum, run, width, lag, span, own);
  }
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) {
      sum[i][j] /= windows;
      sum[j][i] = sum[i][j];
    }
  return { covariance: new Matrix(sum), windows };
}

/** Adds the blocks (i, i + lag) of one run to the upper triangle. */
function addLag(
  sum: readonly Float64Array[],
  run: Float64Array,
  width: number,
  lag: number,
  span: number,
  windows: number,
): void {
  const product = new Float64Array(width * width);
  for (let row = 0; row < windows; row++) addProduct(product, run, width, row, row + lag, 1);
  for (let i = 0; i + lag < span; i++) {
    if (i > 0) {
      addProduct(product, run, width, i - 1, i - 1 + lag, -1);
      addProduct(product, run, width, windows + i - 1, windows + i - 1 + lag, 1);
    }
    for (let a = 0; a < width; a++) {
      const target = sum[i * width + a];
      const from = (i + lag) * width;
      for (let b = 0; b < width; b++) target[from + b] += product[a * width + b];
    }
  }
}

/** Adds sign · x[row] x[later]ᵀ. */
function addProduct(
  product: Float64Array,
  run: Float64Array,
  width: number,
  row: number,
  later: number,
  sign: number,
): void {
  const to = later * width;
  for (let a = 0; a < width; a++) {
    const value = sign * run[row * width + a];
    const at = a * width;
    for (let b = 0; b < width; b++) product[at + b] += value * run[to + b];
  }
}

/** A run's rows, concatenated, in standard deviations from the mean. */
export function standardisedRun(
  rows: readonly ArrayLike<number>[],
  mean: ArrayLike<number>,
  sd: ArrayLike<number>,
): Float64Array {
  const width = mean.length;
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, t) => {
    for (let c = 0; c < width; c++) out[t * width + c] = (row[c] - mean[c]) / sd[c];
  });
  return out;
}
