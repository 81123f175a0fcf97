import { z } from 'zod';
import { studentQuantileOf } from '#models/statistics/quantiles.ts';
import { median, quantile } from './statistics.ts';

/** Where the training data lie, so that a row from elsewhere can be told from one like them. */
export const supportSchema = z.strictObject({
  /** Of every column: the least and the largest median of a window, and the least and largest mean step within one. */
  lowest: z.array(z.number()),
  highest: z.array(z.number()),
  leastStep: z.array(z.number()),
  mostStep: z.array(z.number()),
  /** Columns that are compared jointly, the local standard deviation of each, and rows of them. */
  columns: z.array(z.int()),
  local: z.array(z.number().positive()),
  rows: z.array(z.array(z.number())).min(1),
  /** Beyond this distance to its nearest neighbour a row is unlike the training. */
  limit: z.number().positive(),
});
export type TrainingSupport = z.infer<typeof supportSchema>;

/** Newest rows that are judged; of their distances the fourth largest of thirty, so that single outliers do not count. */
const WINDOW = 30;
const LEVEL = 0.9;
const MOST_ROWS = 1000;
/** Of each unit. */
const MOST_WINDOWS = 30;
/** Neighbours whose spread is a column's local deviation; it is no less than this part of the whole deviation. */
const NEIGHBOURS = 10;
const LEAST_LOCAL = 0.02;
const ROUNDS = 3;
/** Chance that a unit like the training comes over the limit at any time of its life. */
const ALPHA = 0.01;
const FOLDS = 5;
/** A window's step beyond this multiple of the training's largest, or below its inverse, is of another scale. */
const STEP_MARGIN = 3;
/** A window's median further outside than this part of the training's range is of another scale. */
const RANGE_MARGIN = 1;

/**
 * Joint distance to the training: a row's distance to its nearest neighbour there, each column measured by its local
 * standard deviation (of a row's neighbours), so that operating regimes stand apart by many. The limit is the prediction
 * limit of units that were left out.
 * @param columns those that vary.
 */
export function fitSupport(
  units: readonly { rows: readonly ArrayLike<number>[] }[],
  columns: readonly number[],
): TrainingSupport {
  const width = units[0].rows[0].length;
  const windows = units.flatMap(({ rows }) => windowsOf(rows));
  const each = <T>(of: (c: number) => T) => Array.from({ length: width }, (_, c) => of(c));
  const levels = each((c) => windows.map((w) => median(w.map((row) => row[c]))));
  const steps = each((c) => windows.map((w) => meanStep(w, c)));
  const all = thinned(
    units.flatMap((u) => u.rows.map((row) => pick(row, columns))),
    MOST_ROWS,
  );
  const local = localDeviations(all);
  const worst: number[] = [];
  for (let fold = 0; fold < Math.min(FOLDS, units.length); fold++) {
    const others = units.filter((_, i) => i % FOLDS !== fold);
    const reference = thinned(
      others.flatMap((u) => u.rows.map((row) => pick(row, columns))),
      MOST_ROWS,
    );
    for (const unit of units.filter((_, i) => i % FOLDS === fold)) {
      const distanceOf = (row: ArrayLike<number>) => nearest(pick(row, columns), reference, local).distance;
      const own = windowsOf(unit.rows).map((w) => quantile(w.map(distanceOf), LEVEL));
      worst.push(Math.log(Math.max(1e-9, ...own)));
    }
  }
  const short = (v: number) => Number(v.toPrecision(6));
  return {
    lowest: levels.map((v) => least(v)),
    highest: levels.map((v) => most(v)),
    leastStep: steps.map((v) => short(least(v))),
    mostStep: steps.map((v) => short(most(v))),
    columns: [...columns],
    local: local.map(short),
    rows: all.map((row) => row.map(short)),
    limit: short(Math.max(Math.exp(predictionLimitOf(worst)), Math.exp(most(worst)))),
  };
}

