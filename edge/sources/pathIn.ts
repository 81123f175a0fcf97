/** What lies at a dotted path; `*` gives an array of what lies at the rest of the path in each element; '' is all. */
export function pathIn(value: unknown, path: string): unknown {
  if (path === '') return value;
  // A key may hold dots itself.
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, path))
    return (value as Record<string, unknown>)[path];
  const keys = path.split('.');
  let found = value;
  for (const [i, key] of keys.entries()) {
    if (key === '*') {
      if (!Array.isArray(found)) return undefined;
      const rest = keys.slice(i + 1).join('.');
      return rest === '' ? found : found.map((one) => pathIn(one, rest));
    }
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
