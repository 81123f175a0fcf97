/** What lies at a dotted path; `*` gives an array of what lies at the rest of the path in each element; '' is all. */
export function readPath(value: unknown, path: string): unknown {
  if (path === '') return value;
  // A key may hold dots itself.
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, path))
    return (value as Record<string, unknown>)[path];
  const keys = path.split('.');
  let found = value;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === '*') {
      if (!Array.isArray(found)) return undefined;
      const rest = keys.slice(i + 1).join('.');
      return rest === '' ? found : found.map((one) => readPath(one, rest));
    }
    if (typeof found !== 'object' || found === null) return undefined;
    const taken = keysTaken(found, keys, i);
    if (taken === 0) return undefined;
    found = (found as Record<string, unknown>)[keys.slice(i, i + taken).join('.')];
    i += taken - 1;
  }
  return found;
}

/** How many parts of a path make a key of the object: one, or more of a key with dots; 0 where there is none. */
function keysTaken(object: object, keys: readonly string[], from: number): number {
  for (let n = 1; from + n <= keys.length; n++)
    if (Object.hasOwn(object, keys.slice(from, from + n).join('.'))) return n;
  return 0;
}
