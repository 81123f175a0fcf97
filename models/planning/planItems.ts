import { leadTimeDemand } from '#models/demand/leadTimeDemand.ts';
import { type DemandLaw, planStock, type StockItem, type StockPlan, type StockTarget } from './stockPolicy.ts';

export interface PlannedItem extends StockItem {
  id: string;
  /** Demand a period, oldest first. */
  history: number[];
  /** Periods from an order to its delivery. */
  leadTime: number;
}

export interface ItemPlan extends StockPlan {
  id: string;
  leadTime: number;
  /** Mean demand of delivery and review together. */
  expectedDemand: number;
  method: string;
}

/** Levels at which a law is kept: fine enough for a 99 % target. */
const LEVELS = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);

/**
 * What to hold and what to order of each item, the costliest to wait for first; equal ones by their order.
 * @param reviewPeriods between two chances to order.
 */
export function planItems(items: readonly PlannedItem[], target: StockTarget, reviewPeriods: number): ItemPlan[] {
  const histories = items.map(({ history }) => Float64Array.from(history));
  const known = new Map<number, { law: DemandLaw; method: string }[]>();
  // Laws are learned from all items at once, for each interval that any item needs.
  const lawsOver = (periods: number) => {
    const laws =
      known.get(periods) ??
      leadTimeDemand(histories, periods, LEVELS).map(({ mean, quantiles, method }) => ({
        law: { mean, quantiles },
        method,
      }));
    known.set(periods, laws);
    return laws;
  };
  const plans = items.map((item, i) => {
    const protection = lawsOver(item.leadTime + reviewPeriods)[i];
    const delivery = item.leadTime > 0 ? lawsOver(item.leadTime)[i].law : { mean: 0, quantiles: [0] };
    const demand = { delivery, protection: protection.law, review: lawsOver(reviewPeriods)[i].law };
    const plan = planStock(item, demand, target, reviewPeriods);
    return {
      id: item.id,
      leadTime: item.leadTime,
      expectedDemand: protection.law.mean,
      method: protection.method,
      ...plan,
    };
  });
  return plans.sort((a, b) => b.costOfWaiting - a.costOfWaiting);
}
