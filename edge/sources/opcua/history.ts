import type { ClientSession, DataValue, HistoryData, HistoryReadResult } from 'node-opcua-client';
import type { ReachedNode } from './monitoredNodes.ts';
import { inCalls, type ServerLimits } from './serverLimits.ts';

/** Values per reply; a server returns the rest in pieces. */
const VALUES_PER_PIECE = 1000;

/** Tolerated difference between the clocks of a server's devices. */
const CLOCKS_MS = 60_000;

/** A node, and the time of its last received value, ms since 1970. */
export interface Gap {
  reached: ReachedNode;
  sinceMs: number;
}

/**
 * Reads the stored values of nodes since their last ones (OPC 10000-11, 6.5.3), node by node in ascending time. `take`
 * waits under back-pressure, and returns false to stop.
 * @returns nodes for which the server has no history, with its status.
 * @throws if whole calls are refused.
 */
export async function readHistory(
  session: ClientSession,
  gaps: readonly Gap[],
  untilMs: number,
  limits: ServerLimits,
  take: (reached: ReachedNode, values: DataValue[]) => Promise<boolean>,
): Promise<{ reached: ReachedNode; status: string }[]> {
  const without: { reached: ReachedNode; status: string }[] = [];
  // The last value of a rarely changing node is from long before the gap.
  const fromMs = gaps.reduce((newest, gap) => Math.max(newest, gap.sinceMs), 0) - CLOCKS_MS;
  let open = gaps.map((gap) => ({ gap, continuationPoint: undefined as Buffer | undefined }));
  while (open.length > 0) {
    const results: HistoryReadResult[] = await inCalls(open, limits.historyReads, (some) =>
      session.readHistoryValue(
        some.map(({ gap, continuationPoint }) => ({ nodeId: gap.reached.nodeId, continuationPoint })),
        new Date(fromMs),
        new Date(untilMs),
        { numValuesPerNode: VALUES_PER_PIECE, returnBounds: false },
      ),
    );
    const next: typeof open = [];
    for (const [i, { statusCode, historyData, continuationPoint }] of results.entries()) {
      const { gap } = open[i];
      if (statusCode.isNotGood()) {
        without.push({ reached: gap.reached, status: statusCode.name });
        continue;
      }
      const values = ((historyData as HistoryData | null)?.dataValues ?? []).filter(
        ({ sourceTimestamp }) => (sourceTimestamp?.getTime() ?? 0) > gap.sinceMs,
      );
      if (!(await take(gap.reached, values))) return without;
      if (continuationPoint && continuationPoint.length > 0) next.push({ gap, continuationPoint });
    }
    open = next;
  }
  return without;
}
