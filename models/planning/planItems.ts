import { type LeadTimeLaw, leadTimeLaws } from '#models/demand/forecastTable.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { countingUnit } from './countingUnit.ts';
import { LAW_LEVELS } from './demandLaw.ts';
import { planStock, type StockItem, type StockPlan, type StockTarget } from './stockPolicy.ts';

export interface PlannedItem extends Omit<StockItem, 'unit' | 'packSize' | 'lostSales'>, ItemHistory {
  /** Orders are whole multiples of it; absent: of the counting unit of demand. */
  packSize?: number;
  /** Unmet demand is lost or backordered; absent: backordered. */
  unmetDemand?: 'owed' | 'lost';
  /** Periods from an order to its delivery. */
  leadTime: number;
}

export interface ItemPlan extends StockPlan {
  id: string;
  leadTime: number;
  /** Mean demand of lead time and review together. */
  expectedDemand: number;
  method: string;
}

/**
 * Stock levels and orders of all items, the costliest to wait for first; ties keep their order.
 * @param others further histories to learn from.
 * @param frequency periods of a season.
 * @param reviewPeriods between two chances to order.
 */
export function planItems(
  items: readonly PlannedItem[],
  others: readonly ItemHistory[],
  target: StockTarget,
  frequency: readonly number[],
  reviewPeriods: number,
): ItemPlan[] {
  const reviews = lawsOf(items, others, frequency, reviewPeriods);
  const plans = [...new Set(items.map((i) => i.leadTime))].flatMap((leadTime) => {
    const its = items.filter((item) => item.leadTime === leadTime);
    const rest = [...items.filter((item) => item.leadTime !== leadTime), ...others];
    const protections = lawsOf(its, rest, frequency, leadTime + reviewPeriods);
    const deliveries = leadTime > 0 ? lawsOf(its, rest, frequency, leadTime) : null;
    return its.map((item) => {
      const protection = protections.get(item)!;
      const delivery = deliveries?.get(item) ?? { mean: 0, quantiles: [0] };
      const review = reviews.get(item)!;
      const season = item.history.slice(-frequency[0]);
      const perPeriod = season.reduce((a, b) => a + b, 0) / Math.max(1, season.length);
      const demand = { delivery, protection, review, perPeriod };
      const unit = countingUnit(item.history);
      const lost = item.unmetDemand === 'lost' && { lostSales: { leadReviews: Math.round(leadTime / reviewPeriods) } };
      const stockItem = { ...item, unit, packSize: item.packSize ?? unit, ...lost };
      const plan = planStock(stockItem, demand, target, reviewPeriods);
      return { id: item.id, leadTime, expectedDemand: protection.mean, method: protection.method, ...plan };
    });
  });
  return plans.sort((a, b) => b.costOfWaiting - a.costOfWaiting);
}

function lawsOf(
  items: readonly PlannedItem[],
  teachers: readonly ItemHistory[],
  frequency: readonly number[],
  leadTime: number,
): Map<PlannedItem, LeadTimeLaw> {
  const [laws] = leadTimeLaws(items, { frequency, quantiles: LAW_LEVELS }, [leadTime], teachers);
  return new Map(items.map((item, i) => [item, laws[i]]));
}
