/** Undefined for invalid JSON: schemas refuse that, and readers report it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
