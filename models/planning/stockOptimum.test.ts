import { describe, expect, test } from 'vitest';
import { type DemandLaw, LAW_LEVELS, NO_DEMAND } from './demandLaw.ts';
import type { ItemDemand } from './itemDemand.ts';
import { ITEM } from './stockItem.fixture.ts';
import { planStock, type StockItem, type StockTarget } from './stockPolicy.ts';

/** Equally likely numbers up to the largest, in steps that the quantile levels match exactly. */
const uniform = (largest: number): DemandLaw => ({
  mean: LAW_LEVELS.reduce((sum, p) => sum + Math.floor(p * (largest + 1)), 0) / LAW_LEVELS.length,
  quantiles: LAW_LEVELS.map((p) => Math.floor(p * (largest + 1))),
});
const atOnce = (law: DemandLaw): ItemDemand => ({
  delivery: NO_DEMAND,
  protection: law,
  review: law,
  perPeriod: law.mean,
});

test('the stock after an order may run out as often as the target allows; a planner’s order has its own probability', () => {
  const target: StockTarget = { kind: 'cycle', level: 0.95 };
  const item = { ...ITEM, orderCost: 0, stock: 20 };
  const plan = planStock(item, atOnce(uniform(199)), target, 1);
  // Nothing to 199: 190 levels of 200 are below 190.
  expect(plan).toMatchObject({ reorderPoint: 189, orderNow: 169, proposedOrder: 169 });
  expect(plan.runOutAfterOrder).toBeCloseTo(0.05, 12);
  expect(plan.runOutProbability).toBeCloseTo(1 - 21 / 200, 12);
  const decided = planStock({ ...item, fixedOrder: 79 }, atOnce(uniform(199)), target, 1);
  expect(decided).toMatchObject({ orderNow: 79, proposedOrder: 169, orderCost: 790 });
  expect(decided.runOutAfterOrder).toBeCloseTo(0.5, 12);
  expect(decided.costOfWaiting).toBeLessThan(plan.costOfWaiting);
  expect(planStock({ ...item, fixedOrder: 0 }, atOnce(uniform(199)), target, 1)).toMatchObject({
    orderNow: 0,
    costOfWaiting: 0,
  });
});

/** Long-run cost of reordering at or below s up to S, by its renewals (Zheng & Federgruen 1991, eq. 2). */
function longRunCost(costAt: (position: number) => number, orderCost: number, s: number, S: number, largest: number) {
  const mass = 1 / (largest + 1);
  const visits: number[] = [];
  for (let below = 0; below < S - s; below++) {
    let before = below === 0 ? 1 : 0;
    for (let d = 1; d <= Math.min(below, largest); d++) before += mass * visits[below - d];
    visits.push(before / (1 - mass));
  }
  const cost = visits.reduce((sum, v, below) => sum + v * costAt(S - below), 0);
  return (orderCost + cost) / visits.reduce((a, b) => a + b, 0);
}

test.each([
  { orderCost: 20, shortageCost: 4, reviews: 1 },
  { orderCost: 64, shortageCost: 9, reviews: 1 },
  { orderCost: 20, shortageCost: 4, reviews: 3 },
])('with a fixed order cost no other levels cost less: %o', ({ orderCost, shortageCost, reviews }) => {
  const item = { ...ITEM, unitCost: 10, holdingRate: 0.1, orderCost, shortageCost };
  const plan = planStock(item, atOnce(uniform(9)), { kind: 'cost' }, reviews);
  const costAt = (position: number) =>
    Array.from({ length: 10 }, (_, demand) => position - demand).reduce(
      (sum, left) => sum + (left > 0 ? left * reviews : -left * shortageCost) / 10,
      0,
    );
  const costOf = (s: number, S: number) => longRunCost(costAt, orderCost, s, S, 9);
  const best = costOf(plan.reorderPoint - 1, plan.orderUpTo);
  for (let s = -4; s < 9; s++)
    for (let S = s + 1; S < 40; S++) expect(costOf(s, S)).toBeGreaterThanOrEqual(best - 1e-9);
});

/** Long-run cost of orders in whole packs, by each position's share of the reviews. */
function packedCost(costAt: (position: number) => number, item: StockItem, reorderPoint: number, upTo: number) {
  const after = (position: number) =>
    position < reorderPoint ? position + Math.ceil((upTo - position) / item.packSize) * item.packSize : position;
  let shares = new Map([[upTo, 1]]);
  let [cost, reviews] = [0, 0];
  for (let review = 0; review < 90; review++) {
    const next = new Map<number, number>();
    for (const [position, share] of shares)
      for (let demand = 0; demand <= 4; demand++) {
        const left = position - demand;
        const to = after(left);
        next.set(to, (next.get(to) ?? 0) + share / 5);
        if (review >= 30) cost += (share / 5) * (to > left ? item.orderCost : 0);
      }
    if (review >= 30) for (const [position, share] of shares) cost += share * costAt(position);
    if (review >= 30) reviews++;
    shares = next;
  }
  return cost / reviews;
}

