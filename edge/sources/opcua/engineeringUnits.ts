import { AttributeIds, type ClientSession, makeBrowsePath } from 'node-opcua-client';

/** Nodes of one call: servers refuse more than they like, and few like fewer. */
const CHUNK = 100;

/** The unit that each node says it measures in (OPC 10000-8, 5.6.3); undefined where it says none. */
export async function engineeringUnits(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(string | undefined)[]> {
  const units: (string | undefined)[] = [];
  for (let at = 0; at < nodeIds.length; at += CHUNK) {
    const chunk = nodeIds.slice(at, at + CHUNK);
    const paths = await session.translateBrowsePath(chunk.map((nodeId) => makeBrowsePath(nodeId, '.EngineeringUnits')));
    const targets = paths.map(({ statusCode, targets: found }) =>
      statusCode.isGood() ? found?.[0]?.targetId : undefined,
    );
    const known = targets.flatMap((nodeId, i) => (nodeId ? [{ nodeId, i }] : []));
    if (known.length === 0) {
      units.push(...chunk.map(() => undefined));
      continue;
    }
    const values = await session.read(known.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })));
    const texts = new Map(known.map(({ i }, k) => [i, textOf(values[k].value?.value)]));
    units.push(...chunk.map((_, i) => texts.get(i)));
  }
  return units;
}

/** Of an EUInformation. */
function textOf(value: unknown): string | undefined {
  const text = (value as { displayName?: { text?: unknown } } | null | undefined)?.displayName?.text;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
