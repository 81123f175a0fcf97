import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import { noSupply, type Supply, type SupplyRow } from '#models/supply/supplyTables.ts';
import { DeliveryTimes, meanDays, supplierScores } from './suppliers.ts';

const TODAY = dayOf('2026-07-10');
type Order = SupplyRow<'purchases'>;

let made = 0;
/**
 * An order made `ago` days ago, promised and received that many days later; `null`: not promised, or not yet received.
 */
function order(ago: number, promised: number | null, received: number | null, change: Partial<Order> = {}): Order {
  const at = (days: number) => dateOf(TODAY - ago + days);
  return {
    order: `PO-${++made}`,
    item: 'seal',
    quantity: 100,
    ordered: at(0),
    ...(promised !== null && { promised: at(promised) }),
    ...(received !== null && { received: at(received) }),
    ...change,
  };
}
const many = (n: number, of: (i: number) => Order) => Array.from({ length: n }, (_, i) => of(i));

/** One item of a supplier that promises ten days. */
const supplyOf = (purchases: Order[], change: Partial<Supply> = {}): Supply => ({
  ...noSupply(),
  items: [{ item: 'seal', supplier: 'acme', lead_time_days: 10 }],
  purchases,
  ...change,
});
const lawOf = (purchases: Order[], change: Partial<Supply> = {}) =>
  new DeliveryTimes(supplyOf(purchases, change), TODAY).law('seal');
/** Of nine points of the distribution, how many lie at each number of days. */
const pointsOf = (purchases: Order[], change: Partial<Supply> = {}) =>
  lawOf(purchases, change).days.map(({ days, chance }) => [days, Math.round(9 * chance)]);

describe('the promised lead time', () => {
  const promiseOf = (supply: Partial<Supply>) => {
    const law = new DeliveryTimes({ ...noSupply(), ...supply }, TODAY).law('seal');
    return [law.promise, Number(meanDays(law).toFixed(9))];
  };
  const suppliers = [{ supplier: 'acme', lead_time_days: 14 }];

  test('is the item’s, else its supplier’s, else that of its orders, else four weeks', () => {
    expect(promiseOf({ suppliers, items: [{ item: 'seal', supplier: 'acme', lead_time_days: 5 }] })).toEqual([
      'item',
      5,
    ]);
    expect(promiseOf({ suppliers, items: [{ item: 'seal', supplier: 'acme' }] })).toEqual(['supplier', 14]);
    const purchases = [order(1, 20, null), order(2, null, null), order(3, 30, null), order(4, 60, null)];
    expect(promiseOf({ purchases })).toEqual(['orders', 30]);
    expect(promiseOf({ purchases: [order(2, null, null)] })).toEqual(['assumed', 28]);
    expect(promiseOf({})).toEqual(['assumed', 28]);
  });

  test('is at least a day where orders promise the same day', () => {
    expect(promiseOf({ purchases: [order(0, 0, null)] })).toEqual(['orders', 1]);
  });

  test('is that of the supplier that its newest order names', () => {
    const purchases = [order(1, null, null), order(5, null, null, { supplier: 'acme' })];
    expect(promiseOf({ suppliers, purchases })).toEqual(['supplier', 14]);
  });
});

