import { describe, expect, test } from 'vitest';
import { LAW_LEVELS } from './demandLaw.ts';
import type { MachineDemand } from './machineDemand.ts';
import { type Change, coming, inDays, MACHINES, orderFacts, planOf, SETTINGS } from './orderPlan.fixture.ts';
import { lengthsOf, orderPlan } from './orderPlan.ts';
import type { PlanSettings } from './planSettings.ts';
import type { StockTarget } from './stockPolicy.ts';

describe('levels', () => {
  test('certain demand of two a day is covered for lead time and review, without safety stock', () => {
    expect(planOf()).toMatchObject({
      leadTimeDays: 10,
      protectionDays: 17,
      expectedDemand: 34,
      expectedByMachines: 0,
      machines: [],
      segment: 'AX',
      service: { kind: 'fill', level: 0.9 },
    });
    // 90 % of the last week's fourteen: 20 before it, and 12.6, in whole units.
    expect(planOf().reorderPoint).toBe(33);
    expect(planOf({}, { target: { kind: 'cycle', level: 0.9 } })).toMatchObject({ reorderPoint: 34, safetyStock: 0 });
  });

  test('an uncertain lead time gives a mixture over its lengths', () => {
    const plan = planOf({ facts: { delivery: inDays(10, 30) } }, { target: { kind: 'cycle', level: 0.95 } });
    // Half of all intervals last 17 days, half 37.
    expect(plan).toMatchObject({ leadTimeDays: 20, protectionDays: 27, expectedDemand: 54, reorderPoint: 74 });
  });

  test('machines add their demand to that of the history', () => {
    const plan = planOf({ facts: { machines: MACHINES, delivery: inDays(11) } });
    // 18 days: 36 from history, 9 from machines.
    expect(plan).toMatchObject({ expectedDemand: 45, expectedByMachines: 9, method: 'machines_and_history' });
    expect(plan.machines).toHaveLength(20);
    expect(plan.why).toMatch(/^what 2 machines will take \(5 lives .* ended, 2 that go on\).*: regular demand$/);
    expect(planOf()).toMatchObject({ method: 'theta', why: 'regular demand' });
  });

  test('holding costs are those of a review period at the yearly rate', () => {
    // Uniform between 0 and twice the mean.
    const uniform = {
      over: (_: unknown, days: number) => ({ mean: 2 * days, quantiles: LAW_LEVELS.map((p) => 4 * days * p) }),
    };
    const item = { shortage_cost: 12, holding_rate: (0.2 * 365.25) / 7 };
    const plan = orderPlan(orderFacts({ item }), uniform, { ...SETTINGS, reviewDays: 14, target: { kind: 'cost' } });
    // Newsvendor: 12 / (12 + 10 · 0.2 · 2) = 0.75 of the 96 units of the largest demand in 24 days.
    expect(plan.reorderPoint).toBe(72);
  });

  test('requests the distributions of all lengths that the plan needs, and no others', () => {
    const places = [orderFacts({ place: { coming: coming(3, 40) } }).place, orderFacts().place];
    expect(lengthsOf(places, [inDays(10, 20), inDays(10)], SETTINGS).sort((a, b) => a - b)).toEqual([
      3, 7, 10, 17, 20, 27,
    ]);
    // An order of today arrives in ten days: an arrival on that day is in time.
    expect(lengthsOf([orderFacts({ place: { coming: coming(12) } }).place], [inDays(12)], SETTINGS)).toContain(12);
  });
});

describe('the item’s own target', () => {
  const serviceOf = (item: Change['item'], usual: StockTarget = SETTINGS.target, more: Partial<PlanSettings> = {}) =>
    planOf({ item }, { target: usual, ...more }).service;

  test('is its kind and level; a level without a kind is a cycle service, a kind without a level has the default level', () => {
    expect(serviceOf({ service_kind: 'fill', service_level: 0.97 })).toEqual({ kind: 'fill', level: 0.97 });
    expect(serviceOf({ service_level: 0.97 })).toEqual({ kind: 'cycle', level: 0.97 });
    expect(serviceOf({ service_kind: 'cycle' })).toEqual({ kind: 'cycle', level: 0.9 });
    expect(serviceOf({ service_kind: 'fill' }, { kind: 'cost' })).toEqual({ kind: 'fill', level: 0.95 });
    expect(serviceOf({ service_kind: 'cost', service_level: 0.97 })).toEqual({ kind: 'cost', level: null });
  });

  test('takes precedence over its segment’s target, which takes precedence over the default', () => {
    const segmentTargets = { AX: { kind: 'cycle', level: 0.8 } } as const;
    expect(serviceOf({}, SETTINGS.target, { segmentTargets })).toEqual({ kind: 'cycle', level: 0.8 });
    expect(serviceOf({ service_level: 0.99 }, SETTINGS.target, { segmentTargets })).toEqual({
      kind: 'cycle',
      level: 0.99,
    });
    expect(serviceOf({}, SETTINGS.target, { segmentTargets: { CZ: { kind: 'cost' } } })).toEqual({
      kind: 'fill',
      level: 0.9,
    });
  });
});

