import { expect, test } from 'vitest';
import type { PlanItem } from '#models/contracts/plan.ts';
import { planFigures } from './planFigures.ts';

const item = (changes: Partial<PlanItem>): PlanItem =>
  ({
    orderNow: 0,
    orderCost: 0,
    deferred: false,
    runOutProbability: 0,
    costOfWaiting: 0,
    safetyStock: 0,
    expectedFill: 1,
    ...changes,
  }) as PlanItem;

test('sums count orders that are due, and fill rates by the value of demand', () => {
  const items = [
    item({
      orderNow: 5,
      orderCost: 50,
      costOfWaiting: 7,
      safetyStock: 3,
      unitCost: 10,
      demandAYear: 30,
      expectedFill: 0.9,
    }),
    item({
      orderNow: 4,
      orderCost: 80,
      deferred: true,
      runOutProbability: 0.5,
      unitCost: 20,
      demandAYear: 5,
      expectedFill: 0.5,
    }),
    item({ runOutProbability: 0.49, safetyStock: 2 }),
  ];
  expect(planFigures(items)).toEqual({
    items: 3,
    toOrder: 1,
    orderCost: 50,
    deferredCost: 80,
    atRisk: 1,
    costOfWaiting: 7,
    safetyStockValue: 32,
    expectedFill: (0.9 * 300 + 0.5 * 100) / 400,
  });
});

test('a plan without demand has no fill rate', () => {
  expect(planFigures([item({})]).expectedFill).toBeNull();
});
