import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { columnStandards, type RowMethod, type Statistics, standardised } from './rowMethod.ts';

const LAGS = 3;
const STATES = 20;
const RIDGE = 0.01;

const numbers = z.array(z.number());
export const variatesSchema = z.strictObject({
  mean: numbers,
  sd: z.array(z.number().positive()),
  /** Past to whitened past; whitened past to states: row by row. */
  whiten: z.array(numbers),
  project: z.array(numbers),
});
type Variates = z.infer<typeof variatesSchema>;

interface Model {
  mean: ArrayLike<number>;
  sd: ArrayLike<number>;
  /** Row by row, one after the other: a verdict is two products with a vector, for each row of a table. */
  whiten: Float64Array;
  project: Float64Array;
  states: number;
}

/**
 * For a long clean run of many channels that swing about fixed levels: canonical variates of the past that best tell the
 * future; T² of the states and Q of the rest, each also smoothed over some ten and thirty rows.
 * Source: Odiowei & Cao, "Nonlinear dynamic process monitoring using canonical variate analysis and kernel density
 * estimations", IEEE Trans. Ind. Informatics 6 (2010), §II.
 */
export const canonicalVariates: RowMethod<Variates> = {
  lags: LAGS,
  weights: [1, 0.2, 0.07],
  alpha: 0.03,
  rowAlpha: 1e-3,
  leastRows: (channels) => Math.max(200, 4 * channels),
  /** Its cost grows with the third power of the channels: a minute from about here on. */
  mostChannels: 150,
  train: (runs) => learnVariates(runs),
  load: ({ mean, sd, whiten, project }) => {
    const model = { mean, sd, whiten: flat(whiten), project: flat(project), states: project.length };
    return { statistics: (past) => statistics(model, past) };
  },
};

/** @param runs contiguous stretches of rows; pasts and futures do not reach over their ends. */
function learnVariates(all: readonly (readonly Float64Array[])[]): Variates {
  const runs = all.filter((run) => run.length > 2 * LAGS);
  const { mean, sd } = columnStandards(runs.flat());
  const width = mean.length;
  const scaled = runs.map((run) => run.map((row) => row.map((v, c) => (v - mean[c]) / sd[c])));
  const pasts: number[][] = [];
  const futures: number[][] = [];
  for (const run of scaled) {
    for (let t = LAGS; t + LAGS <= run.length; t++) {
      pasts.push(run.slice(t - LAGS, t).flatMap((row) => Array.from(row)));
      futures.push(run.slice(t, t + LAGS).flatMap((row) => Array.from(row)));
    }
  }
  const past = new Matrix(pasts);
  const future = new Matrix(futures);
  const n = pasts.length;
  const covariance = (a: Matrix, b: Matrix) => a.transpose().mmul(b).div(n);
  const ridge = Matrix.eye(LAGS * width).mul(RIDGE);
  const pp = covariance(past, past).add(ridge);
  const ff = covariance(future, future).add(ridge);
  const fp = covariance(future, past);
  const whiten = inverseRoot(pp);
  // Right singular vectors of Σff^−½ Σfp Σpp^−½ are eigenvectors of Σpp^−½ Σpf Σff^−1 Σfp Σpp^−½.
  const inner = whiten.mmul(fp.transpose()).mmul(inverse(ff)).mmul(fp).mmul(whiten);
  const eigen = new EigenvalueDecomposition(symmetric(inner), { assumeSymmetric: true });
  const order = eigen.realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => eigen.realEigenvalues[b] - eigen.realEigenvalues[a]);
  const states = order.slice(0, Math.min(STATES, order.length - 1));
  const vectors = eigen.eigenvectorMatrix.subMatrixColumn(states);
  return {
    mean: Array.from(mean),
    sd: Array.from(sd),
    whiten: whiten.to2DArray(),
    project: vectors.transpose().to2DArray(),
  };
}

function symmetric(m: Matrix): Matrix {
  return Matrix.add(m, m.transpose()).div(2);
}

function inverseRoot(m: Matrix): Matrix {
  const eigen = new EigenvalueDecomposition(symmetric(m), { assumeSymmetric: true });
  const vectors = eigen.eigenvectorMatrix;
  const roots = eigen.realEigenvalues.map((v) => 1 / Math.sqrt(Math.max(v, 1e-9)));
  return vectors.mmul(Matrix.diag(roots)).mmul(vectors.transpose());
}

function flat(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flat());
}

/** @param past `LAGS` rows, oldest first. */
function statistics({ mean, sd, whiten, project, states }: Model, past: readonly ArrayLike<number>[]): Statistics {
  const width = mean.length;
  const size = LAGS * width;
  const scaled = new Float64Array(size);
  for (let i = 0, lag = 0; lag < LAGS; lag++)
    for (let c = 0; c < width; c++, i++) scaled[i] = standardised(past[lag][c], mean[c], sd[c]);
  const white = product(whiten, scaled, size);
  const found = product(project, white, states);
  const seen = new Float64Array(size);
  for (let s = 0, at = 0; s < states; s++) {
    const state = found[s];
    for (let i = 0; i < size; i++, at++) seen[i] += project[at] * state;
  }
  const [tParts, qParts] = [new Float64Array(width), new Float64Array(width)];
  let [t2, q] = [0, 0];
  for (let i = 0, lag = 0; lag < LAGS; lag++)
    for (let c = 0; c < width; c++, i++) {
      const inside = seen[i];
      const rest = white[i] - inside;
      t2 += inside * inside;
      q += rest * rest;
      tParts[c] += inside * inside;
      qParts[c] += rest * rest;
    }
  return { values: [Math.max(t2, 1e-12), Math.max(q, 1e-12)], parts: [tParts, qParts] };
}

/** A matrix of `rows` rows, which lie one after the other, times a vector: four rows at a time share its loads. */
function product(matrix: Float64Array, vector: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(rows);
  const width = vector.length;
  const whole = rows - (rows % 4);
  for (let r = 0; r < whole; r += 4) {
    const first = r * width;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < width; i++) {
      const v = vector[i];
      const at = first + i;
      a += matrix[at] * v;
      b += matrix[at + width] * v;
      c += matrix[at + 2 * width] * v;
      d += matrix[at + 3 * width] * v;
    }
    out[r] = a;
    out[r + 1] = b;
    out[r + 2] = c;
    out[r + 3] = d;
  }
  for (let r = whole; r < rows; r++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += matrix[r * width + i] * vector[i];
    out[r] = sum;
  }
  return out;
}
