import { inflated, parseJson, type Read } from './jsonText.ts';
import { readPath } from './readPath.ts';

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Replaces texts at some paths, which are JSON or base64 of it, compressed or not, by their parsed content. Modifies
 * the message.
 */
export function withEmbedded(message: unknown, paths: readonly string[]): Read<unknown> {
  for (const path of paths) {
    const at = path.lastIndexOf('.');
    const holder = at < 0 ? message : readPath(message, path.slice(0, at));
    const key = path.slice(at + 1);
    const text = readPath(holder, key);
    if (typeof text !== 'string') continue;
    const bytes = inflated(BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.from(text));
    const parsed = bytes.ok ? parseJson(bytes.value) : bytes;
    if (!parsed.ok) return parsed;
    (holder as Record<string, unknown>)[key] = parsed.value;
  }
  return { ok: true, value: message };
}
