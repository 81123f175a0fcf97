/** Undefined where it is no JSON: a schema refuses that, and its reader says so. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
