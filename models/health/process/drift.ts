import { holmCorrected } from '#models/statistics/holm.ts';
import type { ProcessModel } from './processModel.ts';
import { memoryOf } from './rowMethod.ts';

/** Drift of current rows from those that a model was trained on. */
export interface Fit {
  /** Number of rows compared. */
  rows: number;
  /** Channels whose values have drifted from the training, the furthest first. */
  drifted: { channel: string; psi: number; p: number }[];
  /** Population stability index of the model's own index. */
  indexPsi: number;
  /** Null: the model still fits. */
  advice: string | null;
}

/** Common interpretation: below 0.1 alike, above 0.25 another population (Siddiqi, "Credit risk scorecards", 2006). */
const PSI_LIMIT = 0.25;
const P_LIMIT = 0.01;
/** Equal parts of the training that are compared. */
const PARTS = 10;
const MIN_PART = 1e-3;

/**
 * Population stability index and Kolmogorov–Smirnov test of each channel, with the effective number of independent rows
 * given its autocorrelation, and Holm's correction over channels (Holm, Scand. J. Statist. 6 (1979)). A channel has
 * drifted if both agree.
 * @param rows recent rows of the model's channels. @param indices the model's index of each.
 */
export function fitOf(
  { channels, reference }: Pick<ProcessModel, 'channels' | 'reference'>,
  rows: readonly number[][],
  indices: readonly number[],
): Fit {
  const judged = channels.map((channel, c) => {
    const values = rows.map((row) => row[c]);
    const quantiles = reference.channels[c];
    return { channel, psi: psiOf(values, quantiles), p: sameLaw(values, quantiles, reference.rows) };
  });
  const corrected = holmCorrected(judged.map(({ p }) => p));
  const drifted = judged
    .map((one, c) => ({ ...one, p: corrected[c] }))
    .filter(({ psi, p }) => psi > PSI_LIMIT && p < P_LIMIT)
    .sort((a, b) => b.psi - a.psi)
    .map(({ channel, psi, p }) => ({ channel, psi: Number(psi.toPrecision(3)), p: Number(p.toPrecision(2)) }));
  const advice =
    drifted.length === 0
      ? null
      : `this model no longer fits this machine: ${drifted.map((d) => d.channel).join(', ')} ${drifted.length === 1 ? 'is' : 'are'} no longer as in its training; retrain it on rows of now, if the machine is sound`;
  return { rows: rows.length, drifted, indexPsi: Number(psiOf(indices, reference.index).toPrecision(3)), advice };
}

/** Σ (now − then) ln(now/then) over ten parts with a tenth of the training each. @param quantiles 0, 5 … 100 %. */
export function psiOf(values: readonly number[], quantiles: readonly number[]): number {
  const edges = Array.from({ length: PARTS - 1 }, (_, i) => quantiles[2 * (i + 1)]);
  // A value that many rows share makes parts of unequal size: their training shares follow from the quantiles.
  const share = new Map<number, { trained: number; recent: number }>();
  const partOf = (v: number) => edges.filter((edge) => v > edge).length;
  quantiles.forEach((q, i) => {
    const weight = i === 0 || i === quantiles.length - 1 ? 0.5 : 1;
    const part = share.get(partOf(q)) ?? { trained: 0, recent: 0 };
    share.set(partOf(q), { ...part, trained: part.trained + weight / (quantiles.length - 1) });
  });
  for (const v of values) {
    const part = share.get(partOf(v)) ?? { trained: 0, recent: 0 };
    share.set(partOf(v), { ...part, recent: part.recent + 1 / values.length });
  }
  let psi = 0;
  for (const { trained, recent } of share.values()) {
    const [a, b] = [Math.max(MIN_PART, recent), Math.max(MIN_PART, trained)];
    psi += (a - b) * Math.log(a / b);
  }
  return psi;
}

/** p-value of the Kolmogorov–Smirnov distance (Stephens, J. R. Statist. Soc. B 32 (1970)). */
function sameLaw(values: readonly number[], quantiles: readonly number[], trained: number): number {
  const sorted = Float64Array.from(values).sort();
  let distance = 0;
  quantiles.forEach((q, i) => {
    const [below, upTo] = [countBelow(sorted, q, false), countBelow(sorted, q, true)];
    const level = i / (quantiles.length - 1);
    // Between its quantiles the training law is unknown: only distances beyond both count.
    if (below / sorted.length > level) distance = Math.max(distance, below / sorted.length - level);
    if (upTo / sorted.length < level) distance = Math.max(distance, level - upTo / sorted.length);
  });
  const rho = memoryOf(values);
  const shrink = (1 - rho) / (1 + rho);
  const [n, m] = [Math.max(2, values.length * shrink), Math.max(2, trained * shrink)];
  const root = Math.sqrt((n * m) / (n + m));
  return kolmogorov((root + 0.12 + 0.11 / root) * distance);
}

function countBelow(sorted: Float64Array, q: number, including: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid] < q || (including && sorted[mid] === q)) low = mid + 1;
    else high = mid;
  }
  return low;
}

function kolmogorov(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
