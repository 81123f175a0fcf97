import { AttributeIds, type ClientSession, makeBrowsePath, type NodeId } from 'node-opcua-client';
import { inCalls, type ServerLimits } from './serverLimits.ts';

/** The unit that the server states for each node (OPC 10000-8, 5.6.3); undefined if there is none. */
export async function engineeringUnits(
  session: ClientSession,
  nodeIds: readonly string[],
  limits: ServerLimits,
): Promise<(string | undefined)[]> {
  const paths = await inCalls(nodeIds, limits.browsePaths, (some) =>
    session.translateBrowsePath(some.map((nodeId) => makeBrowsePath(nodeId, '.EngineeringUnits'))),
  );
  const known = paths.flatMap(({ statusCode, targets }, i): { nodeId: NodeId; i: number }[] => {
    const nodeId = statusCode.isGood() ? targets?.[0]?.targetId : undefined;
    return nodeId ? [{ nodeId, i }] : [];
  });
  const values = await inCalls(known, limits.reads, (some) =>
    session.read(some.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value }))),
  );
  const texts = new Map(known.map(({ i }, k) => [i, textOf(values[k].value?.value)]));
  return nodeIds.map((_, i) => texts.get(i));
}

/** Text of an EUInformation. */
function textOf(value: unknown): string | undefined {
  const text = (value as { displayName?: { text?: unknown } } | null | undefined)?.displayName?.text;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
