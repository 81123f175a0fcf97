/**
 * Whether a name fits a pattern: `pump-*` fits every name that begins so. Each part between two `*` is looked for once,
 * where it comes first: a regular expression of the same tries every place of each, and takes hours for a dozen.
 */
export function matchesName(pattern: string, name: string): boolean {
  const [first, ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
