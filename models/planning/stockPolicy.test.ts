import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { normalQuantile } from '#models/statistics/quantiles.ts';
import { withinBudget } from './budget.ts';
import { countingUnit } from './countingUnit.ts';
import { type DemandLaw, LAW_LEVELS, NO_DEMAND } from './demandLaw.ts';
import type { ItemDemand } from './itemDemand.ts';
import { ITEM } from './stockItem.fixture.ts';
import { planStock, type StockItem, type StockTarget } from './stockPolicy.ts';

const normal = (mean: number, deviation: number, unit = 1): DemandLaw => ({
  mean,
  quantiles: LAW_LEVELS.map((p) => Math.max(0, Math.round((mean + deviation * normalQuantile(p)) / unit) * unit)),
});

/** Normal demand of 100 ± 30 a period, delivered after one period. */
const DEMAND: ItemDemand = {
  delivery: normal(100, 30),
  protection: normal(200, 30 * Math.SQRT2),
  review: normal(100, 30),
  perPeriod: 100,
};

/** Simulates the policy with that demand: fill rate, mean stock, share of the cycles without a shortage. */
function played(item: StockItem, { reorderPoint, orderUpTo }: { reorderPoint: number; orderUpTo: number }) {
  const random = randomOf(3);
  const periods = 60_000;
  let [onHand, coming, demanded, short, stock, cycles, dry, wasShort] = [orderUpTo, 0, 0, 0, 0, 0, 0, false];
  for (let t = 0; t < periods; t++) {
    const position = onHand + coming;
    onHand += coming;
    coming = 0;
    if (position < reorderPoint) {
      const need = Math.max(orderUpTo - position, item.minimumOrder);
      coming = Math.ceil(need / item.packSize) * item.packSize;
    }
    const demand = Math.max(0, Math.round(100 + 30 * gaussian(random)));
    const missing = Math.min(demand, Math.max(0, demand - Math.max(0, onHand)));
    onHand -= demand;
    demanded += demand;
    short += missing;
    stock += Math.max(0, onHand) / periods;
    wasShort ||= missing > 0;
    if (coming === 0) continue;
    cycles++;
    if (wasShort) dry++;
    wasShort = false;
  }
  return { fill: 1 - short / demanded, stock, cycleService: 1 - dry / cycles, orders: cycles / periods };
}

const LOTS: Partial<StockItem>[] = [
  {},
  { orderCost: 50 },
  { orderCost: 200 },
  { packSize: 300 },
  { packSize: 1000 },
  { orderCost: 50, packSize: 40 },
  { minimumOrder: 250 },
  // With no holding cost, packs determine the order.
  { packSize: 300, orderCost: 50, holdingRate: 0 },
];

