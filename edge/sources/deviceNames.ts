import { safeName } from '#models/contracts/names.ts';
import type { Subscription } from './sourceConfig.ts';

type Names = Subscription['names'];

/** A name as it is safe in topics and files: that of the table, else by rule; null of an empty text. */
export function nameOf(text: string, names: Names): string | null {
  return names !== undefined && Object.hasOwn(names, text) ? names[text] : safeName(text);
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
