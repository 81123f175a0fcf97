import type { PlanItem } from '#models/contracts/plan.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { costOfOrder } from '#models/supply/priceBreaks.ts';
import { exact, orderQuantity } from './lotCycle.ts';
import { placeKey } from './placeKey.ts';
import type { StockItem } from './stockPolicy.ts';

export interface TransferRules {
  /** Sites that send each other stock; null: all of them. */
  pools: readonly (readonly string[])[] | null;
  /** Cost of one transfer: it has to save more than that of a purchase. */
  cost: number;
  /** Transfers whose quantity a planner fixed; 0: none is proposed. */
  fixed?: readonly Transfer[];
}

/** Units of an item that one site sends to another. */
export interface Transfer {
  item: string;
  from: string;
  to: string;
  quantity: number;
}

/** An item at a site: its plan, and the input of the plan. */
interface Place {
  plan: PlanItem;
  item: StockItem;
}

/** Places planned separately, and a function to replan one with units sent to it. */
export interface Planned {
  plans: readonly PlanItem[];
  items: readonly StockItem[];
  replan: (index: number, transferIn: number) => PlanItem;
}

/**
 * Transfers before purchases: a site that would order an item is sent the excess of other sites, the costliest shortage
 * first. A sender keeps its own order-up-to level on its shelf, not counting units on order. Only units that reduce the
 * purchase are sent. Pure.
 */
export function proposeTransfers({ plans, items }: Planned, rules: TransferRules): Transfer[] {
  const places = plans.map((plan, i): Place => ({ plan, item: items[i] }));
  return [...groupedBy(places, ({ plan }) => plan.item).values()].flatMap((group) =>
    group.length > 1 && group.every(({ plan }) => (plan.transfersIn ?? plan.transfersOut) === undefined)
      ? transfersWithin(group, rules)
      : [],
  );
}

function transfersWithin(group: readonly Place[], rules: TransferRules): Transfer[] {
  const fixed = (rules.fixed ?? []).filter(({ item }) => item === group[0].plan.item);
  const between = (from: Place, to: Place) => fixed.find((t) => t.from === from.plan.site && t.to === to.plan.site);
  const sum = (transfers: readonly Transfer[]) => exact(transfers.reduce((total, t) => total + t.quantity, 0));
  const excess = new Map(
    group.map((place) => [place, exact(excessOf(place) - sum(fixed.filter((t) => t.from === place.plan.site)))]),
  );
  const short = group.filter(({ plan, item }) => plan.orderNow > 0 && item.fixedOrder === undefined);
  short.sort((a, b) => b.plan.costOfWaiting - a.plan.costOfWaiting || (a.plan.site < b.plan.site ? -1 : 1));
  const proposed = short.flatMap((receiver) => {
    const senders = group.filter(
      (place) =>
        place !== receiver &&
        between(place, receiver) === undefined &&
        mayExchange(place.plan.site, receiver.plan.site, rules),
    );
    const already = sum(fixed.filter((t) => t.to === receiver.plan.site));
    const parts = partsFor(receiver, senders, excess, already);
    return parts.slice(0, worthSending(receiver, parts, rules.cost, already)).map(({ sender, quantity }) => {
      excess.set(sender, exact((excess.get(sender) ?? 0) - quantity));
      return { item: receiver.plan.item, from: sender.plan.site, to: receiver.plan.site, quantity };
    });
  });
  const sites = new Set(group.map(({ plan }) => plan.site));
  return [...fixed.filter((t) => t.quantity > 0 && sites.has(t.from) && sites.has(t.to)), ...proposed];
}

interface Part {
  sender: Place;
  quantity: number;
}

/**
 * Possible shipments: from the smallest excess that is enough, else from the largest first.
 * @param already units that arrive by fixed transfers.
 */
