import { describe, expect, test } from 'vitest';
import { foresightFrom } from './foresight.ts';
import { MachineDemand } from './machineDemand.ts';
import type { InstalledMachine } from './machineOutlook.ts';
import type { PlanSettings } from './planSettings.ts';
import { type Recalibration, recalibrated } from './recalibration.ts';
import { survival } from './weibull.ts';

const FORESIGHT = foresightFrom([], 0, []);
const machine = (name: string, change: Partial<InstalledMachine> = {}): InstalledMachine => ({
  machine: name,
  ageDays: 500,
  watch: { kind: 'unwatched' },
  planned: null,
  quantity: 1,
  probability: 1,
  ...change,
});
const demandOf = (
  machines: InstalledMachine[],
  recalibrations = new Map<'unwatched', Recalibration>(),
  prior = { shape: 2, scale: 1000 },
) => new MachineDemand('bearing', { machines, prior, lives: { ended: 0, ongoing: 0 } }, FORESIGHT, recalibrations);
const alarmed = (life: { medianDays: number; logDeviation: number } | null) =>
  ({ watch: { kind: 'alarmed', sinceDays: 10, life } }) as const;
const WEEKLY = { period: 'week' } as PlanSettings;
const nothingElse = () => ({ mean: 0, quantiles: [0, 0, 0, 0, 0] });

test('units, expectation and shares of a horizon agree', () => {
  const demand = demandOf([
    machine('a', { quantity: 2 }),
    machine('b'),
    machine('c', { planned: { days: 10, quantity: 3 } }),
  ]);
  const failing = 1 - survival({ shape: 2, scale: 1000 }, 530) / survival({ shape: 2, scale: 1000 }, 500);
  const shares = demand.shares(30);
  expect(shares.map((s) => s.machine)).toEqual(['c', 'a', 'b']);
  expect(shares[0]).toMatchObject({ stream: 'planned', chance: 1 });
  expect(shares[2].chance).toBeCloseTo(failing, 2);
  expect(demand.expected(30)).toBeCloseTo(3 + 3 * failing, 1);
  const { step, chances } = demand.units(30);
  expect(chances.reduce((sum, p, k) => sum + p * k * step, 0)).toBeCloseTo(demand.expected(30), 6);
  expect(demand.expected(0)).toBe(0);
});

test('chances are recalibrated by earlier outcomes of their stream; other streams stay unchanged', () => {
  const recalibration = { a: -1, b: 1, outcomes: 50 };
  const machines = [machine('a'), machine('b', { watch: { kind: 'quiet' } })];
  const chanceOf = (demand: MachineDemand, name: string) => demand.shares(30).find((s) => s.machine === name)!.chance;
  const [plain, lower] = [demandOf(machines), demandOf(machines, new Map([['unwatched', recalibration]]))];
  expect(chanceOf(lower, 'a')).toBeCloseTo(recalibrated(chanceOf(plain, 'a'), recalibration), 9);
  expect(chanceOf(lower, 'b')).toBe(chanceOf(plain, 'b'));
  // Today's chances are recorded before any recalibration, for comparison with the outcome.
  expect(lower.chanceForecasts(7)).toEqual(plain.chanceForecasts(7));
});

test('chances for the next thirty days are recorded to compare with the outcome; planned work is not a forecast', () => {
  const machines = [
    machine('a', alarmed({ medianDays: 20, logDeviation: 0.3 })),
    machine('b', alarmed(null)),
    machine('c'),
    machine('d', { planned: { days: 10, quantity: 1 } }),
    machine('e', { planned: { days: 31, quantity: 1 } }),
  ];
  const recorded = demandOf(machines).chanceForecasts(7);
  expect(recorded.map(({ machine, stream, saidDays }) => [machine, stream, saidDays])).toEqual([
    ['a', 'alarmed', 20],
    ['b', 'alarmed', null],
    ['c', 'unwatched', null],
    ['e', 'unwatched', null],
  ]);
  expect(recorded[0]).toMatchObject({ day: 7, item: 'bearing', horizonDays: 30 });
  expect(recorded[0].chance).toBeGreaterThan(0.8);
});

describe('demand of each period ahead', () => {
  const machines = [machine('a', alarmed({ medianDays: 20, logDeviation: 0.3 })), machine('b')];

  test('adds up to that of the whole horizon', () => {
    const demand = demandOf(machines);
    const steps = demand.steps(WEEKLY, 8, nothingElse);
    expect(steps).toHaveLength(8);
    expect(steps.reduce((sum, s) => sum + s.byMachines, 0)).toBeCloseTo(demand.expected(56), 2);
    // About twenty days from now: the third week.
    const most = Math.max(...steps.map((s) => s.byMachines));
    expect(steps.findIndex((s) => s.byMachines === most)).toBe(2);
    for (const { law, byMachines } of steps) expect(law.mean).toBeCloseTo(byMachines, 9);
  });

  test('has planned work only in the period of its day', () => {
    const planned = machine('a', { ageDays: 0, planned: { days: 10, quantity: 3 } });
    const byMachines = demandOf([planned])
      .steps(WEEKLY, 4, nothingElse)
      .map((s) => Math.round(s.byMachines));
    expect(byMachines).toEqual([0, 3, 0, 0]);
  });

  test('of parts that last a few days is distributed as Poisson counts', () => {
    const short = { shape: 1, scale: 1 };
    const [, { law, byMachines, fan }] = demandOf([machine('a', { ageDays: 0 })], new Map(), short).steps(
      WEEKLY,
      2,
      nothingElse,
    );
    expect(byMachines).toBeGreaterThan(6);
    expect(byMachines).toBeLessThan(7.5);
    // Poisson of seven: quantiles of 5, 50 and 95 %.
    expect(Math.abs(fan[0] - 3)).toBeLessThanOrEqual(1);
    expect(Math.abs(fan[2] - 7)).toBeLessThanOrEqual(1);
    expect(Math.abs(fan[4] - 12)).toBeLessThanOrEqual(1);
    expect(law.mean).toBeCloseTo(byMachines, 9);
  });

  test('includes all other demand, interpolated linearly between the levels of its fan', () => {
    const others = (h: number) => ({ mean: 10 * h, quantiles: [0, 2, 4, 6, 8].map((q) => q * h) });
    const none = demandOf([machine('a', { probability: 0 })]);
    const [first, second] = none.steps(WEEKLY, 2, others);
    expect([first.law.mean, first.fan]).toEqual([0, [0, 0, 0, 0, 0]]);
    expect(second.law.mean).toBe(10);
    for (const [i, v] of second.fan.entries()) expect(v).toBeCloseTo([0, 2, 4, 6, 8][i], 1);
    // Halfway between the median and the 75 % level.
    expect(second.law.quantiles[125]).toBeCloseTo(5, 1);
    expect([second.law.quantiles[0], second.law.quantiles[199]]).toEqual([0, 8]);
  });
});
