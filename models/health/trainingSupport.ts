import { z } from 'zod';
import { studentQuantileOf } from '#models/statistics/quantiles.ts';
import { median, quantile } from './statistics.ts';

/** Region of the training data, to detect rows unlike them. */
export const supportSchema = z.strictObject({
  /** For every column, the least and largest median of a window, and the least and largest mean step within one. */
  lowest: z.array(z.number()),
  highest: z.array(z.number()),
  leastStep: z.array(z.number()),
  mostStep: z.array(z.number()),
  /** Columns compared jointly, the local standard deviation of each, and rows of them. */
  columns: z.array(z.int()),
  local: z.array(z.number().positive()),
  rows: z.array(z.array(z.number())).min(1),
  /** Beyond this distance to its nearest neighbour a row is unlike the training. */
  limit: z.number().positive(),
  /** The same for window means, which lie closer together; absent in packages from before it was stored. */
  means: z
    .strictObject({
      local: z.array(z.number().positive()),
      rows: z.array(z.array(z.number())).min(1),
      limit: z.number().positive(),
    })
    .optional(),
  /**
   * For every column, the log of the mean step, its deviation between units and between windows, and the limit in these
   * deviations.
   */
  paces: z
    .array(z.strictObject({ log: z.number(), units: z.number(), windows: z.number(), most: z.number() }).nullable())
    .optional(),
});
export type TrainingSupport = z.infer<typeof supportSchema>;

/** Number of newest rows judged, by their fourth largest distance of thirty, so that single outliers do not count. */
const WINDOW = 30;
const LEVEL = 0.9;
const MAX_ROWS = 1000;
/** Per unit. */
const MAX_WINDOWS = 30;
/** Neighbours whose spread is a column's local deviation, which is at least this part of the whole deviation. */
const NEIGHBOURS = 10;
const MIN_LOCAL = 0.02;
const ROUNDS = 3;
/** Minimum number of units' mean steps for limits. */
const MIN_PACES = 10;
/** Minimum number of units to judge jointly; their steps must be off by this many standard errors and this factor. */
const MIN_POOLED = 3;
const POOLED_ERRORS = 4;
const OTHER_SCALE = 1.3;
/** Chance that a unit like the training exceeds the limit at any time of its life. */
const ALPHA = 0.01;
/** The same for means, and for steps, of which several are tested. */
const ALPHA_MEANS = 0.005;
const FOLDS = 5;
/** A window's step above this multiple of the training's largest, or below its inverse, is of another scale. */
const STEP_MARGIN = 3;
/** A window's median further outside the training's range than this part of it is of another scale. */
const RANGE_MARGIN = 1;

/**
 * Joint distance to the training: a row's distance to its nearest neighbour there, each column scaled by its local
 * standard deviation (among a row's neighbours), so that operating regimes are far apart. The limit is a prediction
 * limit from held-out units.
 * @param columns the varying ones.
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
  const picked = units.map((u) => u.rows.map((row) => pick(row, columns)));
  const { limit, local, rows } = neighboursOf(picked, (own) => windowsOf(own), ALPHA);
  // A window mean counts as a row of its own: it reveals a shift that noise hides in single rows.
  const means = neighboursOf(
    // Units are assessed at any age: windows at equal distances from the end would leave gaps.
    picked.map((own, u) => windowsOf(own.slice(0, Math.max(1, own.length - ((7 * u) % 10)))).map(meanRow)),
    (own) => own.map((row) => [row]),
    ALPHA_MEANS,
  );
  const short = (v: number) => Number(v.toPrecision(6));
  return {
    lowest: levels.map((v) => least(v)),
    highest: levels.map((v) => most(v)),
    leastStep: steps.map((v) => short(least(v))),
    mostStep: steps.map((v) => short(most(v))),
    columns: [...columns],
    local,
    rows,
    limit,
    means,
    paces: each((c) =>
      paceOf(
        units.map((u) => u.rows),
        c,
        ALPHA_MEANS / Math.max(1, columns.length),
      ),
    ),
  };
}

/**
 * Rows of the training, their local deviations, and the limit from held-out units. @param windows of a unit's rows,
 * each judged by itself.
 */
function neighboursOf(units: readonly number[][][], windows: (own: number[][]) => number[][][], alpha: number) {
  const all = thinned(units.flat(), MAX_ROWS);
  const local = localDeviations(all);
  const worst: number[] = [];
  for (let fold = 0; fold < Math.min(FOLDS, units.length); fold++) {
    const reference = thinned(units.filter((_, i) => i % FOLDS !== fold).flat(), MAX_ROWS);
    for (const unit of units.filter((_, i) => i % FOLDS === fold)) {
      const own = windows(unit).map((w) =>
        quantile(
          w.map((row) => nearest(row, reference, local).distance),
          LEVEL,
        ),
      );
      worst.push(Math.log(Math.max(1e-9, ...own)));
    }
  }
  const short = (v: number) => Number(v.toPrecision(6));
  return {
    local: local.map(short),
    rows: all.map((row) => row.map(short)),
    limit: short(Math.max(Math.exp(predictionLimitOf(worst, alpha)), Math.exp(most(worst)))),
  };
}

