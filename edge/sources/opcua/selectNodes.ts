import { AttributeIds, type ClientSession, type NodeId } from 'node-opcua-client';
import type { Logger } from 'pino';
import { nameOf } from '../deviceNames.ts';
import { filled } from '../entries.ts';
import type { SourceFault } from '../source.ts';
import { type Candidate, findCandidates } from './findCandidates.ts';
import { type NamespaceMemory, withNamespaceUri } from './namespaces.ts';
import { isNodeId, keyOf, type OpcuaNodeConfig, type OpcuaSelectionConfig } from './opcuaConfig.ts';
import { resolveAddresses } from './resolveAddresses.ts';
import { inCalls, type ServerLimits } from './serverLimits.ts';
import { TypeTree } from './typeTree.ts';

/** A node that a selection found, and its browse names below `under`, with `/` between them. */
export interface SelectedNode {
  node: OpcuaNodeConfig;
  path: string;
}

export interface Selected {
  nodes: SelectedNode[];
  /** Faults of found nodes. */
  faults: SourceFault[];
  /** Selections that found nothing, and why: a program loaded later may change that. */
  empty: { selection: OpcuaSelectionConfig; faults: SourceFault[] }[];
}

const MAX_NAMED = 20;

/**
 * Nodes that a source's selections find on its server now. Points that already have a node, `present` or from an
 * earlier selection, keep it. @throws if a call fails as a whole.
 */
export async function selectNodes(
  session: ClientSession,
  selections: readonly OpcuaSelectionConfig[],
  present: readonly OpcuaNodeConfig[],
  limits: ServerLimits,
  memory: NamespaceMemory,
  log: Logger,
): Promise<Selected> {
  const types = new TypeTree(session, limits);
  const selected: Selected = { nodes: [], faults: [], empty: [] };
  const occupied = new Set(present.map(keyOf));
  for (const selection of selections) {
    const faults: SourceFault[] = [];
    const nodes = await selectOne(session, selection, occupied, types, limits, memory, faults);
    selected.nodes.push(...nodes);
    if (nodes.length > 0) selected.faults.push(...faults);
    else {
      const nothing = faultOf(selection, 'nothing_selected', `no variables below ${selection.under} fit`);
      selected.empty.push({ selection, faults: faults.length > 0 ? faults : [nothing] });
    }
    const named = nodes.slice(0, MAX_NAMED).map(({ node, path }) => `${keyOf(node)}: ${path}`);
    log.info({ under: selection.under, path: selection.path, nodes: nodes.length, named }, 'nodes were selected');
  }
  return selected;
}

/** In faults, a selection appears as one point, named by its templates. */
function faultOf({ asset, point }: OpcuaSelectionConfig, reason: string, detail: string): SourceFault {
  return { asset, point, reason, detail };
}

async function selectOne(
  session: ClientSession,
  selection: OpcuaSelectionConfig,
  occupied: Set<string>,
  types: TypeTree,
  limits: ServerLimits,
  memory: NamespaceMemory,
  faults: SourceFault[],
): Promise<SelectedNode[]> {
  const byId = Object.values(selection.types).filter(isNodeId);
  const [root, ...typeIds] = await resolveAddresses(session, [selection.under, ...byId], limits, memory);
  for (const resolved of [root, ...typeIds])
    if (!resolved.ok) faults.push(faultOf(selection, resolved.reason, resolved.detail));
  if (!root.ok || faults.length > 0) return [];
  const idOf = new Map(typeIds.flatMap((resolved, i) => (resolved.ok ? [[byId[i], resolved.nodeId]] : [])));
  const typeOf = (capture: string) => {
    const required = selection.types[capture];
    return required === undefined ? undefined : (idOf.get(required) ?? required);
  };
  const { matches, isComplete } = await findCandidates(session, selection, root.nodeId, typeOf, types, limits);
  const readable = await withReadableValue(session, selection, matches, types, limits);
  if (!isComplete || readable.length > selection.limit) {
    const detail = `more than ${isComplete ? `${selection.limit} nodes fit` : 'can be looked through'}: narrow "under" or "path", or raise "limit"`;
    faults.push(faultOf(selection, 'limit_reached', detail));
  }
  return named(readable.slice(0, selection.limit), selection, occupied, await session.readNamespaceArray(), faults);
}

/** OPC 10000-6, annex A: NodeIds of the standard's types. */
const VALUES = { number: 'ns=0;i=26', boolean: 'ns=0;i=1', enumeration: 'ns=0;i=29', any: 'ns=0;i=24' };
const TEXTS = { text: 'ns=0;i=12', localized: 'ns=0;i=21' };
const STRUCTURE = 'ns=0;i=22';
const SCALAR_RANK = -1;

/** Variables whose values the selection can read: numbers, and texts if it maps words. */
async function withReadableValue(
  session: ClientSession,
  { states, member, sampleRateHz, range }: OpcuaSelectionConfig,
  matches: readonly Candidate[],
  types: TypeTree,
  limits: ServerLimits,
): Promise<Candidate[]> {
  const read = (attributeId: AttributeIds) =>
    inCalls(matches, limits.reads, (some) => session.read(some.map(({ nodeId }) => ({ nodeId, attributeId }))));
  const dataTypes = (await read(AttributeIds.DataType)).map(({ value }) => (value?.value as NodeId | null)?.toString());
  const ranks = (await read(AttributeIds.ValueRank)).map(({ value }) => value?.value as number | null | undefined);
  await types.load(dataTypes.flatMap((type) => type ?? []));
  const values = [...Object.values(VALUES), ...(states === undefined ? [] : Object.values(TEXTS))];
  const required = member === undefined ? values : [STRUCTURE];
  return matches.filter((_, i) => {
    const type = dataTypes[i];
    const rank = ranks[i] ?? SCALAR_RANK;
    // Within a structure, only the member has a shape.
    const isShaped =
      member !== undefined || (sampleRateHz === undefined ? range !== undefined || rank < 0 : rank !== SCALAR_RANK);
    return isShaped && (type === undefined || required.some((one) => isOf(types, type, one)));
  });
}

/** Every type is a subtype of BaseDataType, which therefore matches only itself: a variable that may hold any type. */
const isOf = (types: TypeTree, type: string, required: string) =>
  required === VALUES.any ? type === required : types.isOf(type, required);

/** Names nodes by the selection's templates; a point that already has a node is a fault. */
function named(
  matches: readonly Candidate[],
  { under, path: _, types: __, limit: ___, names, asset, point, ...settings }: OpcuaSelectionConfig,
  occupied: Set<string>,
  namespaces: readonly string[],
  faults: SourceFault[],
): SelectedNode[] {
  const nodes: SelectedNode[] = [];
  const seen = new Set<string>();
  for (const { nodeId, path, parts } of matches) {
    if (seen.has(nodeId)) continue;
    seen.add(nodeId);
    const [its, own] = [asset, point].map((template) => {
      const text = filled(template, (part) => parts[part]);
      return text === undefined ? null : nameOf(text, names);
    });
    if (its === null || own === null) continue;
    const node = { ...settings, nodeId: withNamespaceUri(nodeId, namespaces), asset: its, point: own };
    if (occupied.has(keyOf(node))) {
      const detail = `${under} … ${path}: another node is this point already`;
      faults.push({ asset: its, point: own, reason: 'name_taken', detail });
      continue;
    }
    occupied.add(keyOf(node));
    nodes.push({ node, path });
  }
  return nodes;
}
