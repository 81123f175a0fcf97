import type { PlanItem } from '#models/contracts/plan.ts';
import type { OrderDecision, PlanException } from '#models/contracts/planDecision.ts';
import { placeKey } from './placeKey.ts';

/** Days within which an accepted proposal needs its purchase order. */
const ORDER_WITHIN_DAYS = 3;
/** Stock beyond the order-up-to level is excess if it exceeds the demand of this many years. */
const EXCESS_YEARS = 2;
/** Stock is dead if less than this share of it is expected to be needed within a year. */
const DEAD_SHARE = 0.02;
/** Probability of running out from which an open order is expedited. */
const HURRY = 0.5;
const DAY_MS = 86_400_000;

const shown = (units: number) => String(Number(units.toPrecision(3)));

/**
 * Exceptions of a plan, ranked by the money at stake: orders to decide on, orders beyond the budget, deliveries to
 * expedite, and excess or dead stock. Pure.
 *
 * At stake is, for an order, the cost of waiting until the next review; for a late delivery, the cost of the demand
 * expected within its lead time times the probability of running out; for stock, its value.
 */
export function planExceptions(items: readonly PlanItem[]): PlanException[] {
  return mostAtStakeFirst(
    items.flatMap((item) => {
      const about = { item: item.item, site: item.site, name: item.name };
      return (
        orderDue(item, about) ?? transferDue(item, about) ?? lateDelivery(item, about) ?? surplus(item, about) ?? []
      );
    }),
  );
}

/**
 * Exceptions of a plan, updated by later decisions: those with a decision are dropped, and accepted orders still
 * missing from the purchases after some days are added, with their value at stake. Pure.
 * @param open decisions that are neither fulfilled nor ended.
 */
export function openExceptions(
  exceptions: readonly PlanException[],
  open: readonly OrderDecision[],
  itemOf: (decision: OrderDecision) => Pick<PlanItem, 'name' | 'unitCost'> | null,
  nowMs: number,
): PlanException[] {
  const ofOrders = new Set(open.filter((d) => d.from === undefined).map(placeKey));
  const ofTransfers = new Set(open.filter((d) => d.from !== undefined).map(placeKey));
  const isDecided = (e: PlanException) =>
    ABOUT_ORDERS.has(e.kind) ? ofOrders.has(placeKey(e)) : e.kind === 'transfer' && ofTransfers.has(placeKey(e));
  const left = exceptions.filter((e) => !isDecided(e));
  const notOrdered = open.flatMap((decision): PlanException[] => {
    const days = Math.floor((nowMs - decision.decidedAtMs) / DAY_MS);
    if (decision.action !== 'accept' || days < ORDER_WITHIN_DAYS) return [];
    const { item, site, by, quantity } = decision;
    const known = itemOf(decision);
    return [
      {
        kind: 'not_ordered',
        item,
        site,
        name: known?.name ?? null,
        atStake: (quantity ?? 0) * (known?.unitCost ?? 1),
        text: `${by} accepted an order of ${shown(quantity ?? 0)} ${days} days ago; the purchases have none.`,
        recommendation: 'Place the purchase order, or withdraw the decision.',
      },
    ];
  });
  return mostAtStakeFirst([...left, ...notOrdered]);
}

const ABOUT_ORDERS: ReadonlySet<PlanException['kind']> = new Set(['order', 'over_budget']);

const mostAtStakeFirst = (exceptions: PlanException[]) =>
  exceptions.sort((a, b) => b.atStake - a.atStake || (a.item < b.item ? -1 : 1));

type About = Pick<PlanException, 'item' | 'site' | 'name'>;

function orderDue(item: PlanItem, about: About): PlanException | null {
  if (item.orderNow <= 0) return null;
  const risk = `${Math.round(100 * item.runOutProbability)} %`;
  return {
    ...about,
    kind: item.deferred && item.waitsFor === undefined ? 'over_budget' : 'order',
    atStake: item.costOfWaiting,
    text: `${shown(item.orderNow)} are due; the probability of running out before a delivery is ${risk}.`,
    recommendation: recommendationFor(item),
  };
}

function transferDue(item: PlanItem, about: About): PlanException | null {
  const transfers = item.transfersIn ?? [];
  if (transfers.length === 0) return null;
  const parts = transfers.map(({ site, quantity }) => `${shown(quantity)} from ${site || 'the stock without a site'}`);
  return {
    ...about,
    kind: 'transfer',
    atStake: item.costOfWaiting,
    text: `The position is below the reorder point of ${shown(item.reorderPoint)}; other sites can send units.`,
    recommendation: `Transfer ${parts.join(' and ')}.`,
  };
}

function recommendationFor({ deferred, waitsFor }: PlanItem): string {
  if (waitsFor !== undefined)
    return 'Nothing: it waits for the least order of its supplier. Accepting it orders it all the same.';
  return deferred
    ? 'Raise the budget, or delay an order that costs less to wait for.'
    : 'Accept the order, or change its quantity.';
}

function lateDelivery(item: PlanItem, about: About): PlanException | null {
  const { runOutProbability, onOrder, orderNow, expectedDemand, leadTimeDays, protectionDays, unitCost } = item;
  if (orderNow > 0 || onOrder <= 0 || runOutProbability < HURRY || item.flags.includes('stock_unknown')) return null;
  const needed = (expectedDemand * leadTimeDays) / Math.max(protectionDays, 1);
  return {
    ...about,
    kind: 'late_delivery',
    atStake: runOutProbability * needed * (unitCost ?? 1),
    text: `${shown(onOrder)} are on order; the probability that they come too late is ${Math.round(100 * runOutProbability)} %.`,
    recommendation: 'Expedite the order, transfer stock from another site, or agree a partial delivery.',
  };
}

function surplus(item: PlanItem, about: About): PlanException | null {
  const { onOrder, orderUpTo, unitCost = 1 } = item;
  const stock = (item.transfersOut ?? []).reduce((left, t) => left - t.quantity, item.stock);
  // Spares that a machine may need are never surplus.
  if (stock <= 0 || item.machines.length > 0) return null;
  const yearly = item.demandAYear ?? 0;
  const cancel = onOrder > 0 ? 'Cancel what is on order; then sell' : 'Sell';
  if (yearly < DEAD_SHARE * stock)
    return {
      ...about,
      kind: 'dead_stock',
      atStake: stock * unitCost,
      text: `${shown(stock)} lie in stock; ${shown(yearly)} are needed in a year.`,
      recommendation: `${cancel}, return or scrap the stock.`,
    };
  const excess = stock - orderUpTo - EXCESS_YEARS * yearly;
  if (excess <= 0) return null;
  return {
    ...about,
    kind: 'excess_stock',
    atStake: excess * unitCost,
    text: `${shown(stock)} in stock last ${shown(stock / Math.max(yearly, 1e-9))} years.`,
    recommendation: `${cancel} or return up to ${shown(excess)}.`,
  };
}