function paceOf(units: readonly (readonly ArrayLike<number>[])[], c: number, alpha: number) {
  const logOf = (rows: readonly ArrayLike<number>[]) => Math.log(meanStep(rows, c));
  const long = units.filter((rows) => rows.length >= WINDOW);
  const whole = long.map(logOf).filter(Number.isFinite);
  const parts = long.flatMap((rows) => windowsOf(rows).map(logOf)).filter(Number.isFinite);
  if (whole.length < MIN_PACES) return null;
  return {
    log: whole.reduce((a, b) => a + b, 0) / whole.length,
    units: deviation(whole),
    windows: deviation(parts),
    most: studentQuantileOf(1 - alpha / 2, whole.length - 1) * Math.sqrt(1 + 1 / whole.length),
  };
}

function meanRow(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
}

/** Why a unit's newest rows are unlike the training, or null. @param nameOf names a column in the sentence. */
export function unlikeTraining(
  rows: readonly ArrayLike<number>[],
  support: TrainingSupport,
  nameOf: (c: number) => string,
): string | null {
  const newest = rows.slice(-WINDOW);
  const { lowest, highest, leastStep, mostStep, columns, paces } = support;
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
      const pace = paces?.[c];
      const whole = meanStep(rows, c);
      if (pace && Math.abs(Math.log(whole) - pace.log) > pace.most * spreadOf(pace, rows.length))
        return `${nameOf(c)} moves by ${short(whole)} from row to row over its history, where ${short(Math.exp(pace.log))} is usual: of another unit, or sampled otherwise`;
    }
  }
  const { means } = support;
  const picked = rows.map((row) => pick(row, columns));
  return (
    unlikeNeighbours('its newest rows', picked.slice(-WINDOW), support, columns, nameOf) ??
    (means && rows.length >= WINDOW
      ? (unlikeNeighbours('the mean of its newest rows', [meanRow(picked.slice(-WINDOW))], means, columns, nameOf) ??
        unlikeNeighbours('the mean of its first rows', [meanRow(picked.slice(0, WINDOW))], means, columns, nameOf))
      : null)
  );
}

/**
 * Why a table's units together are of another scale than the training, or null. Steps of several units show a
 * difference that is not significant for one.
 */
export function otherScale(
  units: readonly (readonly ArrayLike<number>[])[],
  { columns, paces }: TrainingSupport,
  nameOf: (c: number) => string,
): string | null {
  const long = units.filter((rows) => rows.length >= WINDOW);
  for (const c of columns) {
    const pace = paces?.[c];
    if (!pace || long.length < MIN_POOLED) continue;
    const off = long.map((rows) => Math.log(meanStep(rows, c)) - pace.log);
    const one = long.map((rows) => spreadOf(pace, rows.length));
    const mean = off.reduce((a, b) => a + b, 0) / off.length;
    const error = Math.sqrt(one.reduce((sum, v) => sum + v * v, 0)) / off.length;
    if (Math.abs(mean) > Math.log(OTHER_SCALE) && Math.abs(mean) > POOLED_ERRORS * error)
      return `${nameOf(c)} moves ${short(Math.exp(mean))} times as much from row to row as in the training, in ${long.length} units together: is it in the same unit, and are its rows as far apart?`;
  }
  return null;
}

/** Chance deviation of the log of a unit's mean step from the usual one. */
function spreadOf({ units, windows }: { units: number; windows: number }, rows: number): number {
  return Math.hypot(units, windows * Math.sqrt(WINDOW / rows));
}

function unlikeNeighbours(
  what: string,
  own: readonly number[][],
  { rows, local, limit }: Pick<TrainingSupport, 'rows' | 'local' | 'limit'>,
  columns: readonly number[],
  nameOf: (c: number) => string,
): string | null {
  const found = own.map((row) => nearest(row, rows, local));
  const distance = quantile(
    found.map((f) => f.distance),
    LEVEL,
  );
  if (distance <= limit) return null;
  const far = found.filter((f) => f.distance > limit);
  const parts = columns.map((_, k) => far.reduce((sum, f) => sum + f.parts[k], 0));
  const leading = columns
    .map((c, k) => ({ c, part: parts[k] }))
    .sort((a, b) => b.part - a.part)
    .slice(0, 3);
  return `${what} ${own.length > 1 ? 'are' : 'is'} unlike any in the training (${(distance / limit).toFixed(1)} times the limit), by ${leading.map(({ c }) => nameOf(c)).join(', ')}: an operating regime that was not trained on, or another unit`;
}

function short(v: number): number {
  return Number(v.toPrecision(5));
}

/** Trailing windows, spread over the rows, as a unit may be assessed at any time of its life. */
function windowsOf<T>(rows: readonly T[]): T[][] {
  const windows: T[][] = [];
  const step = Math.max(WINDOW / 3, Math.ceil(rows.length / MAX_WINDOWS));
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

/** The spread of each column among a row's neighbours, iterated: the neighbours are searched again at that scale. */
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
    scale = squares.map((s, k) => Math.max(Math.sqrt(s), MIN_LOCAL * whole[k]));
  }
  return scale;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

function predictionLimitOf(values: readonly number[], alpha: number): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, n - 1));
  return mean + studentQuantileOf(1 - alpha, Math.max(3, n - 1)) * sd * Math.sqrt(1 + 1 / n);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
