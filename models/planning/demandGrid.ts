import type { DemandLaw } from './demandLaw.ts';

/** Demand on a grid: `mass[k]` is the probability of a demand of `k` steps; `step` in units of the item. */
export interface GridLaw {
  step: number;
  mass: Float64Array;
}

/** Cells between 0 and the largest demand: steps of 0.3 % of it, fine enough not to affect a policy's cost. */
const MAX_CELLS = 320;

/**
 * The step of an item's grid: its smallest unit where the range allows, else a multiple of it.
 * @param unit smallest quantity in which the item is counted, in units of the item.
 * @param largest demand or lot that has to fit, in units of the item.
 */
export function gridStep(unit: number, largest: number): number {
  return unit * Math.max(1, Math.ceil(largest / unit / MAX_CELLS));
}

/** Rounds a demand distribution to a grid; splits a value between two steps so that the mean is kept. */
export function onGrid({ quantiles }: DemandLaw, step: number): GridLaw {
  const largest = quantiles[quantiles.length - 1] / step;
  const mass = new Float64Array(Math.floor(largest + 1e-9) + 2);
  const each = 1 / quantiles.length;
  for (const quantile of quantiles) {
    const at = quantile / step;
    const below = Math.floor(at + 1e-9);
    const above = Math.max(0, at - below);
    mass[below] += each * (1 - above);
    mass[below + 1] += each * above;
  }
  return { step, mass };
}
