import { mannKendall } from '#models/statistics/monotoneTrend.ts';

/** Fewest periods that show the shape of a distribution. */
const LEAST = 48;
/** Largest lag whose autocorrelation is tested, unless a season is longer. */
const LAGS = 10;
/** The largest lag is at most this part of the history. */
const LAG_PART = 4;
/** Normal score that 5 % of the independent histories exceed, and 10 % with either sign of a trend. */
const PLAIN = 1.645;
/** Cells of the grid of a sum's distribution. */
const CELLS = 512;

/**
 * Whether the periods of a history look like independent draws from one distribution: neither trend nor autocorrelation.
 * @param period periods of a season, whose lag is tested as well; 1 for none.
 */
export function isIndependent(history: readonly number[], period: number): boolean {
  if (history.length < LEAST) return false;
  const lags = Math.max(LAGS, Math.min(period, Math.floor(history.length / LAG_PART)));
  return autocorrelationScore(history, lags) < PLAIN && Math.abs(mannKendall(history)) < PLAIN;
}

/**
 * Portmanteau statistic of the first `lags` autocorrelations as a standard normal score. Sources: Ljung & Box, Biometrika
 * 65 (1978); Wilson & Hilferty, PNAS 17 (1931), for the χ² as a normal score.
 */
function autocorrelationScore(history: readonly number[], lags: number): number {
  const n = history.length;
  const mean = meanOf(history);
  const deviations = history.map((v) => v - mean);
  const power = deviations.reduce((sum, v) => sum + v * v, 0);
  // A constant history shows no distribution.
  if (!(power > 0)) return Number.POSITIVE_INFINITY;
  let q = 0;
  for (let lag = 1; lag <= lags; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += deviations[t] * deviations[t - lag];
    q += (n * (n + 2) * (product / power) ** 2) / (n - lag);
  }
  const spread = 2 / (9 * lags);
  return (Math.cbrt(q / lags) - (1 - spread)) / Math.sqrt(spread);
}

/** Distribution of a sum on a grid, less its mean. */
export interface SumLaw {
  /** Probability of each cell. */
  mass: Float64Array;
  /** Mean, in cells. */
  centre: number;
  /** Units of a cell. */
  scale: number;
}

/**
 * Demand of `periods` independent periods: the history's own distribution, convolved. Its variance is that of the sum
 * and of the estimated mean, σ²·periods·(1 + periods/n).
 */
export function sumLawOf(history: readonly number[], periods: number): SumLaw {
  const n = history.length;
  const mean = meanOf(history);
  const variance = history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1);
  const least = Math.min(...history);
  const step = ((Math.max(...history) - least) * periods) / CELLS;
  const mass = convolved(onCells(history.map((v) => (v - least) / step)), periods);
  const centre = mass.reduce((sum, chance, k) => sum + chance * k, 0);
  const power = mass.reduce((sum, chance, k) => sum + chance * (k - centre) ** 2, 0);
  return { mass, centre, scale: Math.sqrt((variance * periods * (1 + periods / n)) / power) };
}

/** Deviations from the mean, in units, at rising levels; the mass of a cell is spread evenly over it. */
export function deviationsAt({ mass, centre, scale }: SumLaw, levels: readonly number[]): number[] {
  let [k, below] = [0, 0];
  return levels.map((level) => {
    while (below + mass[k] < level && k < mass.length - 1) below += mass[k++];
    const place = k - 0.5 + Math.min(1, (level - below) / Math.max(mass[k], 1e-300));
    return scale * (place - centre);
  });
}

/** Distribution of values on cells 0, 1, 2 …; a value between two cells is split so that the mean is kept. */
function onCells(places: readonly number[]): Float64Array {
  const law = new Float64Array(Math.floor(Math.max(...places)) + 2);
  for (const place of places) {
    const below = Math.floor(place);
    law[below] += (1 - (place - below)) / places.length;
    law[below + 1] += (place - below) / places.length;
  }
  return law;
}

/** Distribution of a sum of `draws` independent draws, by repeated squaring. */
function convolved(law: Float64Array, draws: number): Float64Array {
  if (draws === 1) return law;
  const half = convolved(law, draws >> 1);
  const even = sumOf(half, half);
  return draws % 2 === 0 ? even : sumOf(even, law);
}

function sumOf(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0; j < b.length; j++) sum[i + j] += a[i] * b[j];
  }
  return sum;
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
