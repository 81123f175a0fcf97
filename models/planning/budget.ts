import type { StockPlan } from './stockPolicy.ts';

/** Orders that fit the budget: those first whose waiting costs most for the money. */
export function withinBudget<T extends Pick<StockPlan, 'orderCost' | 'costOfWaiting'>>(
  plans: readonly T[],
  budget: number,
): Set<T> {
  const worth = ({ costOfWaiting, orderCost }: T) => costOfWaiting / Math.max(orderCost, 1e-12);
  const paid = new Set<T>();
  let left = budget;
  for (const plan of [...plans].sort((a, b) => worth(b) - worth(a))) {
    if (plan.orderCost > left) continue;
    left -= plan.orderCost;
    paid.add(plan);
  }
  return paid;
}
