/**
 * Whether a name matches a pattern: `pump-*` matches every name with that prefix. Each part between two `*` is matched
 * once, at its first occurrence; a regular expression backtracks over all of them and takes hours for a dozen.
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
