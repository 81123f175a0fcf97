import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { predictionLimit } from './predictionLimit.ts';
import { columnStandards, leadingChannels, type RowScore, type TableDetector } from './tableDetector.ts';

const LAGS = 3;
const STATES = 20;
const RIDGE = 0.01;
/** A single value counts for no more than this many standard deviations: a spike must not last in the averages. */
const WINSORISED = 10;
const BLOCKS = 5;
/** Chance that normal rows bring any of the six statistics over its limit. */
const ALPHA = 0.03;
/** Each statistic as it is, and smoothed over some ten and thirty rows. */
const WEIGHTS = [1, 0.2, 0.07] as const;

interface Model {
  mean: Float64Array;
  sd: Float64Array;
  /** Past to whitened past; past to states. */
  whiten: Matrix;
  project: Matrix;
}

interface Statistics {
  /** T² of the states, Q of what the states leave. */
  values: [number, number];
  /** What each channel added to the two, over all lags. */
  parts: [Float64Array, Float64Array];
}

/**
 * For a long clean run of many channels that swing about fixed levels: canonical variates of the past that best tell the
 * future; T² of the states and Q of the rest, each also as an EWMA. Limits from five contiguous blocks that the model had
 * not seen: mean and spread of the log statistic with as many independent values as its autocorrelation leaves.
 * Source: Odiowei & Cao, "Nonlinear dynamic process monitoring using canonical variate analysis and kernel density
 * estimations", IEEE Trans. Ind. Informatics 6 (2010), §II.
 */
export class CanonicalVariatesDetector implements TableDetector {
  readonly name = 'canonical_variates';
  readonly #names: readonly string[];
  readonly #model: Model;
  readonly #limits: number[];
  readonly #levels: number[];
  readonly #past: Float64Array[];

  /** Rows that a model of so many channels asks for. */
  static leastRows(channels: number): number {
    return Math.max(200, 4 * channels);
  }

  /** @param training rows of numbers, oldest first, `leastRows` or more. */
  constructor(names: readonly string[], training: readonly Float64Array[]) {
    this.#names = names;
    this.#model = learned([training]);
    const series = outOfFold(training);
    this.#limits = series.map((values) => predictionLimit(values, ALPHA / (2 * WEIGHTS.length)));
    this.#levels = series.map((values) => values.reduce((a, b) => a + Math.log(b), 0) / values.length).map(Math.exp);
    this.#past = training.slice(-LAGS);
  }

  score(row: Float64Array): RowScore {
    // The past ends with this very row, so that a fault is seen in it.
    this.#past.push(row);
    if (this.#past.length > LAGS) this.#past.shift();
    const { values, parts } = statistics(this.#model, this.#past);
    let worst = { ratio: 0, statistic: 0 };
    this.#levels.forEach((level, i) => {
      const statistic = i % 2;
      this.#levels[i] = level + WEIGHTS[i >> 1] * (values[statistic] - level);
      const ratio = this.#levels[i] / this.#limits[i];
      if (ratio > worst.ratio) worst = { ratio, statistic };
    });
    const channels = leadingChannels(this.#names, parts[worst.statistic]);
    return { score: worst.ratio, anomaly: worst.ratio > 1, channels };
  }
}

/** @param runs contiguous stretches of rows; pasts and futures do not reach over their ends. */
function learned(runs: readonly (readonly Float64Array[])[]): Model {
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
  return { mean, sd, whiten, project: vectors.transpose() };
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
function statistics({ mean, sd, whiten, project }: Model, past: readonly Float64Array[]): Statistics {
  const width = mean.length;
  const scaled = past.flatMap((row) =>
    Array.from(row, (v, c) => Math.max(-WINSORISED, Math.min(WINSORISED, (v - mean[c]) / sd[c]))),
  );
  const white = whiten.mmul(Matrix.columnVector(scaled));
  const states = project.mmul(white);
  const seen = project.transpose().mmul(states);
  const [tParts, qParts] = [new Float64Array(width), new Float64Array(width)];
  let [t2, q] = [0, 0];
  for (let i = 0; i < scaled.length; i++) {
    const inside = seen.get(i, 0);
    const rest = white.get(i, 0) - inside;
    t2 += inside * inside;
    q += rest * rest;
    tParts[i % width] += inside * inside;
    qParts[i % width] += rest * rest;
  }
  return { values: [Math.max(t2, 1e-12), Math.max(q, 1e-12)], parts: [tParts, qParts] };
}

/** The six statistics on blocks that the model had not seen, one series each. */
function outOfFold(training: readonly Float64Array[]): number[][] {
  const series: number[][] = Array.from({ length: 2 * WEIGHTS.length }, () => []);
  for (let b = 0; b < BLOCKS; b++) {
    const from = Math.floor((b * training.length) / BLOCKS);
    const to = Math.floor(((b + 1) * training.length) / BLOCKS);
    const model = learned([training.slice(0, from), training.slice(to)].filter((run) => run.length > 2 * LAGS));
    const levels: (number | null)[] = series.map(() => null);
    for (let t = from + LAGS - 1; t < to; t++) {
      const { values } = statistics(model, training.slice(t - LAGS + 1, t + 1));
      series.forEach((all, i) => {
        const before = levels[i];
        const next = before === null ? values[i % 2] : before + WEIGHTS[i >> 1] * (values[i % 2] - before);
        levels[i] = next;
        all.push(next);
      });
    }
  }
  return series;
}
