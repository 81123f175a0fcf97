import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { LAW_LEVELS, lawQuantile, mixture, NO_DEMAND } from './demandLaw.ts';
import { foresightFrom } from './foresight.ts';
import { type InstalledMachine, machineOutlook } from './machineOutlook.ts';
import { combineDemand, expectedUnits, sharesOf, unitsTaken } from './partsDemand.ts';
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
  expectedUnits(unitsTaken(machines.map((m) => machineOutlook(m, prior, foresight, 30))));

test('a machine that nobody watches takes its part by the law of its life, given its age', () => {
  const exact = 1 - survival(prior, 530) / survival(prior, 500);
  expect(outlook().taken).toBeCloseTo(exact, 2);
  expect(outlook({ ageDays: 0 }).taken).toBeLessThan(0.002);
  // Of an unknown age: what a part met at random has left, a part of 30 days in a mean life.
  expect(outlook({ ageDays: null }).taken).toBeCloseTo(30 / (1000 * 0.8862), 2);
});

test('one that is watched and quiet takes it more rarely; one near its end surely; one far from it hardly', () => {
  const { taken } = outlook({ watch: { kind: 'quiet' } });
  expect(taken).toBeLessThan(outlook().taken);
  expect(taken).toBeGreaterThan(0.2 * outlook().taken);
  expect(outlook({ watch: alarmed(5) }).taken).toBeGreaterThan(0.97);
  expect(outlook({ watch: alarmed(200) }).taken).toBeLessThan(0.1);
  // An alert without an estimate says what warnings usually do.
  const unsure = outlook({ watch: { kind: 'alarmed', sinceDays: 10, life: null } }).taken;
  expect(unsure).toBeGreaterThan(0.3);
  expect(unsure).toBeLessThan(0.9);
});

test('planned work takes what it says for sure, is the only stream of its machine, and the new part lives on', () => {
  const planned = { days: 20, quantity: 4 };
  const its = outlook({ planned, watch: alarmed(5), probability: 0.3 });
  expect(its).toMatchObject({ stream: 'planned', taken: 1, plannedUnits: 4 });
  expect(expectedUnits(unitsTaken([its]))).toBeCloseTo(4, 3);
  expect(outlook({ planned: { days: 40, quantity: 1 } }).stream).toBe('unwatched');
  expect(expectedUnits(unitsTaken([outlook({ planned }, 2000)]))).toBeGreaterThan(4.9);
});

