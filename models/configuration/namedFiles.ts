/** Settings such as `caFile`, with the files that they name. Pure. */
export function namedFiles(value: unknown, path = ''): { path: string; file: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path ? `${path}.${key}` : key;
    return typeof inner === 'string' && key.endsWith('File') ? [{ path: at, file: inner }] : namedFiles(inner, at);
  });
}
