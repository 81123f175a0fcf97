import { BrowseDirection, type ClientSession, type ReferenceDescription } from 'node-opcua-client';
import { inCalls, type ServerLimits } from './serverLimits.ts';

/**
 * Components, organised nodes and other hierarchical references, not properties; servers return long lists in pieces.
 */
export async function childrenOf(
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
