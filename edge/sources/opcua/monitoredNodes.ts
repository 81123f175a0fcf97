import {
  AttributeIds,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  TimestampsToReturn,
} from 'node-opcua-client';
import { NumericRange } from 'node-opcua-numeric-range';
import type { Logger } from 'pino';
import { groupedBy } from '#models/groupedBy.ts';
import type { SourceFault } from '../source.ts';
import { engineeringUnits } from './engineeringUnits.ts';
import type { NamespaceMemory } from './namespaces.ts';
import { addressOf, type OpcuaNodeConfig } from './opcuaConfig.ts';
import { resolveAddresses } from './resolveAddresses.ts';
import { inCalls, type ServerLimits } from './serverLimits.ts';

/** Receives a node's value; `unit` is the one that the server states for it. */
export type Deliver = (node: OpcuaNodeConfig, value: DataValue, unit: string | undefined) => void;

export interface Monitoring {
  faults: SourceFault[];
  /** Items whose sampling interval or queue size the server revised. */
  revised: number;
  monitored: ReachedNode[];
}

/** A configured node, and its node id on this connection. */
export interface ReachedNode {
  node: OpcuaNodeConfig;
  nodeId: string;
}

const MAX_NAMED = 20;

/**
 * Creates the monitored items of nodes, within the server's limits per call, and delivers their values. One that cannot
 * be monitored does not affect the others. @throws if whole calls are refused.
 */
export async function monitorNodes(
  session: ClientSession,
  subscription: ClientSubscription,
  nodes: readonly OpcuaNodeConfig[],
  limits: ServerLimits,
  memory: NamespaceMemory,
  deliver: Deliver,
  log: Logger,
): Promise<Monitoring> {
  const addresses = await resolveAddresses(session, nodes.map(addressOf), limits, memory);
  const faults: SourceFault[] = [];
  const reached: ReachedNode[] = [];
  for (const [i, resolved] of addresses.entries()) {
    if (resolved.ok) reached.push({ node: nodes[i], nodeId: resolved.nodeId });
    else faults.push(faultOf(nodes[i], resolved.reason, resolved.detail));
  }
  const units = await unitsOf(session, reached, limits, log);
  const items: { node: OpcuaNodeConfig; item: ClientMonitoredItemBase }[] = [];
  for (const group of grouped(reached)) {
    items.push(
      ...(await inCalls(group, limits.monitoredItems, (some) => createItems(subscription, some, units, deliver))),
    );
  }
  for (const { node, item } of items) {
    const { statusCode } = item;
    if (statusCode.isNotGood())
      faults.push(faultOf(node, statusCode.name, `the server refuses it: ${statusCode.name}`));
  }
  const refused = new Set(items.flatMap(({ node, item }) => (item.statusCode.isNotGood() ? [node] : [])));
  const monitored = reached.filter(({ node }) => !refused.has(node));
  return { faults, revised: reportRevised(items, log), monitored };
}

function faultOf(node: OpcuaNodeConfig, reason: string, detail: string): SourceFault {
  const { asset, point } = node;
  return { asset, point, reason, detail: `${addressOf(node)}: ${detail}` };
}

/** Creates items with common settings. */
async function createItems(
  subscription: ClientSubscription,
  nodes: readonly ReachedNode[],
  units: ReadonlyMap<OpcuaNodeConfig, string>,
  deliver: Deliver,
) {
  const [{ samplingIntervalMs, queueSize, discard, deadband }] = nodes.map(({ node }) => node);
  const group = await subscription.monitorItems(
    nodes.map(({ node, nodeId }) => ({
      nodeId,
      attributeId: AttributeIds.Value,
      ...(node.range === undefined ? {} : { indexRange: new NumericRange(node.range) }),
    })),
    {
      samplingInterval: samplingIntervalMs,
      queueSize,
      discardOldest: discard === 'oldest',
      ...(deadband ? { filter: filterOf(deadband) } : {}),
    },
    TimestampsToReturn.Both,
  );
  group.on('changed', (_item: ClientMonitoredItemBase, value: DataValue, index: number) => {
    const { node } = nodes[index];
    deliver(node, value, units.get(node));
  });
  return group.monitoredItems.map((item, i) => ({ node: nodes[i].node, item }));
}

/** Units are optional: a server without them is monitored anyway. */
async function unitsOf(
  session: ClientSession,
  nodes: readonly ReachedNode[],
  limits: ServerLimits,
  log: Logger,
): Promise<ReadonlyMap<OpcuaNodeConfig, string>> {
  try {
    const units = await engineeringUnits(
      session,
      nodes.map(({ nodeId }) => nodeId),
      limits,
    );
    return new Map(nodes.flatMap(({ node }, i) => (units[i] === undefined ? [] : [[node, units[i]]])));
  } catch (error) {
    log.warn({ error: String(error) }, 'the engineering units could not be read');
    return new Map();
  }
}

/** Logs revised sampling intervals and queue sizes. @returns the number of items. */
function reportRevised(
  items: readonly { node: OpcuaNodeConfig; item: ClientMonitoredItemBase }[],
  log: Logger,
): number {
  const revised = items.flatMap(({ node, item }) => {
    const { statusCode, revisedSamplingInterval, revisedQueueSize } = item.result ?? {};
    if (!statusCode?.isGood() || revisedSamplingInterval === undefined || revisedQueueSize === undefined) return [];
    const { samplingIntervalMs, queueSize } = node;
    // 0 requests the server's fastest interval: any revision satisfies it.
    const isSlower = samplingIntervalMs > 0 && Math.abs(revisedSamplingInterval - samplingIntervalMs) >= 1;
    if (!isSlower && revisedQueueSize >= queueSize) return [];
    return [{ node: addressOf(node), samplingIntervalMs, revisedSamplingInterval, queueSize, revisedQueueSize }];
  });
  if (revised.length > 0) {
    const nodes = revised.slice(0, MAX_NAMED);
    log.warn({ revised: revised.length, nodes }, 'the server revised sampling intervals or queue sizes');
  }
  return revised.length;
}

function filterOf({ type, value }: NonNullable<OpcuaNodeConfig['deadband']>): DataChangeFilter {
  return new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValue,
    deadbandType: type === 'percent' ? DeadbandType.Percent : DeadbandType.Absolute,
    deadbandValue: value,
  });
}

function grouped(nodes: readonly ReachedNode[]): ReachedNode[][] {
  const settingsOf = ({ node: { samplingIntervalMs, queueSize, discard, deadband } }: ReachedNode) =>
    JSON.stringify([samplingIntervalMs, queueSize, discard, deadband]);
  return [...groupedBy(nodes, settingsOf).values()];
}
