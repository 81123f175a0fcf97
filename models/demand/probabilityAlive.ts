import { firstDemand } from './sinceFirstDemand.ts';

/** Probability that a demand was an item's last. */
const DROPOUT_CHANCE = 0.02;
/** Prior periods without demand for each item, so that one early demand does not count too much. */
const PRIOR_PERIODS = 12;
/** Largest probability of a demand in a period: a few empty periods in a row can be a strike or a stock-out. */
const MAX_FREQUENT = 0.6;
/** Lower bound of the probability after any silence: means are divided by it. */
const MIN_PROBABILITY = 1e-9;

/**
 * Probability that an item is still in demand, given its silence: each period has a constant probability of a demand,
 * and each demand may be the last. 1 for an item without any demand. Source: Fader, Hardie & Lee, "Counting Your
 * Customers the Easy Way", Marketing Science 24 (2005), with one dropout probability for all items.
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
