import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A node id with its current namespace index, or why there is none. */
export type ResolvedId = { ok: true; nodeId: string } | { ok: false; reason: NamespaceFault; detail: string };
export type NamespaceFault = 'namespace_unknown' | 'namespace_changed';

/** A namespace as configured; a URI is kept as written, with `;` and `%` escaped. */
export type NamespaceRef = { uri: string } | { index: number };
/** The current index of a namespace. */
export type FoundNamespace = { ok: true; index: number } | { ok: false; reason: NamespaceFault; detail: string };

/** Namespaces for look-ups: the server's current ones, and `first`, those first seen, which are stored in `file`. */
export interface Namespaces {
  now: readonly string[];
  first: ReadonlyMap<number, string>;
  file: string;
}

const BY_URI = /^nsu=([^;]+);(.+)$/;
const BY_INDEX = /^ns=(\d+);/;

/** OPC 10000-6, 5.3.1.10: in a URI only `;` and `%` are escaped. */
const unescaped = (uri: string) => uri.replace(/%3b/gi, ';').replace(/%25/g, '%');

/** Resolves a node id against the server's namespace array. */
export function resolveNodeId(nodeId: string, namespaces: Namespaces): ResolvedId {
  const byUri = BY_URI.exec(nodeId);
  const rest = byUri?.[2] ?? nodeId.replace(BY_INDEX, '');
  const found = findNamespace(byUri ? { uri: byUri[1] } : { index: indexOf(nodeId) }, namespaces, rest);
  if (!found.ok) return found;
  return { ok: true, nodeId: byUri ? `ns=${found.index};${rest}` : nodeId };
}

/**
 * Finds the current index of a namespace. A server may renumber its namespaces whenever it starts: a URI is looked up,
 * and an index counts only while it denotes the namespace it denoted at first.
 * @param rest remainder of the setting, for the remedy.
 */
export function findNamespace(namespace: NamespaceRef, { now, first, file }: Namespaces, rest: string): FoundNamespace {
  if ('uri' in namespace) {
    const uri = unescaped(namespace.uri);
    const index = now.indexOf(uri);
    if (index >= 0) return { ok: true, index };
    const detail = `the server has no namespace ${uri}; it has ${now.join(', ')}`;
    return { ok: false, reason: 'namespace_unknown', detail };
  }
  const { index } = namespace;
  const before = first.get(index);
  if (before === undefined || before === now[index]) return { ok: true, index };
  const detail = `namespace ${index} was ${before} and is now ${now[index] ?? 'absent'}: write nsu=${before};${rest}, or delete ${file} to accept the new numbering`;
  return { ok: false, reason: 'namespace_changed', detail };
}

/** A server's node id with the URI instead of the index. */
export function withNamespaceUri(nodeId: string, namespaces: readonly string[]): string {
  const index = indexOf(nodeId);
  if (index === 0) return nodeId;
  const uri = namespaces[index].replace(/%/g, '%25').replace(/;/g, '%3B');
  return `nsu=${uri};${nodeId.replace(BY_INDEX, '')}`;
}

/** The namespace index in a node id; null if it has a URI. */
export const namespaceIndexOf = (nodeId: string): number | null => (BY_URI.test(nodeId) ? null : indexOf(nodeId));

/** 0 if a node id has none: the standard's own namespace, which never moves. */
function indexOf(nodeId: string): number {
  return Number(BY_INDEX.exec(nodeId)?.[1] ?? 0);
}

const fileSchema = z.object({ endpoint: z.string(), namespaces: z.record(z.string().regex(/^\d+$/), z.string()) });

/** Namespace URIs of the configured indices, as first seen on the server; kept across restarts. */
export class NamespaceMemory {
  readonly file: string;
  readonly #directory: string;
  readonly #endpoint: string;
  readonly #first = new Map<number, string>();

  /** @throws if the file exists and cannot be read, or is damaged. */
  constructor(dataDirectory: string, endpoint: string) {
    this.#directory = join(dataDirectory, 'opcua');
    this.#endpoint = endpoint;
    const name = createHash('sha256').update(endpoint).digest('hex').slice(0, 16);
    this.file = join(this.#directory, `namespaces-${name}.json`);
    for (const [index, uri] of Object.entries(this.#read())) this.#first.set(Number(index), uri);
  }

  get first(): ReadonlyMap<number, string> {
    return this.#first;
  }

  /** Stores the namespaces of new indices. @throws if the write fails. */
  remember(indices: readonly number[], namespaces: readonly string[]): void {
    const before = this.#first.size;
    for (const index of indices)
      if (index > 0 && index < namespaces.length && !this.#first.has(index)) this.#first.set(index, namespaces[index]);
    if (this.#first.size === before) return;
    mkdirSync(this.#directory, { recursive: true });
    const content = { endpoint: this.#endpoint, namespaces: Object.fromEntries(this.#first) };
    writeFileSync(this.file, `${JSON.stringify(content, null, 2)}\n`);
  }

  #read(): Record<string, string> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
    try {
      return fileSchema.parse(JSON.parse(text)).namespaces;
    } catch {
      throw new Error(`${this.file} is damaged: delete it to accept the server's namespaces as they are`);
    }
  }
}