describe('the lead-time distribution', () => {
  test('is the promise without any orders', () => {
    expect(lawOf([])).toEqual({ days: [{ days: 10, chance: expect.closeTo(1, 12) }], orders: 0, promise: 'item' });
  });

  test('is learned from deliveries against the promise, which itself counts as one order', () => {
    // Twice as long: weight one of its own, four of all suppliers together; one of the promise: a sixth.
    expect(pointsOf([order(100, 10, 20)])).toEqual([
      [10, 2],
      [20, 7],
    ]);
    // Orders without a promise are compared with the item’s.
    expect(pointsOf([order(100, null, 20)])).toEqual(pointsOf([order(100, 10, 20)]));
    expect(pointsOf([order(100, 5, 10)])).toEqual(pointsOf([order(100, 10, 20)]));
  });

  test('for a supplier without orders weighs other suppliers by four and the promise by one', () => {
    const others = many(50, (i) => order(200 + i, 10, 20, { item: 'belt', supplier: 'bolt' }));
    expect(pointsOf(others)).toEqual([
      [10, 2],
      [20, 7],
    ]);
    expect(lawOf(others).orders).toBe(0);
  });

  test('is learned from the newest sixty orders', () => {
    const old = many(100, (i) => order(500 + i, 10, 30));
    const recent = many(60, (i) => order(200 + i, 10, 10));
    expect(pointsOf([...old, ...recent])).toEqual([[10, 9]]);
    expect(lawOf([...old, ...recent]).orders).toBe(60);
    expect(lawOf([...old, ...recent.slice(1)]).days).toHaveLength(1);
    expect(pointsOf([...old, ...recent.slice(20)])).not.toEqual([[10, 9]]);
  });

  test('counts an open order as longer than its time so far', () => {
    // Kaplan–Meier: four sevenths at ten days, the rest beyond twenty, a quarter more
    // without any delivery to learn from.
    expect(pointsOf([order(50, 10, 10), order(20, 10, null)])).toEqual([
      [10, 5],
      [25, 4],
    ]);
    // One that took forty days shows how long such orders take.
    expect(pointsOf([order(50, 10, 40), order(20, 10, null)])).toEqual([
      [10, 1],
      [40, 8],
    ]);
    // An order received after exactly that time was not longer.
    expect(pointsOf([order(50, 10, 20), order(20, 10, null)])).toEqual([
      [10, 1],
      [20, 4],
      [25, 4],
    ]);
  });

  test('ignores open orders that are not late, and orders received before they were ordered', () => {
    for (const nothing of [order(10, 10, null), order(3, 10, null), order(50, 10, -1), order(50, 0, 5)])
      expect(lawOf([nothing])).toMatchObject({ days: [{ days: 10 }], orders: 0 });
    expect(lawOf([order(50, 10, 30, { cancelled: dateOf(TODAY) })]).orders).toBe(0);
    expect(lawOf([order(11, 10, null)]).orders).toBe(1);
    // An immediate delivery counts like others.
    expect(pointsOf([order(50, 10, 0)])).toEqual([
      [0, 8],
      [10, 1],
    ]);
  });

  test('ends after ten years', () => {
    const items = [{ item: 'seal', supplier: 'acme', lead_time_days: 3000 }];
    expect(lawOf([order(9000, 10, 20)], { items }).days.map((d) => d.days)).toEqual([3000, 3650]);
  });

  test('does not depend on the order of rows, and its chances add up', () => {
    const orders = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 60 }),
        fc.option(fc.integer({ min: 0, max: 99 })),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(orders, (rows) => {
        const purchases = rows.map(([ago, promised, received]) => order(ago, promised, received));
        const law = lawOf(purchases);
        expect(lawOf(purchases.toReversed())).toEqual(law);
        expect(law.days.reduce((sum, d) => sum + d.chance, 0)).toBeCloseTo(1, 9);
        expect(law.days.map((d) => d.days)).toEqual([...new Set(law.days.map((d) => d.days))].sort((a, b) => a - b));
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});

describe('a scorecard', () => {
  const scoreOf = (purchases: Order[]) => supplierScores(supplyOf(purchases), TODAY)[0];

  test('counts received, late, short and cancelled orders, and their lead times', () => {
    const short = (received_quantity: number) => ({ received_quantity });
    const purchases = [
      order(100, 10, 10),
      order(99, 10, 11, short(100)),
      // Late from the second day on.
      order(98, 10, 12, short(100)),
      order(97, 10, 7, short(97)),
      order(96, null, 20, short(98)),
      order(95, 10, null, { cancelled: dateOf(TODAY - 80) }),
      // Promised yesterday, and the day before.
      order(11, 10, null),
      order(12, 10, null),
      order(50, null, null),
    ];
    expect(scoreOf(purchases)).toEqual({
      supplier: 'acme',
      name: null,
      orders: 9,
      received: 5,
      open: 3,
      overdue: 1,
      cancelled: 1,
      onTime: 2 / 4,
      medianDays: 11,
      p90Days: expect.closeTo(12 + 0.6 * 8, 9),
      promiseRatio: expect.closeTo(1.05, 9),
      quantityRate: 495 / 500,
      delayTrendDaysAYear: null,
      // Late, short, cancelled and overdue, of seven; and one of ten of five.
      risk: (4 + 0.5) / (7 + 5),
    });
  });

  test('of a supplier without orders shows that nothing is known', () => {
    const suppliers = [{ supplier: 'bolt', name: 'Bolt Ltd' }];
    expect(supplierScores({ ...noSupply(), suppliers }, TODAY)).toEqual([
      {
        supplier: 'bolt',
        name: 'Bolt Ltd',
        orders: 0,
        received: 0,
        open: 0,
        overdue: 0,
        cancelled: 0,
        onTime: null,
        medianDays: null,
        p90Days: null,
        promiseRatio: null,
        quantityRate: null,
        delayTrendDaysAYear: null,
        risk: 0.1,
      },
    ]);
  });

  test('one order on time is the whole record', () => {
    expect(scoreOf([order(20, 10, 10)])).toMatchObject({ onTime: 1, medianDays: 10, p90Days: 10, promiseRatio: 1 });
    expect(scoreOf([order(20, 0, 2)])).toMatchObject({ onTime: 0, promiseRatio: 2 });
    expect(scoreOf([order(20, null, -2)])).toMatchObject({
      received: 1,
      medianDays: null,
      onTime: null,
      quantityRate: 1,
    });
  });

  test('is of the supplier named by an order, else of its item’s; the riskiest comes first', () => {
    const purchases = [
      order(50, 10, 10),
      order(50, 10, 10, { supplier: 'bolt' }),
      order(50, 10, 90, { supplier: 'bolt' }),
      order(50, 10, 10, { item: 'nobody’s' }),
    ];
    const scores = supplierScores(supplyOf(purchases), TODAY);
    expect(scores.map((s) => [s.supplier, s.orders])).toEqual([
      ['bolt', 2],
      ['acme', 1],
    ]);
  });

  test('shows a trend of delays in days a year, from eight orders on', () => {
    const growing = (n: number) => many(n, (i) => order(3650 - 73 * i, 10, 10 + i));
    // A day in 73: five a year.
    expect(scoreOf(growing(8)).delayTrendDaysAYear).toBeCloseTo(365.25 / 73, 9);
    expect(scoreOf(growing(8).reverse()).delayTrendDaysAYear).toBeCloseTo(365.25 / 73, 9);
    expect(scoreOf(growing(7)).delayTrendDaysAYear).toBeNull();
    const scattered = many(20, (i) => order(3650 - 73 * i, 10, 10 + ((i * 7) % 5)));
    expect(scoreOf(scattered).delayTrendDaysAYear).toBeNull();
    // Delays that stopped growing two hundred orders ago show no trend.
    const settled = many(200, (i) => order(1000 - i, 10, 20));
    expect(scoreOf([...growing(11), ...settled]).delayTrendDaysAYear).toBeNull();
    expect(scoreOf([...growing(11), ...settled.slice(190)]).delayTrendDaysAYear).not.toBeNull();
  });
});
