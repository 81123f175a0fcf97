import { safeName } from '#models/contracts/names.ts';
import type { Subscription } from './sourceConfig.ts';

type Names = Subscription['names'];

/** Derived names of texts; beyond so many, each is derived anew. */
const MAX_KNOWN = 50_000;
const known = new Map<string, string | null>();

function derived(text: string): string | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  const name = safeName(text);
  if (name !== text && known.size < MAX_KNOWN) known.set(text, name);
  return name;
}

/** A name as it is safe in topics and files: that of the table, else by rule; null of an empty text. */
export function nameOf(text: string, names: Names): string | null {
  return names !== undefined && Object.hasOwn(names, text) ? names[text] : derived(text);
}

/** Null where one is missing. */
export function namesOf(
  asset: string | undefined,
  point: string | undefined,
  names: Names,
): { asset: string; point: string } | null {
  const [safeAsset, safePoint] = [asset, point].map((text) => (text === undefined ? null : nameOf(text, names)));
  return safeAsset === null || safePoint === null ? null : { asset: safeAsset, point: safePoint };
}
