/** Whether every topic that `other` fits is one that `filter` fits. */
function covers(filter: readonly string[], other: readonly string[]): boolean {
  for (const [i, level] of filter.entries()) {
    if (level === '#') return true;
    if (other[i] === undefined || other[i] === '#') return false;
    if (level !== '+' && level !== other[i]) return false;
  }
  return filter.length === other.length;
}

/** Whether there is a topic that both fit. */
function meet(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; ; i++) {
    if (a[i] === '#' || b[i] === '#') return true;
    if (a[i] === undefined || b[i] === undefined) return a.length === b.length;
    if (a[i] !== '+' && b[i] !== '+' && a[i] !== b[i]) return false;
  }
}

/** Two subscriptions of a source that both fit some topic: the first decides. `isHidden`: the second never gets any message. */
export interface Overlap {
  first: number;
  second: number;
  isHidden: boolean;
}

const NAMED = /^\{.*\}$/;

const filterLevels = (topic: string): string[] => topic.split('/').map((level) => (NAMED.test(level) ? '+' : level));

/** Whether messages of a topic arrive by a subscription's, which is without the group of a shared one. */
export const fitsTopic = (subscribed: string, topic: string): boolean =>
  covers(filterLevels(subscribed), topic.split('/'));

/** @param topics without groups of shared subscriptions, in their order. */
export function findOverlaps(topics: readonly string[]): Overlap[] {
  const filters = topics.map(filterLevels);
  return filters.flatMap((second, j) =>
    filters
      .slice(0, j)
      .flatMap((first, i) => (meet(first, second) ? [{ first: i, second: j, isHidden: covers(first, second) }] : [])),
  );
}
