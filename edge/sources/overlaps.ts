/** Whether every topic that matches `other` also matches `filter`. */
function covers(filter: readonly string[], other: readonly string[]): boolean {
  for (const [i, level] of filter.entries()) {
    if (level === '#') return true;
    if (other[i] === undefined || other[i] === '#') return false;
    if (level !== '+' && level !== other[i]) return false;
  }
  return filter.length === other.length;
}

/** Whether some topic matches both. */
function meet(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; ; i++) {
    if (a[i] === '#' || b[i] === '#') return true;
    if (a[i] === undefined || b[i] === undefined) return a.length === b.length;
    if (a[i] !== '+' && b[i] !== '+' && a[i] !== b[i]) return false;
  }
}

/**
 * Two subscriptions of a source that match a common topic: the first wins. `isHidden`: the second never gets a message.
 */
export interface Overlap {
  first: number;
  second: number;
  isHidden: boolean;
}

const NAMED = /^\{.*\}$/;

const filterLevels = (topic: string): string[] => topic.split('/').map((level) => (NAMED.test(level) ? '+' : level));

/** Whether messages of a topic belong to a subscription's topic, given without the group of a shared subscription. */
export const fitsTopic = (subscribed: string, topic: string): boolean =>
  covers(filterLevels(subscribed), topic.split('/'));

/** @param topics without groups of shared subscriptions, in order. */
export function findOverlaps(topics: readonly string[]): Overlap[] {
  const filters = topics.map(filterLevels);
  return filters.flatMap((second, j) =>
    filters
      .slice(0, j)
      .flatMap((first, i) => (meet(first, second) ? [{ first: i, second: j, isHidden: covers(first, second) }] : [])),
  );
}
