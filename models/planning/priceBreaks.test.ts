import { expect, test } from 'vitest';
import { type PriceBreak, parsePriceBreaks, unitCostOf } from '#models/supply/priceBreaks.ts';
import { type DemandLaw, LAW_LEVELS, NO_DEMAND } from './demandLaw.ts';
import type { ItemDemand } from './itemDemand.ts';
import { planStock, type StockItem, type StockTarget } from './stockPolicy.ts';

const always = (units: number): DemandLaw => ({ mean: units, quantiles: LAW_LEVELS.map(() => units) });

/** Constant demand, delivered at once. */
const steady = (perPeriod: number): ItemDemand => ({
  delivery: NO_DEMAND,
  protection: always(perPeriod),
  review: always(perPeriod),
  perPeriod,
});

const item = (change: Partial<StockItem>): StockItem => ({
  stock: 0,
  onOrder: 0,
  unitCost: 1,
  orderCost: 0,
  holdingRate: 0.01,
  shortageCost: 100,
  minimumOrder: 0,
  packSize: 1,
  unit: 1,
  ...change,
});

const TARGETS: StockTarget[] = [{ kind: 'cost' }, { kind: 'fill', level: 0.95 }, { kind: 'cycle', level: 0.95 }];

/** Cheapest order of a year's steady demand, by trying every one. */
function cheapestOrder(demand: number, order: number, rate: number, unitCost: number, breaks: PriceBreak[]) {
  const cost = (q: number) => {
    const price = unitCostOf(q, unitCost, breaks);
    return demand * price + (order * demand) / q + (rate * price * q) / 2;
  };
  const sizes = Array.from({ length: demand }, (_, i) => i + 1);
  return sizes.reduce((best, q) => (cost(q) < cost(best) ? q : best));
}

/** Snyder & Shen, "Fundamentals of Supply Chain Theory" (2019), ch. 3: 800 at 0.68, 978.6 in total. */
const SNYDER = {
  demand: 1300,
  order: 8,
  rate: 0.3,
  unitCost: 0.75,
  breaks: [
    [400, 0.72],
    [800, 0.68],
  ],
} as const;
/** The documented example of the R package EOQd: discounts of 5 % from 110 and 10 % from 150. */
const EOQD = {
  demand: 520,
  order: 10,
  rate: 0.2,
  unitCost: 5,
  breaks: [
    [110, 4.75],
    [150, 4.5],
  ],
} as const;
/** The same with a last discount that is not worth its holding cost. */
const SMALL_DISCOUNT = {
  demand: 520,
  order: 10,
  rate: 0.2,
  unitCost: 5,
  breaks: [
    [110, 4.75],
    [500, 4.7],
  ],
} as const;
/** Worth its holding cost because of fewer orders, not by its price alone. */
const FEWER = { demand: 520, order: 10, rate: 0.2, unitCost: 5, breaks: [[200, 4.93]] } as const;

test.each([
  [SNYDER, 800, 0.68],
  [EOQD, 150, 4.5],
  [SMALL_DISCOUNT, 110, 4.75],
  [FEWER, 200, 4.93],
])('orders of %o have the size and price of least total cost', (known, size, price) => {
  const breaks = known.breaks.map(([from, unitCost]) => ({ from, unitCost }));
  expect(cheapestOrder(known.demand, known.order, known.rate, known.unitCost, breaks)).toBe(size);
  for (const target of TARGETS) {
    // A period is the time of one unit.
    const its = { unitCost: known.unitCost, orderCost: known.order, holdingRate: known.rate / known.demand };
    const plan = planStock(item({ ...its, priceBreaks: breaks }), steady(1), target, 1);
    expect(plan.unitCost).toBe(price);
    expect(Math.abs(plan.orderNow - size)).toBeLessThanOrEqual(3);
    expect(plan.orderNow).toBeGreaterThanOrEqual(size);
    expect(plan.orderCost).toBeCloseTo(known.order + plan.orderNow * price, 9);
  }
});

test('an order is at least the minimum quantity of its price', () => {
  const breaks = [{ from: 30, unitCost: 0.5 }];
  for (const stock of [0, 3, 7, 9]) {
    const { orderNow, reorderPoint } = planStock(
      item({ stock, priceBreaks: breaks }),
      steady(10),
      { kind: 'fill', level: 0.95 },
      1,
    );
    if (stock < reorderPoint) expect(orderNow).toBeGreaterThanOrEqual(30);
  }
});

test('a discount smaller than the cost of holding its units is not used', () => {
  const half = { from: 1000, unitCost: 0.99 };
  // 100 periods of stock at 1 % each against 1 % once.
  expect(planStock(item({ priceBreaks: [half] }), steady(10), TARGETS[1], 1)).toMatchObject({
    unitCost: 1,
    discountFrom: null,
  });
  expect(planStock(item({ priceBreaks: [{ ...half, unitCost: 0.4 }] }), steady(10), TARGETS[1], 1)).toMatchObject({
    unitCost: 0.4,
    discountFrom: 1000,
  });
});

test('a large order gets the lower price, whatever determined its size', () => {
  const plan = planStock(
    item({ stock: -500, priceBreaks: [{ from: 400, unitCost: 0.999 }], holdingRate: 1 }),
    steady(10),
    TARGETS[1],
    1,
  );
  expect(plan.discountFrom).toBeNull();
  expect(plan.orderCost).toBeCloseTo(plan.orderNow * 0.999, 9);
});

test.each([
  [
    '400:0.72; 800:0.68',
    [
      [400, 0.72],
      [800, 0.68],
    ],
  ],
  [
    '400 = 0,72 | 800 = 0,68',
    [
      [400, 0.72],
      [800, 0.68],
    ],
  ],
  ['0.25:1200', [[0.25, 1200]]],
])('%s is read', (text, pairs) => {
  expect(parsePriceBreaks(text)).toEqual(pairs.map(([from, unitCost]) => ({ from, unitCost })));
});

test.each([
  '',
  '400',
  '400:',
  '400:-1',
  '0:5',
  '800:0.68; 400:0.72',
  '400:0.72; 800:0.75',
  '1,000:0.5',
  '10:1.234',
  '400:0.72, 800:0.68',
])('%j is refused', (text) => {
  expect(parsePriceBreaks(text)).toBeNull();
});
