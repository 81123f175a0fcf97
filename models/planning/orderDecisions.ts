import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { dateOf } from '#models/supply/dates.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';
import { placeKey } from './placeKey.ts';
import type { Transfer } from './transfers.ts';

const DAY_MS = 86_400_000;
const dayOfMs = (ms: number) => dateOf(Math.floor(ms / DAY_MS));

/**
 * Updates decisions by the purchases and the calendar: an accepted proposal is fulfilled by the first order of its item
 * that was placed on its day or later and belongs to no other decision; a delay ends on its day. Pure.
 * @param today `2026-01-31`.
 * @returns the decisions that changed.
 */
export function trackDecisions(
  decisions: readonly OrderDecision[],
  purchases: readonly SupplyRow<'purchases'>[],
  today: string,
): OrderDecision[] {
  const orderKey = (order: string, item: string) => `${order}\t${item}`;
  const matched = new Set(decisions.flatMap((d) => (d.order === null ? [] : [orderKey(d.order, d.item)])));
  const byItem = groupedBy(purchases, (p) => p.item);
  const changed: OrderDecision[] = [];
  for (const decision of decisions.toSorted((a, b) => a.decidedAtMs - b.decidedAtMs)) {
    const own = byItem.get(decision.item) ?? [];
    const next = isAccepted(decision) ? carriedOut(decision, own) : endedOn(decision, today);
    if (next === null) continue;
    if (next.order !== null) matched.add(orderKey(next.order, next.item));
    changed.push(next);
  }
  return changed;

  function carriedOut(decision: OrderDecision, own: readonly SupplyRow<'purchases'>[]): OrderDecision | null {
    if (decision.state !== 'open' && decision.state !== 'ordered') return null;
    const order =
      decision.order === null
        ? own
            .filter((p) => mayCarryOut(p, decision) && !matched.has(orderKey(p.order, p.item)))
            .toSorted((a, b) => (a.ordered < b.ordered ? -1 : 1))[0]
        : own.find((p) => p.order === decision.order);
    if (order === undefined) return null;
    const state = stateOf(order, today);
    return state === decision.state ? null : { ...decision, state, order: order.order };
  }
}

const isAccepted = ({ action }: OrderDecision) => action === 'accept' || action === 'accept_transfer';

/** A transfer is fulfilled by an order whose supplier is the sending site. */
function mayCarryOut(order: SupplyRow<'purchases'>, decision: OrderDecision): boolean {
  const { site, from, decidedAtMs, ordersBefore } = decision;
  const isOfSite = site === '' || order.site === undefined || order.site === site;
  const isOfSender = from === undefined || order.supplier === from;
  return isOfSite && isOfSender && order.ordered >= dayOfMs(decidedAtMs) && !ordersBefore.includes(order.order);
}

function stateOf({ received, cancelled }: SupplyRow<'purchases'>, today: string): OrderDecision['state'] {
  if (cancelled !== undefined && cancelled <= today) return 'cancelled';
  return received !== undefined && received <= today ? 'received' : 'ordered';
}

function endedOn(decision: OrderDecision, today: string): OrderDecision | null {
  const isOver = decision.state === 'open' && decision.until !== null && decision.until <= today;
  return isOver ? { ...decision, state: 'ended' } : null;
}

/**
 * The supply with accepted proposals that no purchase order fulfils yet as open orders made on their day. Units that a
 * site is to send are deducted from its stock. Pure.
 */
export function withAccepted(supply: Supply, decisions: readonly OrderDecision[]): Supply {
  const accepted = decisions.flatMap((decision) => {
    const { id, state, item, site, quantity, decidedAtMs, from } = decision;
    return isAccepted(decision) && state === 'open' && quantity !== null
      ? [{ from, row: { order: `decision ${id}`, item, quantity, ordered: dayOfMs(decidedAtMs), ...siteOf(site) } }]
      : [];
  });
  const sent = accepted.flatMap(({ from, row: { item, quantity } }) =>
    from === undefined ? [] : [{ item, quantity: -quantity, ...siteOf(from) }],
  );
  return {
    ...supply,
    purchases: [...supply.purchases, ...accepted.map(({ row }) => row)],
    stock: [...supply.stock, ...sent],
  };
}

const siteOf = (site: string) => (site === '' ? {} : { site });

/** Order quantities fixed by planners, by place: the frozen quantity, or 0 while the order is delayed. Pure. */
export function fixedOrders(decisions: readonly OrderDecision[]): Map<string, number> {
  const open = decisions.filter((d) => d.state === 'open' && (d.action === 'freeze' || d.action === 'delay'));
  return new Map(open.map((d) => [placeKey(d), d.quantity ?? 0]));
}

/** Transfers whose quantity planners fixed; 0: none is proposed. Pure. */
export function fixedTransfers(decisions: readonly OrderDecision[]): Transfer[] {
  return decisions.flatMap(({ action, state, item, site, from, quantity }) =>
    action === 'freeze_transfer' && state === 'open' && from !== undefined
      ? [{ item, from, to: site, quantity: quantity ?? 0 }]
      : [],
  );
}
