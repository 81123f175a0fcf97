import { survival, type Weibull } from './weibull.ts';

/** `[n][i]`: probability that the (n + 1)st new part is replaced within i steps of the horizon. */
export type Renewals = readonly Float64Array[];

const STEPS = 48;
const MOST = 60;
const NEGLIGIBLE = 1e-7;
const known = new WeakMap<Weibull, Map<number, Renewals>>();

/**
 * Replacement times of successive parts, from a new one on: the distribution of the sum of n lives, by convolution on a
 * grid. Source: Cox, "Renewal Theory" (1962), §3.
 */
export function renewalsOf(prior: Weibull, horizonDays: number): Renewals {
  const byHorizon = known.get(prior) ?? new Map<number, Renewals>();
  known.set(prior, byHorizon);
  const found = byHorizon.get(horizonDays) ?? convolved(prior, horizonDays);
  byHorizon.set(horizonDays, found);
  return found;
}

function convolved(prior: Weibull, horizonDays: number): Renewals {
  const within = (i: number) => 1 - survival(prior, (i * horizonDays) / STEPS);
  let sum = Float64Array.from({ length: STEPS + 1 }, (_, i) => within(i));
  const life = sum.map((v, i) => (i === 0 ? v : v - sum[i - 1]));
  const all: Float64Array[] = [];
  while (all.length < MOST && sum[STEPS] > NEGLIGIBLE) {
    all.push(sum);
    const before = sum;
    // A life ends in the middle of its step: average the previous sum over both ends.
    sum = before.map((_, i) => {
      let total = 0;
      for (let j = 1; j <= i; j++) total += life[j] * ((before[i - j] + before[i - j + 1]) / 2);
      return total;
    });
  }
  return all;
}

/** Probabilities of 0, 1, 2 … replacements in the rest of a horizon, from a new part on. */
export function furtherTimes(renewals: Renewals, horizonDays: number, leftDays: number): number[] {
  if (!(leftDays > 0) || renewals.length === 0) return [1];
  const place = (leftDays / horizonDays) * STEPS;
  const at = Math.min(STEPS - 1, Math.floor(place));
  const part = Math.min(1, place - at);
  const atLeast = renewals.map((r) => (1 - part) * r[at] + part * r[at + 1]);
  return [1, ...atLeast].map((p, n) => Math.max(0, p - (atLeast[n] ?? 0)));
}
