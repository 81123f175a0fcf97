import {
  AttributeIds,
  BrowseDirection,
  type ClientSession,
  DataType,
  NodeClass,
  type ReferenceDescription,
} from 'node-opcua-client';
import { engineeringUnits } from './engineeringUnits.ts';
import { identityOf, opcuaClient } from './opcuaClient.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';
import { inCalls, readServerLimits, type ServerLimits } from './serverLimits.ts';

/** A variable of a server, as `millwright edge browse` shows it. */
export interface BrowsedVariable {
  /** Browse names from the root on, with `/` between. */
  path: string;
  nodeId: string;
  dataType: string;
  /** Elements of its value, where that is an array. */
  length: number | null;
  unit: string | null;
  value: number | string | boolean | null;
  status: string;
}

const MAX_DEPTH = 12;
const CHUNK = 100;
const CONNECT_MS = 15_000;

/** Every variable below a node, depth first, at most `limit` of them. @throws where the server is away, or lets us not in. */
export async function browse(
  config: OpcuaSourceConfig,
  dataDirectory: string,
  root: string,
  limit: number,
): Promise<BrowsedVariable[]> {
  const client = opcuaClient(config, dataDirectory);
  try {
    await within(client.connect(config.endpoint), CONNECT_MS, `${config.endpoint} did not answer`);
    const session = await client.createSession(identityOf(config));
    try {
      const limits = await readServerLimits(session);
      return await readAll(session, await listVariables(session, root, limit, limits), limits);
    } finally {
      await session.close();
    }
  } finally {
    await client.disconnect();
  }
}

async function listVariables(session: ClientSession, root: string, limit: number, limits: ServerLimits) {
  const found: { path: string; nodeId: string }[] = [];
  const seen = new Set([root]);
  let level = [{ nodeId: root, path: '' }];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && found.length < limit; depth++) {
    const next: typeof level = [];
    for (let at = 0; at < level.length; at += CHUNK) {
      const parents = level.slice(at, at + CHUNK);
      const children = await childrenOf(
        session,
        parents.map(({ nodeId }) => nodeId),
        limits,
      );
      children.forEach((references, i) => {
        for (const { nodeId, browseName, nodeClass } of references) {
          const id = nodeId.toString();
          // The server's own diagnostics are no machine's; and an address space may have circles.
          if (seen.has(id) || id === SERVER) continue;
          seen.add(id);
          const path = `${parents[i].path === '' ? '' : `${parents[i].path}/`}${browseName.name}`;
          if (nodeClass === NodeClass.Variable) found.push({ path, nodeId: id });
          if (nodeClass === NodeClass.Object || nodeClass === NodeClass.Variable) next.push({ nodeId: id, path });
        }
      });
    }
    level = next;
  }
  return found.slice(0, limit);
}

const SERVER = 'ns=0;i=2253';

/** Components, organised nodes and the rest of what leads down, not properties; servers hand out long lists in pieces. */
async function childrenOf(
  session: ClientSession,
  nodeIds: readonly string[],
  limits: ServerLimits,
): Promise<ReferenceDescription[][]> {
  const results = await inCalls(nodeIds, limits.browses, (some) =>
    session.browse(
      some.map((nodeId) => ({
        nodeId,
        referenceTypeId: 'HierarchicalReferences',
        browseDirection: BrowseDirection.Forward,
        includeSubtypes: true,
        nodeClassMask: 0,
        resultMask: 63,
      })),
    ),
  );
  const lists: ReferenceDescription[][] = [];
  for (const result of results) {
    const references = [...(result.references ?? [])];
    for (let more = result.continuationPoint; more && more.length > 0; ) {
      const rest = await session.browseNext(more, false);
      references.push(...(rest.references ?? []));
      more = rest.continuationPoint;
    }
    const isProperty = (r: ReferenceDescription) =>
      r.referenceTypeId.value === HAS_PROPERTY && r.referenceTypeId.namespace === 0;
    lists.push(references.filter((r) => !isProperty(r)));
  }
  return lists;
}

const HAS_PROPERTY = 46;

async function readAll(
  session: ClientSession,
  variables: { path: string; nodeId: string }[],
  limits: ServerLimits,
): Promise<BrowsedVariable[]> {
  const nodeIds = variables.map(({ nodeId }) => nodeId);
  const units = await engineeringUnits(session, nodeIds, limits);
  const values = await inCalls(nodeIds, limits.reads, (some) =>
    session.read(some.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value }))),
  );
  return variables.map(({ path, nodeId }, i) => {
    const { value, statusCode } = values[i];
    const content: unknown = value?.value;
    const length =
      ArrayBuffer.isView(content) || Array.isArray(content) ? (content as ArrayLike<unknown>).length : null;
    return {
      path,
      nodeId,
      dataType: DataType[value?.dataType ?? DataType.Null],
      length,
      unit: units[i] ?? null,
      value: length === null ? plain(content) : null,
      status: statusCode.name,
    };
  });
}

function plain(value: unknown): BrowsedVariable['value'] {
  if (value === null || value === undefined) return null;
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value).slice(0, 80);
}

async function within<T>(work: Promise<T>, ms: number, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
