import { costOfOrder } from '#models/supply/priceBreaks.ts';
import { chanceWithin } from './demandLaw.ts';
import { type ItemDemand, shortInReview } from './itemDemand.ts';
import { exact, orderQuantity } from './lotCycle.ts';
import type { StockItem, StockPlan } from './stockPolicy.ts';

/** A stock level of which each unit taken is asked for at once, and what it serves. */
export interface BaseStock {
  level: number;
  fill: number;
  ready: number;
  /** Its orders are purchases; those of others are sent to them. */
  isDepot: boolean;
}

/** The order that fills up to a level that is known. */
export function planBaseStock(
  item: StockItem,
  demand: ItemDemand,
  { level, fill, ready, isDepot }: BaseStock,
): StockPlan {
  const position = item.stock + item.onOrder;
  const supplied = exact(position + (item.transferIn ?? 0));
  const need = Math.max(0, exact(level - supplied));
  // Packs and least orders are a supplier's, not the depot's.
  const proposedOrder = isDepot ? orderQuantity(need, item) : need;
  const orderNow = item.fixedOrder ?? proposedOrder;
  const after = exact(supplied + orderNow);
  return {
    reorderPoint: level,
    orderUpTo: level,
    safetyStock: exact(level - demand.protection.mean),
    position,
    orderNow,
    proposedOrder,
    runOutAfterOrder: 1 - chanceWithin(demand.protection, after),
    orderCost: costOfOrder(item, orderNow),
    unitCost: item.unitCost,
    discountFrom: null,
    runOutProbability: 1 - chanceWithin(demand.protection, position),
    expectedCycleService: ready,
    expectedFill: fill,
    costOfWaiting: Math.max(0, shortInReview(demand, position) - shortInReview(demand, after)) * item.shortageCost,
  };
}
