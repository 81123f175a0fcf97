import type { PlanItem } from '#models/contracts/plan.ts';
import type { PlanFigures } from '#models/contracts/planScenario.ts';

const AT_RISK = 0.5;

/** The figures by which plans are compared. Items of older plans without a cost count with 1. Pure. */
export function planFigures(items: readonly PlanItem[]): PlanFigures {
  const sum = (of: (item: PlanItem) => number) => items.reduce((total, item) => total + of(item), 0);
  const due = (item: PlanItem) => item.orderNow > 0 && !item.deferred;
  const valueAYear = ({ demandAYear = 0, unitCost = 1 }: PlanItem) => demandAYear * unitCost;
  const value = sum(valueAYear);
  return {
    items: items.length,
    toOrder: items.filter(due).length,
    orderCost: sum((i) => (due(i) ? i.orderCost : 0)),
    deferredCost: sum((i) => (i.deferred ? i.orderCost : 0)),
    atRisk: items.filter((i) => i.runOutProbability >= AT_RISK).length,
    costOfWaiting: sum((i) => i.costOfWaiting),
    safetyStockValue: sum((i) => i.safetyStock * (i.unitCost ?? 1)),
    expectedFill: value > 0 ? sum((i) => i.expectedFill * valueAYear(i)) / value : null,
  };
}
