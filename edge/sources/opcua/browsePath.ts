import type { NamespaceRef } from './namespaces.ts';

/** One step of a browse path: a browse name and its namespace. */
export interface PathElement {
  namespace: NamespaceRef;
  name: string;
}

const ELEMENT = /^(?:(\d+):|nsu=([^;]+);|(?!\d+:|nsu=))(.+)$/s;

/**
 * Parses a path below the Root folder, such as `/Objects/2:Pump/nsu=urn:vendor:device;Speed`. A browse name is preceded
 * by its namespace (as in OPC 10000-4, A.2, or as a URI); the default is the standard's own. `&` escapes the next
 * character, as in `2:In&/Out`. Null for any other text.
 */
export function parseBrowsePath(text: string): PathElement[] | null {
  if (!text.startsWith('/')) return null;
  const elements = splitLevels(text.slice(1)).map(elementOf);
  return elements.every((element) => element !== null) ? elements : null;
}

function elementOf(text: string): PathElement | null {
  const m = ELEMENT.exec(text);
  if (!m) return null;
  const [, index, uri, name] = m;
  const namespace: NamespaceRef = uri === undefined ? { index: Number(index ?? 0) } : { uri };
  return { namespace, name: name.replace(/&(.)/gs, '$1') };
}

/** Splits at slashes, except in a namespace URI or after `&`. Escapes are kept. */
export function splitLevels(text: string): string[] {
  const levels: string[] = [];
  for (const [level] of text.matchAll(/(?:^|\/)(?:nsu=[^;]+;)?(?:&.|[^/&])*/gs)) levels.push(level.replace(/^\//, ''));
  return levels;
}