/** Why a unit's newest rows are unlike the training, or null. @param nameOf names a column in the sentence. */
export function unlikeTraining(
  rows: readonly ArrayLike<number>[],
  support: TrainingSupport,
  nameOf: (c: number) => string,
): string | null {
  const newest = rows.slice(-WINDOW);
  const { lowest, highest, leastStep, mostStep, columns, local } = support;
  for (let c = 0; c < lowest.length; c++) {
    const level = median(newest.map((row) => row[c]));
    const margin = RANGE_MARGIN * (highest[c] - lowest[c]) + mostStep[c] + 1e-9 * Math.abs(highest[c]);
    if (level < lowest[c] - margin || level > highest[c] + margin)
      return `${nameOf(c)} is at ${short(level)}, far outside the training's ${short(lowest[c])} to ${short(highest[c])}`;
  }
  if (newest.length >= WINDOW) {
    for (const c of columns) {
      const step = meanStep(newest, c);
      if (step > STEP_MARGIN * mostStep[c] || step < leastStep[c] / STEP_MARGIN)
        return `${nameOf(c)} moves by ${short(step)} from row to row, where it was ${short(leastStep[c])} to ${short(mostStep[c])} in the training: stuck, or of another unit`;
    }
  }
  const found = newest.map((row) => nearest(pick(row, columns), support.rows, local));
  const distance = quantile(
    found.map((f) => f.distance),
    LEVEL,
  );
  if (distance <= support.limit) return null;
  const far = found.filter((f) => f.distance > support.limit);
  const parts = columns.map((_, k) => far.reduce((sum, f) => sum + f.parts[k], 0));
  const leading = columns
    .map((c, k) => ({ c, part: parts[k] }))
    .sort((a, b) => b.part - a.part)
    .slice(0, 3);
  return `its newest rows are unlike any in the training (${(distance / support.limit).toFixed(1)} times the limit), by ${leading.map(({ c }) => nameOf(c)).join(', ')}: an operating regime that was not trained on`;
}

function short(v: number): number {
  return Number(v.toPrecision(5));
}

/** Trailing windows, spread over the rows: as a unit is asked for at any time of its life. */
function windowsOf<T>(rows: readonly T[]): T[][] {
  const windows: T[][] = [];
  const step = Math.max(WINDOW / 3, Math.ceil(rows.length / MOST_WINDOWS));
  for (let end = rows.length; end >= Math.min(rows.length, WINDOW); end -= step)
    windows.push(rows.slice(Math.max(0, end - WINDOW), end));
  return windows;
}

function meanStep(rows: readonly ArrayLike<number>[], c: number): number {
  let sum = 0;
  for (let t = 1; t < rows.length; t++) sum += Math.abs(rows[t][c] - rows[t - 1][c]);
  return sum / Math.max(1, rows.length - 1);
}

function pick(row: ArrayLike<number>, columns: readonly number[]): number[] {
  return columns.map((c) => row[c]);
}

function thinned<T>(rows: readonly T[], most: number): T[] {
  const step = Math.max(1, rows.length / most);
  return Array.from({ length: Math.min(most, rows.length) }, (_, i) => rows[Math.floor(i * step)]);
}

function nearest(row: readonly number[], rows: readonly (readonly number[])[], local: readonly number[]) {
  let best = Number.POSITIVE_INFINITY;
  let at = 0;
  rows.forEach((other, i) => {
    let sum = 0;
    for (let k = 0; k < row.length && sum < best; k++) sum += ((row[k] - other[k]) / local[k]) ** 2;
    if (sum < best) [best, at] = [sum, i];
  });
  return { distance: Math.sqrt(best), parts: row.map((v, k) => ((v - rows[at][k]) / local[k]) ** 2) };
}

/** The spread of each column among a row's neighbours; measured by it, the neighbours are found anew. */
function localDeviations(rows: readonly number[][]): number[] {
  const width = rows[0].length;
  const whole = Array.from({ length: width }, (_, k) => deviation(rows.map((row) => row[k])) || 1);
  const centres = thinned(rows, 200);
  let scale = whole;
  for (let round = 0; round < ROUNDS; round++) {
    const squares = new Array<number>(width).fill(0);
    for (const centre of centres) {
      const near = rows
        .map((row) => ({ row, d: row.reduce((sum, v, k) => sum + ((v - centre[k]) / scale[k]) ** 2, 0) }))
        .sort((a, b) => a.d - b.d)
        .slice(1, 1 + NEIGHBOURS);
      for (let k = 0; k < width; k++) squares[k] += deviation(near.map(({ row }) => row[k])) ** 2 / centres.length;
    }
    scale = squares.map((s, k) => Math.max(Math.sqrt(s), LEAST_LOCAL * whole[k]));
  }
  return scale;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

function predictionLimitOf(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, n - 1));
  return mean + studentQuantileOf(1 - ALPHA, Math.max(3, n - 1)) * sd * Math.sqrt(1 + 1 / n);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
