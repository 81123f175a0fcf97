import { BrowsePath, type BrowsePathResult, type ClientSession, QualifiedName } from 'node-opcua-client';
import { type PathElement, parseBrowsePath } from './browsePath.ts';
import {
  findNamespace,
  type NamespaceMemory,
  type Namespaces,
  namespaceIndexOf,
  type ResolvedId,
  resolveNodeId,
} from './namespaces.ts';
import { inCalls, type ServerLimits } from './serverLimits.ts';

/** The node id of an address on this connection, or why there is none. */
export type Resolved = { ok: true; nodeId: string } | { ok: false; reason: string; detail: string };

const ROOT = 'ns=0;i=84';
const HIERARCHICAL = 'ns=0;i=33';
const SERVICE_REFUSED = /BadServiceUnsupported|BadNotImplemented|BadNotSupported|BadUserAccessDenied/;

/**
 * Looks up addresses on a server: node ids and browse paths, which begin with `/`. Namespace indices are stored.
 * @throws if a call fails as a whole.
 */
export async function resolveAddresses(
  session: ClientSession,
  addresses: readonly string[],
  limits: ServerLimits,
  memory: NamespaceMemory,
): Promise<Resolved[]> {
  const now = await session.readNamespaceArray();
  const namespaces = { now, first: memory.first, file: memory.file };
  const resolved: (Resolved | undefined)[] = [];
  const indices: number[] = [];
  const paths: { at: number; browsePath: BrowsePath }[] = [];
  for (const [at, address] of addresses.entries()) {
    const elements = parseBrowsePath(address);
    const found = elements ? browsePathOf(elements, namespaces) : resolveNodeId(address, namespaces);
    if (found.ok) indices.push(...(elements?.flatMap(indexOf) ?? [namespaceIndexOf(address) ?? 0]));
    if (!found.ok || 'nodeId' in found) resolved[at] = found;
    else paths.push({ at, browsePath: found.browsePath });
  }
  memory.remember(indices, now);
  const results = await translate(
    session,
    paths.map(({ browsePath }) => browsePath),
    limits,
  );
  for (const [i, { at }] of paths.entries()) resolved[at] = results[i];
  return resolved as Resolved[];
}

const indexOf = ({ namespace }: PathElement): number[] => ('index' in namespace ? [namespace.index] : []);

function browsePathOf(
  path: readonly PathElement[],
  namespaces: Namespaces,
): { ok: true; browsePath: BrowsePath } | Exclude<ResolvedId, { ok: true }> {
  const elements = [];
  for (const { namespace, name } of path) {
    const found = findNamespace(namespace, namespaces, name);
    if (!found.ok) return found;
    elements.push({
      referenceTypeId: HIERARCHICAL,
      includeSubtypes: true,
      targetName: new QualifiedName({ namespaceIndex: found.index, name }),
    });
  }
  return { ok: true, browsePath: new BrowsePath({ startingNode: ROOT, relativePath: { elements } }) };
}

/** Lets the server translate (OPC 10000-4, 5.9.4). */
async function translate(
  session: ClientSession,
  paths: readonly BrowsePath[],
  limits: ServerLimits,
): Promise<Resolved[]> {
  try {
    const results = await inCalls(paths, limits.browsePaths, (some) => session.translateBrowsePath(some));
    return results.map(targetOf);
  } catch (error) {
    // A server without this service still has its other nodes.
    if (!SERVICE_REFUSED.test(String(error))) throw error;
    const detail = `the server resolves no browse paths: use "nodeId" (${error instanceof Error ? error.message : error})`;
    return paths.map(() => ({ ok: false, reason: 'paths_refused', detail }));
  }
}

/** Marks a fully resolved target: a path that continues on another server is not a node of this one. */
const REACHED = 0xffffffff;

function targetOf({ statusCode, targets }: BrowsePathResult): Resolved {
  if (statusCode.isNotGood())
    return { ok: false, reason: statusCode.name, detail: `the server finds no such path: ${statusCode.name}` };
  const reached = (targets ?? []).filter(({ remainingPathIndex }) => remainingPathIndex === REACHED);
  const ids = new Set(reached.map(({ targetId }) => targetId.toString()));
  const [nodeId] = ids;
  if (nodeId === undefined)
    return { ok: false, reason: 'path_elsewhere', detail: 'the path leads to a node of another server' };
  if (ids.size > 1)
    return { ok: false, reason: 'path_ambiguous', detail: `the path leads to ${ids.size} nodes: use "nodeId"` };
  return { ok: true, nodeId };
}
