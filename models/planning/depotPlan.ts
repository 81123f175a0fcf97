import type { PlanItem } from '#models/contracts/plan.ts';
import type { DepotGroup } from './depotLevels.ts';
import { exact } from './lotCycle.ts';
import type { Planned } from './transfers.ts';

/** Units that a place can send. */
interface Sender {
  site: string;
  left: number;
  to: { site: string; quantity: number }[];
}

/**
 * Plans items that a depot repairs for sites. A site's need is met from the depot's shelf, or from another site's
 * excess, the costliest shortage first; otherwise it waits for a repair. The depot purchases what is missing in total.
 */
export function suppliedByDepots({ plans, items, replan }: Planned, groups: readonly DepotGroup[]): PlanItem[] {
  const supplied = [...plans];
  for (const { depot, sites } of groups) {
    const own = plans[depot];
    const senders = [
      { site: own.site, left: Math.max(0, Math.floor(own.stock)), to: [] },
      ...sites.map(
        (i): Sender => ({
          site: plans[i].site,
          left: Math.max(0, Math.floor(plans[i].stock - plans[i].orderUpTo)),
          to: [],
        }),
      ),
    ];
    const short = sites.filter((i) => plans[i].orderNow > 0 && items[i].fixedOrder === undefined);
    for (const i of short.toSorted((a, b) => plans[b].costOfWaiting - plans[a].costOfWaiting))
      supplied[i] = sentTo(plans[i], own.site, take(senders, plans[i].site, plans[i].orderNow));
    const needed = sumOf(short.map((i) => plans[i].orderNow));
    const lent = sumOf(senders.slice(1).flatMap((s) => s.to.map((t) => t.quantity)));
    // Units that the depot cannot send count as if they were on its shelf.
    const missing = exact(own.orderUpTo - own.stock - own.onOrder + needed - lent);
    const returned = take(senders.slice(1), own.site, Math.max(0, missing));
    const incoming = sumOf(returned.map((t) => t.quantity));
    const purchases = replan(depot, exact(lent + incoming - needed));
    const waiting = short.map((i) => plans[i].costOfWaiting * (1 - sentShare(supplied[i], plans[i])));
    supplied[depot] = {
      ...purchases,
      // Units that sites wait for come from this order.
      costOfWaiting: Math.max(purchases.costOfWaiting, purchases.orderNow > 0 ? sumOf(waiting) : 0),
      ...(returned.length > 0 && { transfersIn: returned }),
      ...(purchases.whyOrder !== undefined && {
        whyOrder: whyPurchase(
          [depot, ...sites].map((k) => plans[k]),
          purchases,
        ),
      }),
    };
    for (const [k, i] of [depot, ...sites].entries())
      if (senders[k].to.length > 0) supplied[i] = { ...supplied[i], transfersOut: senders[k].to };
  }
  return supplied;
}

/** Share of a site's need that is sent. */
const sentShare = ({ transfersIn = [] }: PlanItem, { orderNow }: PlanItem) =>
  sumOf(transfersIn.map((t) => t.quantity)) / orderNow;

function whyPurchase(all: readonly PlanItem[], { orderNow, site }: PlanItem): string {
  const target = sumOf(all.map((plan) => plan.orderUpTo));
  const there = sumOf(all.map((plan) => exact(plan.stock + plan.onOrder)));
  return `${site} and its sites are to have ${target} in all, and ${there} are there, in repair or on order: ${orderNow} are purchased.`;
}

/** Takes units from the senders in order. */
function take(senders: readonly Sender[], site: string, units: number): { site: string; quantity: number }[] {
  let need = units;
  return senders.flatMap((sender) => {
    const quantity = Math.min(sender.left, need);
    if (quantity <= 0 || sender.site === site) return [];
    sender.left -= quantity;
    need = exact(need - quantity);
    sender.to.push({ site, quantity });
    return [{ site: sender.site, quantity }];
  });
}

function sentTo(plan: PlanItem, depot: string, transfersIn: { site: string; quantity: number }[]): PlanItem {
  const waits = exact(plan.orderNow - sumOf(transfersIn.map((t) => t.quantity)));
  const why = [
    ...transfersIn.map(({ site, quantity }) => `${quantity} come from ${site}.`),
    ...(waits > 0 ? [`${waits} wait until ${depot} has repaired or purchased them.`] : []),
  ];
  return {
    ...plan,
    orderNow: 0,
    proposedOrder: 0,
    orderCost: 0,
    ...(transfersIn.length > 0 && { transfersIn }),
    whyOrder: why.join(' '),
  };
}

const sumOf = (units: readonly number[]) => units.reduce((sum, u) => exact(sum + u), 0);
