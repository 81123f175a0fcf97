import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { type DemandLaw, LAW_LEVELS, NO_DEMAND } from './demandLaw.ts';
import type { ItemDemand } from './itemDemand.ts';
import { demandPath, playPolicy } from './lostSales.ts';
import { planStock, type StockItem, type StockTarget } from './stockPolicy.ts';

const ITEM: StockItem = {
  stock: 0,
  onOrder: 0,
  unitCost: 1,
  orderCost: 0,
  holdingRate: 1,
  shortageCost: 4,
  minimumOrder: 0,
  packSize: 1,
  unit: 1,
};

function poisson(mean: number): DemandLaw {
  if (mean === 0) return NO_DEMAND;
  let [k, chance, below] = [0, Math.exp(-mean), Math.exp(-mean)];
  const quantiles = LAW_LEVELS.map((level) => {
    while (below < level) {
      chance *= mean / ++k;
      below += chance;
    }
    return k;
  });
  return { mean, quantiles };
}

/** Poisson demand of 5 a review, delivered `leadReviews` reviews after the order. */
const demandOf = (leadReviews: number): ItemDemand => ({
  delivery: poisson(5 * leadReviews),
  protection: poisson(5 * (leadReviews + 1)),
  review: poisson(5),
  perPeriod: 5,
});

const plan = (leadReviews: number, target: StockTarget, change: Partial<StockItem> = {}) =>
  planStock({ ...ITEM, lostSales: { leadReviews }, ...change }, demandOf(leadReviews), target, 1);

type Rule = { reorderPoint: number; orderUpTo: number; pack?: number };

/** Simulates a policy with that demand and lost sales. */
function played({ reorderPoint, orderUpTo, pack = 1 }: Rule, leadReviews: number, reviews = 60_000) {
  const random = randomOf(5);
  const demand = () => {
    let k = -1;
    for (let p = 1; p > Math.exp(-5); k++) p *= random();
    return k;
  };
  const coming: number[] = new Array(leadReviews).fill(0);
  let [onHand, demanded, lost, stock, orders] = [orderUpTo, 0, 0, 0, 0];
  for (let t = 0; t < reviews; t++) {
    const position = onHand + coming.reduce((a, b) => a + b, 0);
    const quantity = position < reorderPoint ? Math.ceil((orderUpTo - position) / pack) * pack : 0;
    if (quantity > 0) orders++;
    coming.push(quantity);
    onHand += coming.shift() as number;
    const drawn = demand();
    const missing = Math.max(0, drawn - onHand);
    onHand += missing - drawn;
    demanded += drawn;
    lost += missing;
    stock += onHand;
  }
  return { fill: 1 - lost / demanded, stock: stock / reviews, lost: lost / reviews, orders: orders / reviews };
}

const costOf = ({ stock, lost, orders }: ReturnType<typeof played>, shortage: number, order = 0) =>
  stock + shortage * lost + order * orders;

/**
 * Optimal costs of Zipkin, Operations Research 56 (2008), 1256–1263: Poisson demand of 5, holding cost 1. Value iteration
 * over stock and orders gives 4.0407, 5.4382, 6.6758, 7.8360, 4.3953, 6.0936, 7.6644, 9.1064.
 */
test.each([
  [1, 4, 4.04],
  [1, 9, 5.44],
  [1, 19, 6.68],
  [1, 39, 7.84],
  [2, 4, 4.4],
  [2, 9, 6.09],
  [2, 19, 7.66],
  [2, 39, 9.11],
])(
  'least cost with a lead time of %d and a lost unit at %d is the best base stock’s',
  (lead, shortageCost, optimum) => {
    const { reorderPoint, orderUpTo } = plan(lead, { kind: 'cost' }, { shortageCost });
    const cost = costOf(played({ reorderPoint, orderUpTo }, lead), shortageCost);
    const around = [-3, -2, -1, 1, 2, 3].map((by) =>
      costOf(played({ reorderPoint: orderUpTo + by, orderUpTo: orderUpTo + by }, lead), shortageCost),
    );
    expect(cost).toBeLessThan(1.015 * Math.min(...around));
    // No policy is cheaper than the optimum; a base stock is not far from it.
    expect(cost).toBeGreaterThan(0.99 * optimum);
    expect(cost).toBeLessThan(1.1 * optimum);
  },
);