function partsFor(
  receiver: Place,
  senders: readonly Place[],
  excess: ReadonlyMap<Place, number>,
  already: number,
): Part[] {
  let need = exact(receiver.plan.orderUpTo - positionOf(receiver) - already);
  const has = (place: Place) => whole(Math.max(0, excess.get(place) ?? 0), receiver.item.unit);
  const bySize = [...senders].sort((a, b) => has(b) - has(a) || (a.plan.site < b.plan.site ? -1 : 1));
  const enough = bySize.findLast((place) => has(place) >= need);
  const parts: Part[] = [];
  for (const sender of enough === undefined ? bySize : [enough]) {
    const quantity = Math.min(has(sender), whole(need, receiver.item.unit));
    if (quantity <= 0) break;
    parts.push({ sender, quantity });
    need = exact(need - quantity);
  }
  return parts;
}

/** Number of shipments that save most of the purchase after their cost; 0: none is worth it. */
function worthSending({ plan, item }: Place, parts: readonly Part[], cost: number, already: number): number {
  const position = exact(positionOf({ plan, item }) + already);
  let [best, saved, sent] = [0, 0, 0];
  parts.forEach(({ quantity }, i) => {
    sent = exact(sent + quantity);
    const left =
      exact(position + sent) < plan.reorderPoint ? orderQuantity(exact(plan.orderUpTo - position - sent), item) : 0;
    const saves = costOfOrder(item, plan.orderNow) - costOfOrder(item, left) - cost * (i + 1);
    const isBetter = best === 0 ? saves >= 0 : saves > saved;
    if (left < plan.orderNow && isBetter) [best, saved] = [i + 1, saves];
  });
  return best;
}

const positionOf = ({ plan }: Place) => plan.stock + plan.onOrder;
const excessOf = ({ plan }: Place) => Math.max(0, exact(plan.stock - Math.max(0, plan.orderUpTo)));
const whole = (units: number, unit: number) => exact(Math.floor(units / unit + 1e-9) * unit);

function mayExchange(a: string, b: string, { pools }: TransferRules): boolean {
  return pools === null || pools.some((pool) => pool.includes(a) && pool.includes(b));
}

/** The plans with their transfers: units sent are not purchased. */
export function withTransfers(planned: Planned, rules: TransferRules | null): PlanItem[] {
  const transfers = rules === null ? [] : proposeTransfers(planned, rules);
  const incoming = groupedBy(transfers, ({ item, to }) => placeKey({ item, site: to }));
  const outgoing = groupedBy(transfers, ({ item, from }) => placeKey({ item, site: from }));
  const levels = new Map(planned.plans.map((plan) => [placeKey(plan), plan]));
  return planned.plans.map((plan, i) => {
    const key = placeKey(plan);
    const [own, sent] = [incoming.get(key), outgoing.get(key)];
    const supplied = own === undefined ? plan : suppliedPlan(planned, i, own, levels);
    if (sent === undefined) return supplied;
    return { ...supplied, transfersOut: sent.map(({ to, quantity }) => ({ site: to, quantity })) };
  });
}

function suppliedPlan(
  { replan }: Planned,
  index: number,
  own: readonly Transfer[],
  levels: ReadonlyMap<string, PlanItem>,
): PlanItem {
  const plan = replan(index, exact(own.reduce((sum, t) => sum + t.quantity, 0)));
  const reasons = own.map(({ item, from, quantity }) => {
    const sender = levels.get(placeKey({ item, site: from }));
    const has = sender === undefined ? '' : `, which has ${sender.stock} and fills up to ${sender.orderUpTo}`;
    return `${quantity} come from ${nameOf(from)}${has}.`;
  });
  return {
    ...plan,
    transfersIn: own.map(({ from, quantity }) => ({ site: from, quantity })),
    whyOrder: [...reasons, ...(plan.whyOrder === undefined ? [] : [plan.whyOrder])].join(' '),
  };
}

const nameOf = (site: string) => (site === '' ? 'the stock without a site' : site);