test('a part that lives shorter than the horizon is taken again and again', () => {
  const short = { shape: 3, scale: 60 };
  const times = machineOutlook(machine({ ageDays: null }), short, foresight, 360).times;
  const mean = times.reduce((sum, p, n) => sum + p * n, 0);
  // A part met at random: horizon over mean life (60 · Γ(4/3)).
  expect(mean).toBeCloseTo(360 / (60 * 0.893), 1);
  expect(times.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
});

test('nothing is counted twice: a watched machine more changes the total by its own expectation only', () => {
  const plant = Array.from({ length: 40 }, (_, i) =>
    machine({ machine: `m${i}`, watch: i % 3 === 0 ? alarmed(20 + i) : { kind: i % 3 === 1 ? 'quiet' : 'unwatched' } }),
  );
  const added = machine({ machine: 'new', watch: alarmed(25) });
  const own = expectedOf([added]);
  expect(own).toBeGreaterThan(0.3);
  expect(expectedOf([...plant, added]) - expectedOf(plant)).toBeCloseTo(own, 9);
  // The same machine, as soon as it is watched, is no longer one that is not.
  const changed = plant.map((m) => (m.machine === 'm2' ? { ...m, watch: alarmed(25) } : m));
  expect(expectedOf(changed) - expectedOf(plant)).toBeCloseTo(own - expectedOf([plant[2]]), 9);
});

test('what ten machines take is binomial; parts a failure takes, and failures that take none, are thinned in', () => {
  const ten = Array.from({ length: 10 }, () => ({
    machine: 'm',
    stream: 'quiet' as const,
    taken: 0.3,
    times: [0.7, 0.3, 0] as const,
    quantity: 1,
    probability: 1,
    plannedUnits: 0,
  }));
  const { chances } = unitsTaken(ten);
  expect(chances[0]).toBeCloseTo(0.7 ** 10, 12);
  expect(chances[3]).toBeCloseTo(120 * 0.3 ** 3 * 0.7 ** 7, 12);
  expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const pairs = unitsTaken(ten.map((m) => ({ ...m, quantity: 2, probability: 0.5 })));
  expect(pairs.step).toBe(2);
  expect(pairs.chances[1]).toBeCloseTo(10 * 0.15 * 0.85 ** 9, 12);
  // Thousands of units a failure are as quick as one.
  expect(unitsTaken(ten.map((m) => ({ ...m, quantity: 50_000 })))).toMatchObject({ step: 50_000 });
  const [share] = sharesOf([{ ...ten[0], times: [0.6, 0.3, 0.1], taken: 0.4 }]);
  expect(share).toMatchObject({ chance: 0.4, expected: 0.5 });
});

test('demand of machines and of everything else add up', () => {
  const sum = combineDemand({ step: 1, chances: [0.5, 0.5] }, { mean: 2, quantiles: LAW_LEVELS.map(() => 2) });
  expect(sum.mean).toBe(2.5);
  expect([0.25, 0.75].map((level) => lawQuantile(sum, level))).toEqual([2, 3]);
  expect(combineDemand({ step: 1, chances: [1] }, NO_DEMAND)).toEqual(NO_DEMAND);
});

test('an interval whose length is not sure has the law of all that it may be', () => {
  const flat = (value: number) => ({ mean: value, quantiles: LAW_LEVELS.map(() => value) });
  const law = mixture([
    { law: flat(10), chance: 0.75 },
    { law: flat(50), chance: 0.25 },
  ]);
  expect(law.mean).toBe(20);
  expect([0.5, 0.74, 0.76].map((level) => lawQuantile(law, level))).toEqual([10, 10, 50]);
});

test('the law of lives is found by their records, those that go on among them', () => {
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
  // What is usual does not stand against what is known: parts of two months, though years were expected.
  const brief = Array.from({ length: 40 }, (_, i) => ({ days: 55 + (i % 11), ended: true }));
  expect(fitWeibull(brief, 1500).scale).toBeLessThan(75);
  expect(fitWeibull(brief, 1500).shape).toBeGreaterThan(4);
  // Without a record it is what is usual.
  expect(fitWeibull([], 1500).scale).toBeCloseTo(1500, 6);
});

test('chances are recalibrated by what came of them, and left alone where they were right', () => {
  const random = randomOf(6);
  const told = (truth: (said: number) => number) =>
    Array.from({ length: 3000 }, () => {
      const chance = 0.05 + 0.9 * random();
      return { chance, came: random() < truth(chance), weight: 1 };
    });
  const right = recalibrationOf(told((p) => p));
  expect([0.1, 0.5, 0.9].map((p) => Math.abs(recalibrated(p, right) - p)).every((d) => d < 0.04)).toBe(true);
  const half = recalibrationOf(told((p) => p / 2));
  expect(recalibrated(0.8, half)).toBeGreaterThan(0.34);
  expect(recalibrated(0.8, half)).toBeLessThan(0.46);
  expect(recalibrated(0.7, NO_RECALIBRATION)).toBe(0.7);
  expect(recalibrationOf([])).toEqual(NO_RECALIBRATION);
});

test('estimates that were too long are put right by those that came true', () => {
  const outcomes = Array.from({ length: 40 }, (_, i) => ({ saidDays: 15 + i, cameDays: (15 + i) / 1.5, weight: 1 }));
  const learned = foresightFrom([], 0, outcomes);
  const raw = machineOutlook(machine({ watch: alarmed(40) }), prior, foresight, 30).taken;
  const right = machineOutlook(machine({ watch: alarmed(40) }), prior, learned, 30).taken;
  expect(right).toBeGreaterThan(raw + 0.2);
});

test('alerts that come late, or not at all, tell less', () => {
  const blind = foresightFrom([], 60, []);
  const sharp = foresightFrom(new Array(60).fill(40), 0, []);
  const quiet = (f: typeof blind) => machineOutlook(machine({ watch: { kind: 'quiet' } }), prior, f, 30).taken;
  expect(quiet(sharp)).toBeLessThan(0.5 * quiet(blind));
});
