import { AttributeIds, type ClientSession, VariableIds } from 'node-opcua-client';

/** Operations that a server accepts in one call of a service. */
export interface ServerLimits {
  monitoredItems: number;
  reads: number;
  browses: number;
  browsePaths: number;
  historyReads: number;
}

/** For a server that announces none; few refuse this many. */
const UNANNOUNCED: ServerLimits = { monitoredItems: 500, reads: 100, browses: 100, browsePaths: 100, historyReads: 50 };

const NODES = {
  monitoredItems: VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
  reads: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
  browses: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
  browsePaths: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
  historyReads: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
} as const satisfies Record<keyof ServerLimits, number>;

/** Reads a server's OperationLimits (OPC 10000-5, 6.3.11); 0, or no value, means that it announces none. */
export async function readServerLimits(session: ClientSession): Promise<ServerLimits> {
  const limits = { ...UNANNOUNCED };
  const names = Object.keys(NODES) as (keyof ServerLimits)[];
  const values = await inCalls(names, names.length, (some) =>
    session.read(some.map((name) => ({ nodeId: `ns=0;i=${NODES[name]}`, attributeId: AttributeIds.Value }))),
  );
  names.forEach((name, i) => {
    const announced: unknown = values[i].statusCode.isGood() ? values[i].value?.value : 0;
    if (typeof announced === 'number' && announced > 0) limits[name] = Math.min(limits[name], announced);
  });
  return limits;
}

/** Reads the ServiceLevel, 0 to 255 (OPC 10000-5, 6.3.1); that of a healthy server if absent. */
export async function readServiceLevel(session: ClientSession): Promise<number> {
  const nodeId = `ns=0;i=${VariableIds.Server_ServiceLevel}`;
  const { statusCode, value } = await session.read({ nodeId, attributeId: AttributeIds.Value });
  const level: unknown = value?.value;
  return statusCode.isGood() && typeof level === 'number' ? level : MAX_LEVEL;
}
const MAX_LEVEL = 255;

const TOO_LARGE =
  /BadTooManyOperations|BadEncodingLimitsExceeded|BadRequestTooLarge|BadResponseTooLarge|BadTcpMessageTooLarge/;

/**
 * Results of all items, from calls of at most `most` each. A call that the server refuses as too large is repeated in
 * halves: some servers announce no limit, or a wrong one. @throws the server's error for other reasons.
 */
export async function inCalls<T, R>(
  items: readonly T[],
  most: number,
  call: (some: T[]) => Promise<R[]>,
): Promise<R[]> {
  const results: R[] = [];
  let size = Math.max(1, most);
  while (results.length < items.length) {
    const some = items.slice(results.length, results.length + size);
    try {
      results.push(...(await call(some)));
    } catch (error) {
      if (some.length === 1 || !TOO_LARGE.test(String(error))) throw error;
      size = Math.ceil(some.length / 2);
    }
  }
  return results;
}
