/**
 * Indices of `count` items of a table, at random but independent of their names, order and unit: by a hash of their
 * histories (FNV-1a; Fowler, Noll & Vo, 1991).
 * @param counting unit of each history.
 */
export function sampleItems(
  histories: readonly ArrayLike<number>[],
  units: readonly number[],
  count: number,
): number[] {
  const places = histories.map((_, i) => i);
  if (places.length <= count) return places;
  const hashes = histories.map((history, i) => hashOf(history, units[i]));
  return places.sort((a, b) => hashes[a] - hashes[b]).slice(0, count);
}

function hashOf(history: ArrayLike<number>, unit: number): number {
  let hash = 0x811c9dc5;
  for (let t = 0; t < history.length; t++) hash = Math.imul(hash ^ Math.round(history[t] / unit), 0x01000193);
  return hash >>> 0;
}
