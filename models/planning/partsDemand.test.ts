import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { LAW_LEVELS, lawQuantile, mixture, NO_DEMAND } from './demandLaw.ts';
import { foresightFrom } from './foresight.ts';
import { type InstalledMachine, machineOutlook } from './machineOutlook.ts';
import { combineDemand, expectedUnits, sharesOf, unitsUsed } from './partsDemand.ts';
import { NO_RECALIBRATION, recalibrated, recalibrationOf } from './recalibration.ts';
import { fitWeibull, survival } from './weibull.ts';

const prior = { shape: 2, scale: 1000 };
const foresight = foresightFrom([], 0, []);
const machine = (change: Partial<InstalledMachine> = {}): InstalledMachine => ({
  machine: 'm',
  ageDays: 500,
  watch: { kind: 'unwatched' },
  planned: null,
  quantity: 1,
  probability: 1,
  ...change,
});
const alarmed = (medianDays: number, sinceDays = 10) => ({
  kind: 'alarmed' as const,
  sinceDays,
  life: { medianDays, logDeviation: 0.3 },
});
const outlook = (change: Partial<InstalledMachine> = {}, horizon = 30) =>
  machineOutlook(machine(change), prior, foresight, horizon);
const expectedOf = (machines: readonly InstalledMachine[]) =>
  expectedUnits(unitsUsed(machines.map((m) => machineOutlook(m, prior, foresight, 30))));

test('an unwatched machine replaces its part by its life distribution, given its age', () => {
  const exact = 1 - survival(prior, 530) / survival(prior, 500);
  expect(outlook().taken).toBeCloseTo(exact, 2);
  expect(outlook({ ageDays: 0 }).taken).toBeLessThan(0.002);
  // Of unknown age: residual life of a part observed at a random time, a part of 30 days in a mean life.
  expect(outlook({ ageDays: null }).taken).toBeCloseTo(30 / (1000 * 0.8862), 2);
});

test('a quiet machine replaces it less often, one near its end surely, one far from it hardly', () => {
  const { taken } = outlook({ watch: { kind: 'quiet' } });
  expect(taken).toBeLessThan(outlook().taken);
  expect(taken).toBeGreaterThan(0.2 * outlook().taken);
  expect(outlook({ watch: alarmed(5) }).taken).toBeGreaterThan(0.97);
  expect(outlook({ watch: alarmed(200) }).taken).toBeLessThan(0.1);
  // An alert without an estimate has the usual warning time.
  const unsure = outlook({ watch: { kind: 'alarmed', sinceDays: 10, life: null } }).taken;
  expect(unsure).toBeGreaterThan(0.3);
  expect(unsure).toBeLessThan(0.9);
});

test('planned work uses its quantity for sure, is the only stream of its machine, and the new part may fail again', () => {
  const planned = { days: 20, quantity: 4 };
  const its = outlook({ planned, watch: alarmed(5), probability: 0.3 });
  expect(its).toMatchObject({ stream: 'planned', taken: 1, plannedUnits: 4 });
  expect(expectedUnits(unitsUsed([its]))).toBeCloseTo(4, 3);
  expect(outlook({ planned: { days: 40, quantity: 1 } }).stream).toBe('unwatched');
  expect(expectedUnits(unitsUsed([outlook({ planned }, 2000)]))).toBeGreaterThan(4.9);
});

