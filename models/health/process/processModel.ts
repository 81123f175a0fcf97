import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { predictionLimit } from './predictionLimit.ts';
import { columnStandards, leadingChannels } from './tableDetector.ts';

/** Principal components that together hold so much of the variance. */
const HELD_VARIANCE = 0.9;
/** A single value counts for no more than this many standard deviations: a spike must not last in the averages. */
const WINSORISED = 10;
const EWMA_WEIGHT = 0.3;
const BLOCKS = 5;
/** Chance that a normal row brings either statistic over its limit; persistence comes on top. */
const ALPHA = 0.002;
/** Rows that a model asks for: enough in each block that is left out for its limit to mean something. */
export const LEAST_PROCESS_ROWS = 100;

const numbers = z.array(z.number());
export const processModelSchema = z.strictObject({
  format: z.literal('millwright-process'),
  version: z.literal(1),
  card: z.strictObject({
    purpose: z.string(),
    data: z.string(),
    rows: z.int(),
    split: z.string(),
    /** Of rows that the model had not seen, so many came over the limit. */
    falseRate: z.number(),
    limits: z.string(),
    version: z.string(),
  }),
  channels: z.array(z.string().min(1).max(64)).min(2).max(200),
  mean: numbers,
  sd: numbers,
  /** A row a component, over the channels; and the variance of each. */
  components: z.array(numbers),
  variances: numbers,
  limits: z.strictObject({ t2: z.number().positive(), q: z.number().positive() }),
});
export type ProcessModel = z.infer<typeof processModelSchema>;

/** Smoothed T² and Q over their limits; carried from row to row. */
export interface ProcessLevels {
  t2: number;
  q: number;
}

export interface ProcessScore {
  /** 1 is the limit. */
  index: number;
  levels: ProcessLevels;
  /** The channels that moved it, the one that moved it most first. */
  channels: string[];
}

/**
 * Learns the plane in which normal rows of process values lie: principal components of the correlation matrix, Hotelling's
 * T² inside the plane and Q (squared prediction error) beside it, both smoothed (EWMA). Limits from five contiguous blocks
 * that the model had not seen. Source: Jackson & Mudholkar, "Control procedures for residuals associated with principal
 * component analysis", Technometrics 21 (1979).
 * @param rows of numbers, oldest first, `LEAST_PROCESS_ROWS` or more; every channel moves in them.
 * @throws RangeError where there are too few rows or channels.
 */
export function trainProcess(
  channels: string[],
  rows: readonly Float64Array[],
  data: string,
  version: string,
): ProcessModel {
  if (channels.length < 2) throw new RangeError(`${channels.length} channels; two or more are needed`);
  const least = Math.max(LEAST_PROCESS_ROWS, 5 * channels.length);
  if (rows.length < least) throw new RangeError(`${rows.length} rows; ${channels.length} channels need ${least}`);
  const { t2, q, ratios } = limitsOf(channels, rows);
  return {
    format: 'millwright-process',
    version: 1,
    card: {
      purpose: 'says when process values of one machine are, together, unlike those that it was trained on',
      data,
      rows: rows.length,
      split: 'five contiguous blocks of time, each judged by a model of the other four',
      falseRate: Number((ratios.filter((r) => r > 1).length / ratios.length).toFixed(4)),
      limits: 'of the operating states in its training alone; a new state is unlike them, too',
      version,
    },
    channels,
    ...planeOf(rows),
    limits: { t2, q },
  };
}

/** Judges a row of the model's channels, in their order. Pure. @param before null at the first row. */
export function scoreProcess(model: ProcessModel, row: ArrayLike<number>, before: ProcessLevels | null): ProcessScore {
  const { t2, q, parts } = statistics(model, row);
  const smooth = (last: number | undefined, now: number) =>
    last === undefined ? now : last + EWMA_WEIGHT * (now - last);
  const levels = { t2: smooth(before?.t2, t2), q: smooth(before?.q, q) };
  const ratios = { t2: levels.t2 / model.limits.t2, q: levels.q / model.limits.q };
  const worst = ratios.t2 > ratios.q ? parts.t2 : parts.q;
  return { index: Math.max(ratios.t2, ratios.q), levels, channels: leadingChannels(model.channels, worst) };
}

