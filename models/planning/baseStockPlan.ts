import { costOfOrder } from '#models/supply/priceBreaks.ts';
import { chanceWithin } from './demandLaw.ts';
import { type ItemDemand, shortInReview } from './itemDemand.ts';
import { exact, orderQuantity } from './lotCycle.ts';
import type { StockItem, StockPlan } from './stockPolicy.ts';

/** A base-stock level (each unit used is reordered at once) and the service that it gives. */
export interface BaseStock {
  level: number;
  fill: number;
  ready: number;
  /** A depot's orders are purchases; other sites are supplied by the depot. */
  isDepot: boolean;
}

/** The order that fills up to a given base-stock level. */
export function planBaseStock(
  item: StockItem,
  demand: ItemDemand,
  { level, fill, ready, isDepot }: BaseStock,
): StockPlan {
  const position = item.stock + item.onOrder;
  const supplied = exact(position + (item.transferIn ?? 0));
  const need = Math.max(0, exact(level - supplied));
  // Pack size and minimum order apply to the supplier, not to the depot.
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