test.each<[number, Partial<StockItem>]>([
  [0, {}],
  [1, {}],
  [4, {}],
  [2, { orderCost: 10 }],
  [4, { orderCost: 10 }],
  [2, { packSize: 12 }],
])('the fill rate is met but not exceeded with a lead time of %d and lots %o', (lead, lots) => {
  const { reorderPoint, orderUpTo, expectedFill } = plan(lead, { kind: 'fill', level: 0.9 }, lots);
  const pack = lots.packSize ?? 1;
  const { fill } = played({ reorderPoint, orderUpTo, pack }, lead);
  expect(Math.abs(fill - expectedFill)).toBeLessThan(0.01);
  expect(fill).toBeGreaterThan(0.895);
  expect(played({ reorderPoint: reorderPoint - 1, orderUpTo: orderUpTo - 1, pack }, lead).fill).toBeLessThan(0.905);
});

test('levels for backordered demand would hold a third more stock with four orders outstanding', () => {
  const target: StockTarget = { kind: 'fill', level: 0.9 };
  const owing = planStock(ITEM, demandOf(4), target, 1);
  expect(played(owing, 4).stock).toBeGreaterThan(1.33 * played(plan(4, target), 4).stock);
});

test('least cost with an order cost is within 3 % of the best reorder point and order-up-to level', () => {
  const [shortageCost, orderCost] = [19, 20];
  const cost = (rule: Rule) => costOf(played(rule, 2, 20_000), shortageCost, orderCost);
  let best = Number.POSITIVE_INFINITY;
  for (let reorderPoint = 10; reorderPoint <= 24; reorderPoint++)
    for (let span = 0; span <= 24; span += 2)
      best = Math.min(best, cost({ reorderPoint, orderUpTo: reorderPoint + span }));
  expect(cost(plan(2, { kind: 'cost' }, { shortageCost, orderCost }))).toBeLessThan(1.03 * best);
});

test('an item that is cheaper to do without is not ordered', () => {
  expect(plan(2, { kind: 'cost' }, { shortageCost: 0.1, orderCost: 5 })).toMatchObject({
    reorderPoint: 0,
    orderNow: 0,
  });
});

test('a cycle service with lots has the same level for lost sales as for backorders; without lots a lower one', () => {
  const cycle: StockTarget = { kind: 'cycle', level: 0.9 };
  const owing = (change: Partial<StockItem>) => planStock({ ...ITEM, ...change }, demandOf(4), cycle, 1).reorderPoint;
  expect(plan(4, cycle, { orderCost: 50 }).reorderPoint).toBe(owing({ orderCost: 50 }));
  expect(plan(4, cycle).reorderPoint).toBeLessThan(owing({}));
});

test('an empty shelf is replenished, however low the target', () => {
  expect(plan(0, { kind: 'fill', level: 0.5 }, { orderCost: 50 }).reorderPoint).toBeGreaterThan(0);
});

test('a demand path has each demand as often as its distribution', () => {
  const path = demandPath({ step: 1, mass: Float64Array.of(0.5, 0.25, 0.25) }, 400);
  expect([0, 1, 2].map((k) => path.filter((d) => d === k).length)).toEqual([200, 100, 100]);
});

test('a delivery arrives the lead time after its order and serves backorders first', () => {
  const policy = { lots: { span: 0, pack: 1, minimumOrder: 0 }, leadReviews: 2 };
  const path = Int32Array.from([3, 3, 3, 3]);
  // Of 6, the third demand finds none; three arrive for the fourth.
  expect(playPolicy(path, policy, 6, true)).toMatchObject({ fill: 0.75, cycleService: 0.75, missing: 0.75, owed: 0 });
  expect(playPolicy(path, policy, 6, false)).toMatchObject({ fill: 0.5, owed: 1.5 });
  // A position at the reorder point is not below it.
  const packs = { lots: { span: 0, pack: 4, minimumOrder: 4 }, leadReviews: 0 };
  expect(playPolicy(Int32Array.from([0, 0]), packs, 6, true)).toMatchObject({ orders: 0, stock: 6 });
});