/** @throws Error that says what is wrong with the text. */
export function unpackProcess(text: string): ProcessModel {
  const parsed = processModelSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`not a model of process values: ${issue.path.join('.')}: ${issue.message}`);
  }
  const { channels, mean, sd, components, variances } = parsed.data;
  const fits =
    mean.length === channels.length && sd.length === channels.length && components.length === variances.length;
  if (
    !fits ||
    components.some((c) => c.length !== channels.length) ||
    sd.some((v) => v <= 0) ||
    variances.some((v) => v <= 0)
  )
    throw new Error('not a model of process values: its parts do not fit one another');
  return parsed.data;
}

type Plane = Pick<ProcessModel, 'mean' | 'sd' | 'components' | 'variances'>;

function planeOf(rows: readonly Float64Array[]): Plane {
  const { mean, sd } = columnStandards(rows);
  const scaled = new Matrix(rows.map((row) => Array.from(row, (v, c) => (v - mean[c]) / sd[c])));
  const correlation = scaled.transpose().mmul(scaled).div(rows.length);
  const eigen = new EigenvalueDecomposition(correlation, { assumeSymmetric: true });
  const order = eigen.realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => eigen.realEigenvalues[b] - eigen.realEigenvalues[a]);
  const total = eigen.realEigenvalues.reduce((a, b) => a + Math.max(0, b), 0);
  let held = 0;
  const kept: number[] = [];
  // One direction at least is left for Q.
  for (const i of order.slice(0, -1)) {
    if (held >= HELD_VARIANCE * total) break;
    held += Math.max(0, eigen.realEigenvalues[i]);
    kept.push(i);
  }
  return {
    mean: Array.from(mean),
    sd: Array.from(sd),
    components: kept.map((i) => eigen.eigenvectorMatrix.getColumn(i)),
    variances: kept.map((i) => Math.max(eigen.realEigenvalues[i], 1e-9)),
  };
}

function statistics({ mean, sd, components, variances }: Plane, row: ArrayLike<number>) {
  const scaled = mean.map((m, c) => Math.max(-WINSORISED, Math.min(WINSORISED, (row[c] - m) / sd[c])));
  const seen = new Float64Array(scaled.length);
  const parts = { t2: new Float64Array(scaled.length), q: new Float64Array(scaled.length) };
  let t2 = 0;
  components.forEach((component, k) => {
    const score = component.reduce((sum, weight, c) => sum + weight * scaled[c], 0);
    t2 += (score * score) / variances[k];
    component.forEach((weight, c) => {
      seen[c] += score * weight;
      parts.t2[c] += (score / variances[k]) * weight * scaled[c];
    });
  });
  let q = 0;
  scaled.forEach((v, c) => {
    parts.q[c] = (v - seen[c]) ** 2;
    q += parts.q[c];
  });
  return { t2: Math.max(t2, 1e-12), q: Math.max(q, 1e-12), parts };
}

/** Limits of both smoothed statistics, by blocks that were left out; and each of those rows over its limit. */
function limitsOf(
  channels: readonly string[],
  rows: readonly Float64Array[],
): { t2: number; q: number; ratios: number[] } {
  const series: ProcessLevels[] = [];
  for (let b = 0; b < BLOCKS; b++) {
    const [from, to] = [b, b + 1].map((i) => Math.floor((i * rows.length) / BLOCKS));
    const plane = planeOf([...rows.slice(0, from), ...rows.slice(to)]);
    // As a model without limits: what it says are the smoothed statistics themselves.
    const model = { channels, ...plane, limits: { t2: 1, q: 1 } } as ProcessModel;
    let levels: ProcessLevels | null = null;
    for (const row of rows.slice(from, to)) {
      levels = scoreProcess(model, row, levels).levels;
      series.push(levels);
    }
  }
  const t2 = predictionLimit(
    series.map((s) => s.t2),
    ALPHA / 2,
  );
  const q = predictionLimit(
    series.map((s) => s.q),
    ALPHA / 2,
  );
  return { t2, q, ratios: series.map((s) => Math.max(s.t2 / t2, s.q / q)) };
}
