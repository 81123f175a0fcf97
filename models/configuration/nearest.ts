/** Largest number of edits. */
const MAX_EDITS = 3;

/** The name most similar to `given`; null if none is close. Pure. */
export function nearest(given: string, names: readonly string[]): string | null {
  let [best, least] = [null as string | null, Math.min(MAX_EDITS, given.length / 2)];
  for (const name of names) {
    const edits = editsBetween(given.toLowerCase(), name.toLowerCase());
    if (edits < least || (edits === least && best === null)) [best, least] = [name, edits];
  }
  return best;
}

/** Levenshtein distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
