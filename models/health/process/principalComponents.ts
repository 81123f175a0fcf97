import { EigenvalueDecomposition } from 'ml-matrix';
import { z } from 'zod';
import { laggedCovariance, standardisedRun } from './laggedCovariance.ts';
import { columnStandards, type RowMethod, standardised } from './rowMethod.ts';

/** Part of the variance that the kept principal components explain. */
const HELD_VARIANCE = 0.9;

const numbers = z.array(z.number());
export const planeSchema = z.strictObject({
  mean: numbers,
  sd: z.array(z.number().positive()),
  /** One row per component, over the channels; and the variance of each. */
  components: z.array(numbers),
  variances: z.array(z.number().positive()),
});
type Plane = z.infer<typeof planeSchema>;

/**
 * The plane in which normal rows lie: principal components of the correlation matrix, Hotelling's T² inside the plane
 * and Q (squared prediction error) orthogonal to it. Source: Jackson & Mudholkar, "Control procedures for residuals
 * associated with principal component analysis", Technometrics 21 (1979).
 */
export const principalComponents: RowMethod<Plane> = {
  lags: 1,
  weights: [0.3],
  alpha: 0.002,
  leastRows: (channels) => Math.max(100, 5 * channels),
  mostChannels: 200,
  train: (runs) => planeOf(runs.flat()),
  load: (plane) => ({ statistics: ([row]) => statistics(plane, row) }),
};

function planeOf(rows: readonly Float64Array[]): Plane {
  const { mean, sd } = columnStandards(rows);
  const { covariance: correlation } = laggedCovariance([standardisedRun(rows, mean, sd)], mean.length, 1);
  const eigen = new EigenvalueDecomposition(correlation, { assumeSymmetric: true });
  const order = eigen.realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => eigen.realEigenvalues[b] - eigen.realEigenvalues[a]);
  const total = eigen.realEigenvalues.reduce((a, b) => a + Math.max(0, b), 0);
  let held = 0;
  const kept: number[] = [];
  // At least one direction is left for Q.
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
  const scaled = mean.map((m, c) => standardised(row[c], m, sd[c]));
  const seen = new Float64Array(scaled.length);
  const [tParts, qParts] = [new Float64Array(scaled.length), new Float64Array(scaled.length)];
  let t2 = 0;
  components.forEach((component, k) => {
    const score = component.reduce((sum, weight, c) => sum + weight * scaled[c], 0);
    t2 += (score * score) / variances[k];
    component.forEach((weight, c) => {
      seen[c] += score * weight;
      tParts[c] += (score / variances[k]) * weight * scaled[c];
    });
  });
  let q = 0;
  scaled.forEach((v, c) => {
    qParts[c] = (v - seen[c]) ** 2;
    q += qParts[c];
  });
  return { values: [Math.max(t2, 1e-12), Math.max(q, 1e-12)], parts: [tParts, qParts] };
}
