import { firstDemand } from './sinceFirstDemand.ts';

/** Chance that a demand was an item's last. */
const DROPOUT_CHANCE = 0.02;
/** Periods without demand that each item is taken to have had besides, lest one early demand promise many. */
const PRIOR_PERIODS = 12;
/** Chance of a demand in a period, at most: a few empty periods in a row can be a strike or a stock-out. */
const MAX_FREQUENT = 0.6;
/** What is left of the chance after any silence: means are divided by it. */
const MIN_PROBABILITY = 1e-9;

/**
 * Chance that an item is still asked for, by its silence: demand comes with a constant chance each period, and each may be
 * the last. 1 of what was never asked for. Source: Fader, Hardie & Lee, "Counting Your Customers the Easy Way",
 * Marketing Science 24 (2005), with one chance of the last demand for all items.
 */
export function probabilityAlive(history: ArrayLike<number>): number {
  let [demands, last] = [0, -1];
  for (let t = 0; t < history.length; t++) {
    if (!(history[t] > 0)) continue;
    demands++;
    last = t;
  }
  if (demands === 0) return 1;
  const chance = Math.min(MAX_FREQUENT, demands / (last - firstDemand(history) + 1 + PRIOR_PERIODS));
  const silent = (1 - DROPOUT_CHANCE) * (1 - chance) ** (history.length - 1 - last);
  return last === history.length - 1 ? 1 : Math.max(MIN_PROBABILITY, silent / (silent + DROPOUT_CHANCE));
}
