/** Rows of a regression, stored row by row. */
export interface Rows {
  columns: Float64Array[];
  /** Observed outcome, never negative. */
  outcome: Float64Array;
  /** For each row, above 0. */
  weight: Float64Array;
  /** For each row, the factor on its mean, above 0. */
  exposure: Float64Array;
}

export interface PooledMean {
  /** Fitted values of the training rows. */
  fitted: Float64Array;
  /** Mean of another row, before its exposure. */
  mean: (columns: Float64Array) => number;
}

const RIDGE = 50;
const STEPS = 12;
const ENOUGH = 1e-6;
const HALVINGS = 8;
const LARGEST_LOG = 12;

/**
 * Regression with a log link and a variance of μ + μ² (weight μ/(1+μ)), by iteratively reweighted least squares with a
 * ridge on all but the constant. Columns are centred and scaled. Source: McCullagh & Nelder, "Generalized Linear Models"
 * (1989), §2.5; Hoerl & Kennard (1970).
 * @param rows whose columns, the first the constant 1, are standardised in place.
 */
export function pooledMean({ columns, outcome, weight, exposure }: Rows): PooledMean {
  const { centre, scale } = standards(columns, weight);
  const p = centre.length;
  for (const row of columns) for (let j = 0; j < p; j++) row[j] = (row[j] - centre[j]) / scale[j];
  const exposed = exposure.reduce((sum, v, i) => sum + v * weight[i], 0);
  const meanOutcome = outcome.reduce((sum, v, i) => sum + v * weight[i], 0) / exposed;
  let beta = new Float64Array(p);
  beta[0] = Math.log(Math.max(meanOutcome, 1e-6));
  const mean = (row: Float64Array, by: Float64Array = beta) => Math.exp(Math.min(LARGEST_LOG, dot(by, row)));
  const deviance = (by: Float64Array) =>
    columns.reduce((sum, row, i) => sum + weight[i] * devianceOf(outcome[i], exposure[i] * mean(row, by)), 0);
  let fit = deviance(beta);
  for (let step = 0; step < STEPS; step++) {
    const gram = Array.from({ length: p }, () => new Float64Array(p));
    const right = new Float64Array(p);
    columns.forEach((row, i) => {
      const mu = exposure[i] * mean(row);
      const w = (weight[i] * mu) / (1 + mu);
      const working = dot(beta, row) + (outcome[i] - mu) / mu;
      for (let a = 0; a < p; a++) {
        const wa = w * row[a];
        right[a] += wa * working;
        for (let b = 0; b <= a; b++) gram[a][b] += wa * row[b];
      }
    });
    for (let a = 1; a < p; a++) gram[a][a] += RIDGE;
    let next = solved(gram, right);
    let reached = deviance(next);
    // Far from the optimum a full step may overshoot to means of any size.
    for (let half = 0; half < HALVINGS && !(reached <= fit * (1 + ENOUGH)); half++) {
      next = next.map((v, j) => (v + beta[j]) / 2);
      reached = deviance(next);
    }
    if (!(reached <= fit * (1 + ENOUGH))) break;
    const largestChange = next.reduce((largest, v, j) => Math.max(largest, Math.abs(v - beta[j])), 0);
    [beta, fit] = [next, reached];
    if (largestChange < ENOUGH) break;
  }
  return {
    fitted: Float64Array.from(columns, (row, i) => exposure[i] * mean(row)),
    mean: (row) => mean(row.map((v, j) => (v - centre[j]) / scale[j])),
  };
}

/** Half the unit deviance of a variance of μ + μ² (McCullagh & Nelder 1989, table 9.1). */
function devianceOf(y: number, mu: number): number {
  return (y > 0 ? y * Math.log(y / mu) : 0) - (y + 1) * Math.log((y + 1) / (mu + 1));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Means and standard deviations of the columns; 0 and 1 for the constant. */
function standards(columns: readonly Float64Array[], weight: Float64Array) {
  const p = columns[0].length;
  const centre = new Float64Array(p);
  const scale = new Float64Array(p).fill(1);
  const total = weight.reduce((a, b) => a + b, 0);
  for (let j = 1; j < p; j++) {
    columns.forEach((row, i) => {
      centre[j] += (weight[i] * row[j]) / total;
    });
    let power = 0;
    columns.forEach((row, i) => {
      power += (weight[i] * (row[j] - centre[j]) ** 2) / total;
    });
    scale[j] = power > 1e-12 ? Math.sqrt(power) : 1;
  }
  return { centre, scale };
}

/** Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's factors. */
function solved(gram: Float64Array[], right: Float64Array): Float64Array<ArrayBuffer> {
  const p = right.length;
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = gram[a][b];
      for (let k = 0; k < b; k++) sum -= gram[a][k] * gram[b][k];
      gram[a][b] = a === b ? Math.sqrt(Math.max(sum, 1e-12)) : sum / gram[b][b];
    }
  }
  const x = Float64Array.from(right);
  for (let a = 0; a < p; a++) {
    for (let k = 0; k < a; k++) x[a] -= gram[a][k] * x[k];
    x[a] /= gram[a][a];
  }
  for (let a = p - 1; a >= 0; a--) {
    for (let k = a + 1; k < p; k++) x[a] -= gram[k][a] * x[k];
    x[a] /= gram[a][a];
  }
  return x;
}