test('a part that lives shorter than the horizon is replaced repeatedly', () => {
  const short = { shape: 3, scale: 60 };
  const times = machineOutlook(machine({ ageDays: null }), short, foresight, 360).times;
  const mean = times.reduce((sum, p, n) => sum + p * n, 0);
  // Residual life at a random time: horizon over mean life (60 · Γ(4/3)).
  expect(mean).toBeCloseTo(360 / (60 * 0.893), 1);
  expect(times.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
});

test('nothing is counted twice: one more watched machine adds only its own expectation', () => {
  const plant = Array.from({ length: 40 }, (_, i) =>
    machine({ machine: `m${i}`, watch: i % 3 === 0 ? alarmed(20 + i) : { kind: i % 3 === 1 ? 'quiet' : 'unwatched' } }),
  );
  const added = machine({ machine: 'new', watch: alarmed(25) });
  const own = expectedOf([added]);
  expect(own).toBeGreaterThan(0.3);
  expect(expectedOf([...plant, added]) - expectedOf(plant)).toBeCloseTo(own, 9);
  // Once it is watched, the same machine no longer counts as unwatched.
  const changed = plant.map((m) => (m.machine === 'm2' ? { ...m, watch: alarmed(25) } : m));
  expect(expectedOf(changed) - expectedOf(plant)).toBeCloseTo(own - expectedOf([plant[2]]), 9);
});

test('demand of ten machines is binomial, thinned by parts per failure and by failures that need none', () => {
  const ten = Array.from({ length: 10 }, () => ({
    machine: 'm',
    stream: 'quiet' as const,
    taken: 0.3,
    times: [0.7, 0.3, 0] as const,
    quantity: 1,
    probability: 1,
    plannedUnits: 0,
  }));
  const { chances } = unitsUsed(ten);
  expect(chances[0]).toBeCloseTo(0.7 ** 10, 12);
  expect(chances[3]).toBeCloseTo(120 * 0.3 ** 3 * 0.7 ** 7, 12);
  expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const pairs = unitsUsed(ten.map((m) => ({ ...m, quantity: 2, probability: 0.5 })));
  expect(pairs.step).toBe(2);
  expect(pairs.chances[1]).toBeCloseTo(10 * 0.15 * 0.85 ** 9, 12);
  // Thousands of units per failure are as fast to compute as one.
  expect(unitsUsed(ten.map((m) => ({ ...m, quantity: 50_000 })))).toMatchObject({ step: 50_000 });
  const [share] = sharesOf([{ ...ten[0], times: [0.6, 0.3, 0.1], taken: 0.4 }]);
  expect(share).toMatchObject({ chance: 0.4, expected: 0.5 });
});

test('demand of machines and other demand add up', () => {
  const sum = combineDemand({ step: 1, chances: [0.5, 0.5] }, { mean: 2, quantiles: LAW_LEVELS.map(() => 2) });
  expect(sum.mean).toBe(2.5);
  expect([0.25, 0.75].map((level) => lawQuantile(sum, level))).toEqual([2, 3]);
  expect(combineDemand({ step: 1, chances: [1] }, NO_DEMAND)).toEqual(NO_DEMAND);
});

test('an interval of uncertain length has the mixture of its possible distributions', () => {
  const flat = (value: number) => ({ mean: value, quantiles: LAW_LEVELS.map(() => value) });
  const law = mixture([
    { law: flat(10), chance: 0.75 },
    { law: flat(50), chance: 0.25 },
  ]);
  expect(law.mean).toBe(20);
  expect([0.5, 0.74, 0.76].map((level) => lawQuantile(law, level))).toEqual([10, 10, 50]);
});

test('the life distribution is fitted to records, censored lives included', () => {
  const random = randomOf(5);
  const lives = Array.from({ length: 800 }, () => {
    const days = 700 * (-Math.log(1 - random())) ** (1 / 3);
    const end = 900 * random();
    return days < end ? { days, ended: true } : { days: end, ended: false };
  });
  const { shape, scale } = fitWeibull(lives, 2000);
  expect(shape).toBeGreaterThan(2.6);
  expect(shape).toBeLessThan(3.4);
  expect(scale).toBeGreaterThan(650);
  expect(scale).toBeLessThan(760);
  // The prior yields to records: parts last two months, though years were expected.
  const brief = Array.from({ length: 40 }, (_, i) => ({ days: 55 + (i % 11), ended: true }));
  expect(fitWeibull(brief, 1500).scale).toBeLessThan(75);
  expect(fitWeibull(brief, 1500).shape).toBeGreaterThan(4);
  // Without records, it is the prior.
  expect(fitWeibull([], 1500).scale).toBeCloseTo(1500, 6);
});

test('chances are recalibrated by their outcomes, and unchanged where they were right', () => {
  const random = randomOf(6);
  const resolvedBy = (truth: (stated: number) => number) =>
    Array.from({ length: 3000 }, () => {
      const chance = 0.05 + 0.9 * random();
      return { chance, came: random() < truth(chance), weight: 1 };
    });
  const right = recalibrationOf(resolvedBy((p) => p));
  expect([0.1, 0.5, 0.9].map((p) => Math.abs(recalibrated(p, right) - p)).every((d) => d < 0.04)).toBe(true);
  const half = recalibrationOf(resolvedBy((p) => p / 2));
  expect(recalibrated(0.8, half)).toBeGreaterThan(0.34);
  expect(recalibrated(0.8, half)).toBeLessThan(0.46);
  expect(recalibrated(0.7, NO_RECALIBRATION)).toBe(0.7);
  expect(recalibrationOf([])).toEqual(NO_RECALIBRATION);
});

test('estimates that were too long are corrected by known outcomes', () => {
  const outcomes = Array.from({ length: 40 }, (_, i) => ({ saidDays: 15 + i, cameDays: (15 + i) / 1.5, weight: 1 }));
  const learned = foresightFrom([], 0, outcomes);
  const raw = machineOutlook(machine({ watch: alarmed(40) }), prior, foresight, 30).taken;
  const right = machineOutlook(machine({ watch: alarmed(40) }), prior, learned, 30).taken;
  expect(right).toBeGreaterThan(raw + 0.2);
});

test('alerts that come late, or not at all, carry less information', () => {
  const blind = foresightFrom([], 60, []);
  const sharp = foresightFrom(new Array(60).fill(40), 0, []);
  const quiet = (f: typeof blind) => machineOutlook(machine({ watch: { kind: 'quiet' } }), prior, f, 30).taken;
  expect(quiet(sharp)).toBeLessThan(0.5 * quiet(blind));
});
