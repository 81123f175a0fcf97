/**
 * An item's history from its first demand on: before it, an item may not have existed. The whole history of an item that
 * was never in demand.
 */
export function sinceFirstDemand<T extends readonly number[] | Float64Array>(history: T): T {
  const first = firstDemand(history);
  return (first > 0 ? history.slice(first) : history) as T;
}

/** Index of the first demand; 0 if there is none. */
export function firstDemand(history: ArrayLike<number>): number {
  for (let t = 0; t < history.length; t++) if (history[t] > 0) return t;
  return 0;
}

/**
 * Effective number of periods of a history from its first demand on: beginning with a demand, it holds one more than by
 * chance, so the mean interval between its demands is added.
 * @param periods of the history, the first one a demand. @param demands above 0.
 */
export function periodsExposed(periods: number, demands: number): number {
  return demands > 0 ? periods + periods / demands - 1 : periods;
}
