import { AttributeIds, type ClientSession, DataType, NodeClass } from 'node-opcua-client';
import { pino } from 'pino';
import type { SourceFault } from '../source.ts';
import { childrenOf } from './children.ts';
import { engineeringUnits } from './engineeringUnits.ts';
import { NamespaceMemory } from './namespaces.ts';
import { identityOf, opcuaClient } from './opcuaClient.ts';
import { addressOf, type OpcuaNodeConfig, type OpcuaSourceConfig } from './opcuaConfig.ts';
import { resolveAddresses } from './resolveAddresses.ts';
import { selectNodes } from './selectNodes.ts';
import { inCalls, readServerLimits, type ServerLimits } from './serverLimits.ts';

/** A variable of a server, as `millwright edge browse` shows it. */
export interface BrowsedVariable {
  /** Browse names from the root, with `/` between them. */
  path: string;
  nodeId: string;
  dataType: string;
  /** Length of its value if that is an array. */
  length: number | null;
  unit: string | null;
  value: number | string | boolean | null;
  status: string;
}

const MAX_DEPTH = 12;
const CHUNK = 100;
const CONNECT_MS = 15_000;

/** A configured variable as its point; `path` is relative to `under`, or the address. */
export interface MonitoredVariable extends BrowsedVariable {
  asset: string;
  point: string;
}

/**
 * Every variable below a node, depth first, at most `limit` of them. @throws if the server is unreachable or denies
 * access.
 */
export function browse(
  config: OpcuaSourceConfig,
  dataDirectory: string,
  root: string,
  limit: number,
): Promise<BrowsedVariable[]> {
  return withSession(config, dataDirectory, async (session, limits) =>
    readAll(session, await listVariables(session, root, limit, limits), limits),
  );
}

/** The variables that a source would monitor now, and its faults. @throws as `browse`. */
export function browseTaken(
  config: OpcuaSourceConfig,
  dataDirectory: string,
): Promise<{ variables: MonitoredVariable[]; faults: SourceFault[] }> {
  return withSession(config, dataDirectory, async (session, limits) => {
    const memory = new NamespaceMemory(dataDirectory, config.endpoint);
    const log = pino({ level: 'silent' });
    const selected = await selectNodes(session, config.browse, config.nodes, limits, memory, log);
    const monitored = [...config.nodes.map((node) => ({ node, path: addressOf(node) })), ...selected.nodes];
    const addresses = monitored.map(({ node }) => addressOf(node));
    const faults = [...selected.faults, ...selected.empty.flatMap((one) => one.faults)];
    const reached: { node: OpcuaNodeConfig; path: string; nodeId: string }[] = [];
    for (const [i, resolved] of (await resolveAddresses(session, addresses, limits, memory)).entries()) {
      const { node, path } = monitored[i];
      if (resolved.ok) reached.push({ node, path, nodeId: resolved.nodeId });
      else faults.push({ asset: node.asset, point: node.point, reason: resolved.reason, detail: resolved.detail });
    }
    const variables = await readAll(session, reached, limits);
    return {
      variables: variables.map((variable, i) => {
        const { asset, point } = reached[i].node;
        return { ...variable, asset, point };
      }),
      faults,
    };
  });
}

async function withSession<T>(
  config: OpcuaSourceConfig,
  dataDirectory: string,
  work: (session: ClientSession, limits: ServerLimits) => Promise<T>,
): Promise<T> {
  const client = opcuaClient(config, dataDirectory);
  try {
    await within(client.connect(config.endpoint), CONNECT_MS, `${config.endpoint} did not answer`);
    const session = await client.createSession(identityOf(config));
    try {
      return await work(session, await readServerLimits(session));
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
          // The server's own diagnostics belong to no machine; and an address space may have cycles.
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