test.each([{ orderCost: 2 }, { orderCost: 12 }])(
  'with packs, other levels save next to nothing: %o',
  ({ orderCost }) => {
    const item = { ...ITEM, unitCost: 10, holdingRate: 0.1, shortageCost: 6, packSize: 3, orderCost };
    const plan = planStock(item, atOnce(uniform(4)), { kind: 'cost' }, 1);
    const costAt = (position: number) =>
      [0, 1, 2, 3, 4].reduce((sum, demand) => sum + Math.max(position - demand, 6 * (demand - position)) / 5, 0);
    const costs: number[] = [];
    for (let s = -1; s < 5; s++) for (let S = s; S < 20; S++) costs.push(packedCost(costAt, item, s, S));
    expect(packedCost(costAt, item, plan.reorderPoint, plan.orderUpTo)).toBeLessThan(1.02 * Math.min(...costs));
  },
);

test('a minimum order or a pack of one unit changes nothing', () => {
  for (const target of [{ kind: 'cost' }, { kind: 'fill', level: 0.95 }, { kind: 'cycle', level: 0.9 }] as const)
    for (const orderCost of [0, 20]) {
      const item = { ...ITEM, unitCost: 10, holdingRate: 0.1, shortageCost: 4, orderCost };
      const [none, one, half] = [{}, { minimumOrder: 1 }, { packSize: 0.5 }].map((lots) =>
        planStock({ ...item, ...lots }, atOnce(uniform(9)), target, 1),
      );
      expect(one).toEqual(none);
      expect(half).toEqual(none);
    }
});

test('a longer review holds a discounted lot for longer', () => {
  const item = { ...ITEM, unitCost: 1, holdingRate: 0.01, priceBreaks: [{ from: 1000, unitCost: 0.5 }] };
  const always = (units: number): DemandLaw => ({ mean: units, quantiles: LAW_LEVELS.map(() => units) });
  const unitCost = (reviews: number) =>
    planStock(item, { ...atOnce(always(10)), perPeriod: 10 / reviews }, { kind: 'fill', level: 0.95 }, reviews)
      .unitCost;
  // It saves 5 a review, and holds about 500 units at half a cent each for every period of it.
  expect([1, 4].map(unitCost)).toEqual([0.5, 1]);
});

describe('lost sales', () => {
  const lostSales = { leadReviews: 1 };

  test('an empty shelf is replenished, however large the pack and low the target', () => {
    const item = { ...ITEM, packSize: 5000, lostSales };
    expect(planStock(item, atOnce(uniform(199)), { kind: 'fill', level: 0.5 }, 1)).toMatchObject({
      reorderPoint: 1,
      orderNow: 5000,
    });
  });

  test('kilograms and tonnes give the same plan', () => {
    const scaled = (by: number) => {
      const law = (d: DemandLaw): DemandLaw => ({ mean: d.mean * by, quantiles: d.quantiles.map((q) => q * by) });
      const { delivery, protection, review, perPeriod } = atOnce(uniform(9));
      return { delivery: law(delivery), protection: law(protection), review: law(review), perPeriod: perPeriod * by };
    };
    for (const target of [{ kind: 'cost' }, { kind: 'fill', level: 0.9 }, { kind: 'cycle', level: 0.9 }] as const)
      for (const orderCost of [0, 20]) {
        const costs = { unitCost: 10, shortageCost: 30, holdingRate: 0.1, orderCost, lostSales };
        const pieces = planStock({ ...ITEM, ...costs }, scaled(1), target, 1);
        const large = { unitCost: 10_000, shortageCost: 30_000, unit: 0.001, packSize: 0.001 };
        const tonnes = planStock({ ...ITEM, ...costs, ...large }, scaled(0.001), target, 1);
        expect(tonnes.reorderPoint).toBeCloseTo(pieces.reorderPoint / 1000, 9);
        expect(tonnes.orderUpTo).toBeCloseTo(pieces.orderUpTo / 1000, 9);
        expect(tonnes.expectedFill).toBeCloseTo(pieces.expectedFill, 9);
      }
  });

  test('without demand nothing is held', () => {
    const none = atOnce(NO_DEMAND);
    expect(planStock({ ...ITEM, lostSales }, none, { kind: 'fill', level: 0.95 }, 1)).toMatchObject({
      reorderPoint: 0,
    });
  });
});
