import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A node id with the namespace index that it has on this connection, or why it has none. */
export type ResolvedId = { ok: true; nodeId: string } | { ok: false; reason: NamespaceFault; detail: string };
export type NamespaceFault = 'namespace_unknown' | 'namespace_changed';

const BY_URI = /^nsu=([^;]+);(.+)$/;
const BY_INDEX = /^ns=(\d+);/;

/** OPC 10000-6, 5.3.1.10: in a URI only `;` and `%` are escaped. */
const unescaped = (uri: string) => uri.replace(/%3b/gi, ';').replace(/%25/g, '%');

/**
 * Resolves a node id against the server's namespace array. A server may number its namespaces anew whenever it starts: a
 * URI is looked up, and an index counts only while it stands for the namespace for which it stood at first.
 * @param remembered URIs by index, as they were at first; `file` is where they lie.
 */
export function resolveNodeId(
  nodeId: string,
  namespaces: readonly string[],
  remembered: ReadonlyMap<number, string>,
  file: string,
): ResolvedId {
  const byUri = BY_URI.exec(nodeId);
  if (byUri) {
    const uri = unescaped(byUri[1]);
    const index = namespaces.indexOf(uri);
    if (index >= 0) return { ok: true, nodeId: `ns=${index};${byUri[2]}` };
    const detail = `the server has no namespace ${uri}; it has ${namespaces.join(', ')}`;
    return { ok: false, reason: 'namespace_unknown', detail };
  }
  const index = indexOf(nodeId);
  const first = remembered.get(index);
  if (first === undefined || first === namespaces[index]) return { ok: true, nodeId };
  const rest = nodeId.replace(BY_INDEX, '');
  const now = namespaces[index] ?? 'absent';
  const detail = `namespace ${index} was ${first} and is now ${now}: write nsu=${first};${rest}, or delete ${file} to accept the new numbering`;
  return { ok: false, reason: 'namespace_changed', detail };
}

/** 0 where a node id names none: the standard's own namespace, which never moves. */
function indexOf(nodeId: string): number {
  return Number(BY_INDEX.exec(nodeId)?.[1] ?? 0);
}

const fileSchema = z.object({ endpoint: z.string(), namespaces: z.record(z.string().regex(/^\d+$/), z.string()) });

/** Namespace URIs of the indices that a configuration uses, as the server had them at first; kept across restarts. */
export class NamespaceMemory {
  readonly file: string;
  readonly #directory: string;
  readonly #endpoint: string;
  readonly #first = new Map<number, string>();

  /** @throws where the file exists and cannot be read, or is damaged. */
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

  /** Remembers the namespaces of node ids that name an index which was not used before. @throws where the disk refuses. */
  remember(nodeIds: readonly string[], namespaces: readonly string[]): void {
    const before = this.#first.size;
    for (const nodeId of nodeIds) {
      const index = BY_URI.test(nodeId) ? 0 : indexOf(nodeId);
      if (index > 0 && index < namespaces.length && !this.#first.has(index)) this.#first.set(index, namespaces[index]);
    }
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
