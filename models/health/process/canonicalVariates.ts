import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { MatrixProduct } from '#models/inference/matrixProduct.ts';
import { laggedCovariance, standardisedRun } from './laggedCovariance.ts';
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
  /** Each row is multiplied by these, which dominates the cost of a verdict. */
  whiten: MatrixProduct;
  project: MatrixProduct;
  /** Back from states to the whitened past. */
  unproject: MatrixProduct;
}

/**
 * For a long clean run of many channels that fluctuate about fixed levels: canonical variates of the past that best
 * predict the future; T² of the states and Q of the residual, each also smoothed over about ten and thirty rows.
 * Source: Odiowei & Cao, "Nonlinear dynamic process monitoring using canonical variate analysis and kernel density
 * estimations", IEEE Trans. Ind. Informatics 6 (2010), §II.
 */
export const canonicalVariates: RowMethod<Variates> = {
  lags: LAGS,
  weights: [1, 0.2, 0.07],
  alpha: 0.03,
  rowAlpha: 1e-3,
  leastRows: (channels) => Math.max(200, 4 * channels),
  /** Cost grows with the third power of the channels: about a minute from here on. */
  mostChannels: 150,
  train: (runs) => learnVariates(runs),
  load: ({ mean, sd, whiten, project }) => {
    const size = LAGS * mean.length;
    const model = {
      mean,
      sd,
      whiten: new MatrixProduct(whiten, size),
      project: new MatrixProduct(project, size),
      unproject: new MatrixProduct(
        Array.from({ length: size }, (_, i) => project.map((row) => row[i])),
        project.length,
      ),
    };
    return { statistics: (past) => statistics(model, past) };
  },
};

/** @param runs contiguous stretches of rows; pasts and futures do not cross their ends. */
function learnVariates(all: readonly (readonly Float64Array[])[]): Variates {
  const runs = all.filter((run) => run.length > 2 * LAGS);
  const { mean, sd } = columnStandards(runs.flat());
  const width = mean.length;
  const scaled = runs.map((run) => standardisedRun(run, mean, sd));
  const { covariance } = laggedCovariance(scaled, width, 2 * LAGS);
  const size = LAGS * width;
  const ridge = Matrix.eye(size).mul(RIDGE);
  const pp = covariance.subMatrix(0, size - 1, 0, size - 1).add(ridge);
  const ff = covariance.subMatrix(size, 2 * size - 1, size, 2 * size - 1).add(ridge);
  const fp = covariance.subMatrix(size, 2 * size - 1, 0, size - 1);
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

/** @param past `LAGS` rows, oldest first. */
function statistics({ mean, sd, whiten, project, unproject }: Model, past: readonly ArrayLike<number>[]): Statistics {
  const width = mean.length;
  const size = LAGS * width;
  const scaled = new Float64Array(size);
  for (let i = 0, lag = 0; lag < LAGS; lag++)
    for (let c = 0; c < width; c++, i++) scaled[i] = standardised(past[lag][c], mean[c], sd[c]);
  const white = whiten.times(scaled);
  const seen = unproject.times(project.times(white));
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
