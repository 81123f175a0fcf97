import { safeName } from '#models/contracts/names.ts';
import type { Subscription } from './sourceConfig.ts';

type Names = Subscription['names'];

/** Limit on cached derived names; beyond it they are derived each time. */
const MAX_KNOWN = 50_000;
const known = new Map<string, string | null>();

function derived(text: string): string | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  const name = safeName(text);
  if (name !== text && known.size < MAX_KNOWN) known.set(text, name);
  return name;
}

/** A name that is safe in topics and files: from the table, else by rule; null for an empty text. */
export function nameOf(text: string, names: Names): string | null {
  return names !== undefined && Object.hasOwn(names, text) ? names[text] : derived(text);
}

/** Null if one is missing. */
export function namesOf(
  asset: string | undefined,
  point: string | undefined,
  names: Names,
): { asset: string; point: string } | null {
  const [safeAsset, safePoint] = [asset, point].map((text) => (text === undefined ? null : nameOf(text, names)));
  return safeAsset === null || safePoint === null ? null : { asset: safeAsset, point: safePoint };
}
