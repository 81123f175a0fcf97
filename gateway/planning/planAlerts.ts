import { stateAt } from '#models/alerting/alarmLifecycle.ts';
import type { PlanAlert, PlanItem } from '#models/contracts/plan.ts';
import { placeKey } from '#models/planning/placeKey.ts';

/** From this chance on it is critical; below this part of the configured one an alert returns. */
const CRITICAL = 0.9;
const RETURNS = 0.6;

type Known = ReadonlyMap<string, PlanAlert>;

/**
 * Planners' alerts after a plan: what will run out before an order of today could come, from a chance on. One alert an
 * item and site, the same `id` until it has returned; it returns when an order, or a repair, has brought the chance well
 * below. Those that changed are answered.
 * @param active alerts that have not returned, by item and site.
 */
export function updatePlanAlerts(active: Known, items: readonly PlanItem[], chance: number, atMs: number): PlanAlert[] {
  const byPlace = new Map(items.map((item) => [placeKey(item), item]));
  const gone = [...active.values()].filter((a) => !byPlace.has(placeKey(a))).map((a) => returned(a, atMs));
  const changed = items.flatMap((item) => {
    const known = active.get(placeKey(item)) ?? null;
    const due = item.runOutProbability >= (known === null ? chance : chance * RETURNS);
    // Nothing is to be done where nothing has to be ordered, and nothing that was ordered could be hurried.
    if (!due) return known === null ? [] : [returned(known, atMs)];
    if (known === null && item.orderNow <= 0 && item.onOrder <= 0) return [];
    // Nor where no stock is recorded.
    if (known === null && item.flags.includes('stock_unknown')) return [];
    const next = raised(known, item, atMs);
    return known !== null && known.text === next.text && known.severity === next.severity ? [] : [next];
  });
  return [...gone, ...changed];
}

function raised(known: PlanAlert | null, item: PlanItem, atMs: number): PlanAlert {
  const base = known ?? {
    id: `plan/${item.item}${item.site ? `@${item.site}` : ''}/${atMs}`,
    raisedAtMs: atMs,
    returnedAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    comment: null,
  };
  const severity = item.runOutProbability >= CRITICAL ? ('critical' as const) : ('warning' as const);
  const next = { ...base, item: item.item, site: item.site, severity, text: textOf(item), updatedAtMs: atMs };
  return { ...next, state: stateAt(next, atMs) };
}

function returned(alert: PlanAlert, atMs: number): PlanAlert {
  const next = { ...alert, returnedAtMs: atMs, updatedAtMs: atMs };
  return { ...next, state: stateAt(next, atMs) };
}

/** One sentence: what runs out, what to order by when, and whose demand it is. */
function textOf(item: PlanItem): string {
  const what = `${item.item}${item.site ? ` at ${item.site}` : ''}`;
  const within = `its lead time of ${Math.round(item.leadTimeDays)} days`;
  const order = item.orderNow > 0 ? `order ${item.orderNow} now` : `${item.onOrder} on order come too late: hurry them`;
  const worst = item.machines[0];
  const who = worst && worst.chance >= 0.5 ? ` ${worst.machine} will need it.` : '';
  return `${what} runs out within ${within} (${Math.round(100 * item.runOutProbability)} %, ${item.stock} in stock): ${order}.${who}`;
}
