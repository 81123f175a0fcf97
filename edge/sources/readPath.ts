/**
 * The value at a dotted path; `*` gives an array of the values at the rest of the path in each element; '' is the
 * whole.
 */
export function readPath(value: unknown, path: string): unknown {
  if (path === '') return value;
  // A key may contain dots.
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
    const length = keyLength(found, keys, i);
    if (length === 0) return undefined;
    found = (found as Record<string, unknown>)[keys.slice(i, i + length).join('.')];
    i += length - 1;
  }
  return found;
}

/** Number of path parts that form a key of the object: one, or more for a key with dots; 0 if there is none. */
function keyLength(object: object, keys: readonly string[], from: number): number {
  for (let n = 1; from + n <= keys.length; n++)
    if (Object.hasOwn(object, keys.slice(from, from + n).join('.'))) return n;
  return 0;
}
