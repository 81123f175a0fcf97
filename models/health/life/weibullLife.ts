import { z } from 'zod';
import { normalQuantile } from '#models/statistics/quantiles.ts';

/** One unit's observed time: its ages at the first and the last row, and whether it failed at the latter. */
export interface LifeSpan {
  from: number;
  to: number;
  failed: boolean;
}

/** Weibull laws with their posterior weights, which sum to 1. */
export const weibullSchema = z.strictObject({
  failures: z.int(),
  shape: z.array(z.number().positive()),
  scale: z.array(z.number().positive()),
  weight: z.array(z.number()),
});
export type WeibullLife = z.infer<typeof weibullSchema>;

/** Fewer failures do not determine the spread of lives. */
export const MIN_FAILURES = 2;
/** Shapes of machines that wear: a log-normal prior, 90 % of it from 0.75 to 5.4 (Abernethy, "The New Weibull Handbook"). */
const PRIOR_SHAPE = 2;
const PRIOR_SPREAD = 0.6;
const SHAPES = 31;
const SCALES = 61;
/** Scales range from the longest observed age divided by this to that age times this. */
const SCALE_REACH = 30;
/** Laws that weigh less than this part of the best one are dropped. */
const MIN_WEIGHT = 1e-5;
/** Bisection steps in the search for a quantile. */
const HALVINGS = 50;

/**
 * Fits lives to ages at failure, for units that may still run (right censoring) and that were observed only from some
 * age on (left truncation). Few failures leave the law uncertain, so all laws on a grid are kept with their posterior
 * weights: ln L = Σ over failed of ln h(to) − Σ of H(to) − H(from), with H(t) = (t/scale)^shape.
 * Source: Meeker & Escobar, "Statistical Methods for Reliability Data" (1998), §11.6 and §14.
 * @param spans ages in any one unit of time. @throws RangeError if fewer than `MIN_FAILURES` failed.
 */
export function fitWeibull(spans: readonly LifeSpan[]): WeibullLife {
  const failures = spans.filter((s) => s.failed).length;
  if (failures < MIN_FAILURES) throw new RangeError(`${MIN_FAILURES} failures or more are needed, not ${failures}`);
  const longest = Math.max(...spans.map((s) => s.to));
  const laws = Array.from({ length: SHAPES }, (_, i) =>
    Math.exp(Math.log(PRIOR_SHAPE) + PRIOR_SPREAD * normalQuantile((i + 0.5) / SHAPES)),
  ).flatMap((shape) =>
    Array.from({ length: SCALES }, (_, j) => {
      const scale = longest * SCALE_REACH ** ((2 * j) / (SCALES - 1) - 1);
      return { shape, scale, logL: logLikelihood(spans, shape, scale) };
    }),
  );
  const best = Math.max(...laws.map((law) => law.logL));
  const kept = laws.filter((law) => law.logL > best + Math.log(MIN_WEIGHT));
  const total = kept.reduce((sum, law) => sum + Math.exp(law.logL - best), 0);
  return {
    failures,
    shape: kept.map((law) => law.shape),
    scale: kept.map((law) => law.scale),
    weight: kept.map((law) => Math.exp(law.logL - best) / total),
  };
}

function logLikelihood(spans: readonly LifeSpan[], shape: number, scale: number): number {
  let sum = 0;
  for (const { from, to, failed } of spans) {
    sum -= (to / scale) ** shape - (from / scale) ** shape;
    if (failed) sum += Math.log(shape / scale) + (shape - 1) * Math.log(to / scale);
  }
  return sum;
}

/** Quantiles of the remaining life of a unit of this age at the probabilities `levels`, over all laws together. */
export function weibullQuantiles(life: WeibullLife, age: number, levels: readonly number[]): number[] {
  // Survival to this age reweights the laws.
  const atAge = life.weight.map((w, i) => w * Math.exp(-((age / life.scale[i]) ** life.shape[i])));
  const reached = atAge.reduce((a, b) => a + b, 0);
  const failedBy = (left: number) => {
    let sum = 0;
    for (let i = 0; i < life.weight.length; i++)
      sum += life.weight[i] * Math.exp(-(((age + left) / life.scale[i]) ** life.shape[i]));
    return reached > 0 ? 1 - sum / reached : 1;
  };
  const longest = SCALE_REACH * life.scale.reduce((a, b) => Math.max(a, b), 0);
  return levels.map((p) => {
    let [low, high] = [0, longest];
    for (let i = 0; i < HALVINGS; i++) {
      const mid = (low + high) / 2;
      if (failedBy(mid) < p) low = mid;
      else high = mid;
    }
    return high;
  });
}
