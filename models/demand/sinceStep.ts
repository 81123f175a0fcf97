/** Fewest periods of a new level. */
const MIN_SINCE = 4;
/** Probability of such an order of periods without a step. */
const CHANCE = 1e-4;

/**
 * A part's history from its last significant step on: the newest periods all lie above, or all below, all earlier ones,
 * and are too many for chance. Of n exchangeable periods, the newest k are the largest with a chance of 1 / (n over k)
 * (Wilcoxon, Biometrics Bulletin 1 (1945)). The whole history if there is no step.
 */
export function sinceStep(history: readonly number[]): readonly number[] {
  const n = history.length;
  const before = extremesUpTo(history);
  let [lowest, highest, chance] = [Number.POSITIVE_INFINITY, 0, 1];
  for (let since = 1; 2 * since <= n; since++) {
    lowest = Math.min(lowest, history[n - since]);
    highest = Math.max(highest, history[n - since]);
    chance *= since / (n - since + 1);
    const { low, high } = before[n - since - 1];
    // Periods without demand are not a level: silence is handled separately.
    const isSeparate = lowest > high || (highest < low && lowest > 0);
    if (since >= MIN_SINCE && chance < CHANCE && isSeparate) return history.slice(n - since);
  }
  return history;
}

/** The least and largest of each period and all before it. */
function extremesUpTo(history: readonly number[]): { low: number; high: number }[] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  return history.map((v) => {
    low = Math.min(low, v);
    high = Math.max(high, v);
    return { low, high };
  });
}
