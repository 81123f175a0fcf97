import { stateAt } from '#models/alerting/alarmLifecycle.ts';
import type { PlanAlert, PlanItem } from '#models/contracts/plan.ts';
import { placeKey } from '#models/planning/placeKey.ts';

/** Probability from which an alert is critical; share of the configured probability below which it returns. */
const CRITICAL = 0.9;
const RETURNS = 0.6;

type Known = ReadonlyMap<string, PlanAlert>;

/**
 * Planner alerts after a plan: items whose probability of running out before an order placed today would arrive reaches
 * `chance`. One alert per item and site keeps its `id` until it returns, once an order or a repair has brought the
 * probability well below `chance`.
 * @param active alerts that have not returned, by item and site.
 * @returns the alerts that changed.
 */
export function updatePlanAlerts(active: Known, items: readonly PlanItem[], chance: number, atMs: number): PlanAlert[] {
  const byPlace = new Map(items.map((item) => [placeKey(item), item]));
  const removed = [...active.values()].filter((a) => !byPlace.has(placeKey(a))).map((a) => returned(a, atMs));
  const changed = items.flatMap((item) => {
    const known = active.get(placeKey(item)) ?? null;
    const due = item.runOutProbability >= (known === null ? chance : chance * RETURNS);
    // Without an order to place or to expedite there is nothing to do.
    if (!due) return known === null ? [] : [returned(known, atMs)];
    if (known === null && item.orderNow <= 0 && item.onOrder <= 0 && item.transfersIn === undefined) return [];
    // The same holds if no stock is recorded.
    if (known === null && item.flags.includes('stock_unknown')) return [];
    const next = raised(known, item, atMs);
    return known !== null && known.text === next.text && known.severity === next.severity ? [] : [next];
  });
  return [...removed, ...changed];
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

/** One sentence: the item that runs out, the order to place or expedite, and the machine behind the demand. */
function textOf(item: PlanItem): string {
  const what = `${item.item}${item.site ? ` at ${item.site}` : ''}`;
  const within = `its lead time of ${Math.round(item.leadTimeDays)} days`;
  const order = [
    ...(item.transfersIn ?? []).map(
      ({ site, quantity }) => `transfer ${quantity} from ${site || 'stock without a site'}`,
    ),
    ...(item.orderNow > 0 ? [`order ${item.orderNow} now`] : []),
    ...(item.transfersIn === undefined && item.orderNow <= 0
      ? [`${item.onOrder} on order come too late: expedite them`]
      : []),
  ].join(', ');
  const worst = item.machines[0];
  const who = worst && worst.chance >= 0.5 ? ` ${worst.machine} will need it.` : '';
  return `${what} runs out within ${within} (${Math.round(100 * item.runOutProbability)} %, ${item.stock} in stock): ${order}.${who}`;
}