describe('the run-out date', () => {
  const dateOf = (stock: number, promisedIn: (number | null)[] = [], change: Change = {}) =>
    planOf({ ...change, place: { stock, coming: coming(...promisedIn) } }).runOutDate;

  test('is the first week by which demand exceeds supply by half a unit', () => {
    expect(dateOf(0)).toBe('2026-07-13');
    expect(dateOf(13.5)).toBe('2026-07-13');
    expect(dateOf(13.6)).toBe('2026-07-20');
    expect(dateOf(27)).toBe('2026-07-20');
  });

  test('is delayed by arrivals before it only', () => {
    expect(dateOf(10, [7])).toBe('2026-07-20');
    expect(dateOf(10, [8])).toBe('2026-07-13');
    // Without a promise it arrives a lead time after it was ordered: today. Overdue orders do not count.
    expect(dateOf(10, [null])).toBe('2026-07-20');
    expect(dateOf(10, [-1])).toBe('2026-07-13');
  });

  test('is earlier by the demand of machines', () => {
    // 14 and 3.5 in the first week.
    expect(dateOf(17, [], { facts: { machines: MACHINES } })).toBe('2026-07-13');
    expect(dateOf(17.1, [], { facts: { machines: MACHINES } })).toBe('2026-07-20');
  });

  test('is not given beyond a year', () => {
    expect(dateOf(14 * 52 - 0.5)).toBe('2027-07-05');
    expect(dateOf(14 * 52)).toBeNull();
  });
});

describe('the probability of running out before an order of today arrives', () => {
  const chanceOf = (stock: number, ...promisedIn: number[]) =>
    planOf({ place: { stock, coming: coming(...promisedIn) } }).runOutProbability;

  test('covers the lead time: twenty units last ten days, nineteen do not', () => {
    expect([chanceOf(20), chanceOf(19)]).toEqual([0, 1]);
  });

  test('counts an order that arrives in time, if the stock lasts until then', () => {
    expect([chanceOf(10, 5), chanceOf(10, 6), chanceOf(12, 6)]).toEqual([0, 1, 0]);
    // On the last day it is in time, later it is not.
    expect([chanceOf(20, 10), chanceOf(19, 10), chanceOf(19, 11)]).toEqual([0, 1, 1]);
    // Ten at five days, ten at ten: the first has to last until the second.
    expect([chanceOf(10, 5, 10), chanceOf(9, 4, 9)]).toEqual([0, 0]);
    expect(chanceOf(8, 4, 10)).toBe(1);
  });

  test('counts arrivals within the mean lead time, its last day included', () => {
    const chanceOf = (promisedIn: number) =>
      planOf({ place: { stock: 35, coming: coming(promisedIn) }, facts: { delivery: inDays(10, 20) } })
        .runOutProbability;
    // Half of all deliveries take twenty days, with a demand of forty.
    expect([chanceOf(15), chanceOf(16)]).toEqual([0, 0.5]);
  });

  test('is 0 where an order arrives at once, whatever machines use later', () => {
    const chanceOf = (stock: number, days: number, units = MACHINES.units) =>
      planOf({
        place: { stock },
        facts: { delivery: inDays(days), machines: { ...MACHINES, units } as MachineDemand },
      }).runOutProbability;
    expect(chanceOf(0, 0, () => ({ step: 1, chances: [0, 1] }))).toBe(0);
    expect([chanceOf(2, 1), chanceOf(2.5, 1)]).toEqual([1, 0]);
  });
});