test.each(LOTS)('the fill rate is met but not exceeded, with lots: %o', (lots) => {
  const item = { ...ITEM, ...lots };
  const plan = planStock(item, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  expect(plan.expectedFill).toBeCloseTo(0.95, 2);
  expect(Math.abs(played(item, plan).fill - 0.95)).toBeLessThan(0.01);
});

test.each(LOTS)('the cycle service is met but not exceeded, with lots: %o', (lots) => {
  const item = { ...ITEM, ...lots };
  const plan = planStock(item, DEMAND, { kind: 'cycle', level: 0.9 }, 1);
  expect(Math.abs(played(item, plan).cycleService - 0.9)).toBeLessThan(0.02);
});

test('a reorder point that ignored lots would hold much more stock for the same fill rate', () => {
  const item = { ...ITEM, packSize: 300 };
  const fill: StockTarget = { kind: 'fill', level: 0.95 };
  const plan = planStock(item, DEMAND, fill, 1);
  const single = planStock(ITEM, DEMAND, fill, 1);
  const ignoring = played(item, { reorderPoint: single.reorderPoint, orderUpTo: single.reorderPoint });
  expect(ignoring.stock).toBeGreaterThan(1.5 * played(item, plan).stock);
});

test('orders and undershoot together are the economic quantity √(2KD/h)', () => {
  const plan = planStock({ ...ITEM, orderCost: 200 }, DEMAND, { kind: 'cycle', level: 0.9 }, 1);
  const economic = Math.sqrt((2 * 200 * 100) / 0.2);
  // Mean undershoot of N(100, 30): E[D²] / 2E[D].
  const undershoot = (100 ** 2 + 30 ** 2) / 200;
  expect(plan.orderUpTo - plan.reorderPoint).toBeGreaterThan(economic - undershoot - 3);
  expect(plan.orderUpTo - plan.reorderPoint).toBeLessThan(economic - undershoot + 3);
});

test('lots of large demand are sized in units, whatever the grid step', () => {
  const large: ItemDemand = {
    delivery: normal(1000, 300),
    protection: normal(2000, 300 * Math.SQRT2),
    review: normal(1000, 300),
    perPeriod: 1000,
  };
  const span = (change: Partial<StockItem>) => {
    const { reorderPoint, orderUpTo } = planStock({ ...ITEM, ...change }, large, { kind: 'fill', level: 0.95 }, 1);
    return orderUpTo - reorderPoint;
  };
  // E[D²] / 2E[D] = (1000² + 300²) / 2000 = 545; the grid has steps of ten.
  expect(Math.abs(span({ minimumOrder: 2500 }) - (2500 - 545))).toBeLessThan(15);
  // √(2KD/h) = √(2 · 2000 · 1000 / 0.2) = 4472.
  expect(Math.abs(span({ orderCost: 2000 }) - (4472 - 545))).toBeLessThan(15);
});

test('safety stock is the reorder point less the mean demand until the order after the next one', () => {
  const { reorderPoint, safetyStock } = planStock(ITEM, DEMAND, { kind: 'cycle', level: 0.95 }, 1);
  // 1.645 · 30 · √2 = 69.8.
  expect(Math.abs(safetyStock - 69.8)).toBeLessThan(1.5);
  expect(safetyStock).toBe(reorderPoint - 200);
});

/** Five units with a chance of `fives` in 200, else nothing. */
const rare = (fives: number): DemandLaw => ({
  mean: (5 * fives) / 200,
  quantiles: LAW_LEVELS.map((_, i) => (i < 200 - fives ? 0 : 5)),
});

test('a target that the distribution meets exactly needs no more: nothing is held for demand that 95 of 100 intervals lack', () => {
  const demand = { delivery: rare(5), protection: rare(10), review: rare(5), perPeriod: 0.125 };
  const item = { ...ITEM, orderCost: 50 };
  expect(planStock(item, demand, { kind: 'cycle', level: 0.95 }, 1).reorderPoint).toBe(0);
  expect(planStock(item, demand, { kind: 'cycle', level: 0.96 }, 1).reorderPoint).toBe(5);
});

test('a cycle service counts the stock left below the reorder point at an order', () => {
  /** Nothing, five or ten units, with chances of `fives` and `tens` in 200. */
  const law = (fives: number, tens: number): DemandLaw => ({
    mean: (5 * fives + 10 * tens) / 200,
    quantiles: LAW_LEVELS.map((_, i) => (i < 200 - fives - tens ? 0 : i < 200 - tens ? 5 : 10)),
  });
  const demand = { delivery: law(24, 6), protection: law(44, 16), review: law(30, 0), perPeriod: 0.75 };
  const item = { ...ITEM, orderCost: 50 };
  const { reorderPoint, expectedCycleService } = planStock(item, demand, { kind: 'cycle', level: 0.9 }, 1);
  // Five units outlast 92 of 100 intervals. Yet orders are made when they are used up, and 15 of 100 arrive too late.
  expect(reorderPoint).toBeGreaterThan(5);
  expect(expectedCycleService).toBeGreaterThanOrEqual(0.9);
});

test('an empty shelf is replenished, however large the pack and low the target', () => {
  const plan = planStock({ ...ITEM, packSize: 5000 }, DEMAND, { kind: 'fill', level: 0.5 }, 1);
  expect(plan).toMatchObject({ reorderPoint: 1, orderNow: 5000 });
});

test('a position at the reorder point orders nothing, one unit below it orders up to the level', () => {
  const { reorderPoint, orderUpTo } = planStock({ ...ITEM, orderCost: 50 }, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  const order = (stock: number) =>
    planStock({ ...ITEM, orderCost: 50, stock }, DEMAND, { kind: 'fill', level: 0.95 }, 1).orderNow;
  expect(order(reorderPoint)).toBe(0);
  expect(order(reorderPoint - 1)).toBe(orderUpTo - reorderPoint + 1);
});

test('open orders count as stock, and an order costs its fixed cost and its units', () => {
  const item = { ...ITEM, orderCost: 50, stock: 90, onOrder: 60 };
  const plan = planStock(item, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  expect(plan.position).toBe(150);
  expect(plan.orderNow).toBe(plan.orderUpTo - 150);
  expect(plan.orderCost).toBe(50 + 10 * plan.orderNow);
  const enough = planStock({ ...item, onOrder: 600 }, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  expect(enough).toMatchObject({ orderNow: 0, orderCost: 0, costOfWaiting: 0 });
});

test('a position of the mean demand lasts through the protection interval half of the time', () => {
  const { runOutProbability } = planStock({ ...ITEM, stock: 200 }, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  expect(runOutProbability).toBeCloseTo(0.5, 1);
});

test('the cost of waiting is that of the units that an order of today would save', () => {
  const { expectedFill, costOfWaiting } = planStock(ITEM, DEMAND, { kind: 'fill', level: 0.5 }, 1);
  // Of 100 units all are short without an order, half with it; each costs 10.
  expect(expectedFill).toBeCloseTo(0.5, 1);
  expect(costOfWaiting).toBeCloseTo(1000 * expectedFill, 6);
});

test('least cost without an order cost is the newsvendor’s critical ratio', () => {
  const { reorderPoint, orderUpTo } = planStock({ ...ITEM, shortageCost: 3.8 }, DEMAND, { kind: 'cost' }, 1);
  // h = 10 · 0.02: 3.8 / (3.8 + 0.2) = 0.95.
  expect(Math.abs(reorderPoint - (200 + 30 * Math.SQRT2 * normalQuantile(0.95)))).toBeLessThan(1.5);
  expect(orderUpTo).toBe(reorderPoint);
});

test('least cost with packs is at most that with twice or half of the order size', () => {
  const item = { ...ITEM, orderCost: 50, packSize: 60 };
  const plan = planStock(item, DEMAND, { kind: 'cost' }, 1);
  const costOf = (levels: { reorderPoint: number; orderUpTo: number }) => {
    const { fill, stock } = played(item, levels);
    return 0.2 * stock + 10 * 100 * (1 - fill);
  };
  expect(costOf(plan)).toBeLessThan(costOf({ reorderPoint: plan.reorderPoint + 120, orderUpTo: plan.orderUpTo + 120 }));
  expect(costOf(plan)).toBeLessThan(costOf({ reorderPoint: plan.reorderPoint - 60, orderUpTo: plan.orderUpTo - 60 }));
});

test('least cost with packs: since packs round orders up, their target is below the economic quantity', () => {
  const item = { ...ITEM, orderCost: 10, packSize: 40 };
  const plan = planStock(item, DEMAND, { kind: 'cost' }, 1);
  const economic = Math.sqrt((2 * 10 * 100) / 0.2) - (100 ** 2 + 30 ** 2) / 200;
  const costOf = (levels: { reorderPoint: number; orderUpTo: number }) => {
    const { fill, stock, orders } = played(item, levels);
    return 0.2 * stock + 10 * orders + 10 * 100 * (1 - fill);
  };
  const aimedAtIt = [-30, -20, -10, 0, 10].map((by) => {
    const reorderPoint = plan.reorderPoint + by;
    return costOf({ reorderPoint, orderUpTo: reorderPoint + Math.round(economic) });
  });
  expect(plan.orderUpTo - plan.reorderPoint).toBeLessThan(economic - 10);
  expect(costOf(plan)).toBeLessThan(Math.min(...aimedAtIt));
});

test('a minimum order raises the order-up-to level by the part that the mean undershoot does not cover', () => {
  const { reorderPoint, orderUpTo } = planStock(
    { ...ITEM, minimumOrder: 250 },
    DEMAND,
    { kind: 'fill', level: 0.95 },
    1,
  );
  expect(Math.abs(orderUpTo - reorderPoint - (250 - (100 ** 2 + 30 ** 2) / 200))).toBeLessThan(2);
});

test('holding costs cover the whole of a longer review', () => {
  const { reorderPoint } = planStock({ ...ITEM, shortageCost: 3.8 }, DEMAND, { kind: 'cost' }, 2);
  // h = 10 · 0.02 · 2: 3.8 / (3.8 + 0.4).
  expect(Math.abs(reorderPoint - (200 + 30 * Math.SQRT2 * normalQuantile(3.8 / 4.2)))).toBeLessThan(1.5);
});

test('in season the last review of the interval has more demand than the next one, and its fill rate counts', () => {
  const season = { ...DEMAND, protection: normal(400, 40) };
  const plan = planStock({ ...ITEM, stock: 300 }, season, { kind: 'fill', level: 0.5 }, 1);
  expect(plan.orderNow).toBe(0);
  // 150 of the last review's 300 are short.
  expect(Math.abs(plan.reorderPoint - 250)).toBeLessThan(2);
  expect(plan.expectedFill).toBeCloseTo(0.5, 2);
});

test('a budget can be used up by one order, and first pays for the costliest to wait for', () => {
  const [costly, cheap] = [
    { orderCost: 5, costOfWaiting: 9 },
    { orderCost: 5, costOfWaiting: 1 },
  ];
  expect([...withinBudget([cheap, costly], 5)]).toEqual([costly]);
  expect([...withinBudget([cheap, costly], 10)]).toEqual([costly, cheap]);
  expect([...withinBudget([cheap, costly], 4.9)]).toEqual([]);
});

test('an item counted in kilograms is ordered in kilograms, in any unit of measure', () => {
  const history = [0.334, 0.247, 0.184, 0.253];
  const unit = countingUnit(history);
  expect(unit).toBe(0.001);
  const inTonnes = (d: DemandLaw): DemandLaw => ({ mean: d.mean / 1000, quantiles: d.quantiles.map((q) => q / 1000) });
  const tonnes = {
    delivery: inTonnes(DEMAND.delivery),
    protection: inTonnes(DEMAND.protection),
    review: inTonnes(DEMAND.review),
    perPeriod: 0.1,
  };
  const item = { ...ITEM, orderCost: 50, unitCost: 10_000 };
  const plan = planStock({ ...item, unit, packSize: unit }, tonnes, { kind: 'fill', level: 0.95 }, 1);
  const pieces = planStock({ ...item, unitCost: 10 }, DEMAND, { kind: 'fill', level: 0.95 }, 1);
  expect(plan.reorderPoint).toBeCloseTo(pieces.reorderPoint / 1000, 9);
  expect(plan.orderNow).toBeCloseTo(pieces.orderNow / 1000, 9);
});

test.each([
  [[3, 0, 12], 1],
  [[0.5, 1.5, 2], 0.1],
  [[0.25, 1.75], 0.01],
  [[1200.5, 800], 1],
  [[], 1],
] as const)('demand of %o is counted in units of %d', (history, unit) => {
  expect(countingUnit([...history])).toBe(unit);
});

test('without demand nothing is ordered', () => {
  const none = { delivery: NO_DEMAND, protection: NO_DEMAND, review: NO_DEMAND, perPeriod: 0 };
  for (const target of [{ kind: 'cost' }, { kind: 'fill', level: 0.95 }, { kind: 'cycle', level: 0.95 }] as const)
    expect(planStock({ ...ITEM, orderCost: 50 }, none, target, 1)).toMatchObject({
      reorderPoint: 0,
      orderNow: 0,
      expectedFill: 1,
    });
});
