import { expect, test } from 'vitest';
import { gaussian, randomOf } from '../random/random.ts';
import { findCheapest, type IndexHistory, tryLimits, withinBudget } from './tryLimits.ts';

const HOUR_MS = 3_600_000;
const at = (...limits: number[]) => limits.map((limit) => ({ limit, persistMs: 0 }));
const COSTS = { plannedStop: 2000, unplannedStop: 12_000, inspection: 150 };

/** Hourly index histories of machines: a level with outliers and load episodes, growing before a failure. */
function histories(seed: number, machines: number) {
  const random = randomOf(seed);
  const failures = new Map<string, number[]>();
  const all = Array.from({ length: machines }, (_, m): IndexHistory => {
    const machine = `pump-${m}`;
    const failsAt = m % 2 === 0 ? Math.floor((0.3 + 0.6 * random()) * 4000) : null;
    if (failsAt !== null) failures.set(machine, [failsAt * HOUR_MS]);
    const growth = 200 + 400 * random();
    let episode = 0;
    const index = Float64Array.from({ length: 4000 }, (_value, hour) => {
      if (random() < 0.002) episode = 5 + 20 * random();
      episode--;
      const load = episode > 0 ? 1 : 0;
      const fault = failsAt === null || hour > failsAt ? 0 : 8 * Math.exp(-(failsAt - hour) / growth);
      return 1 + load + 0.25 * gaussian(random) + fault;
    });
    return { machine, timeMs: Float64Array.from(index, (_value, hour) => hour * HOUR_MS), index };
  });
  return { all, failures };
}

test('the least-cost limit of one half of the machines beats 1, 2, 3 and 4 robust sigma on the other', () => {
  const { all, failures } = histories(7, 80);
  const [first, second] = [all.slice(0, 40), all.slice(40)];
  const sigma = 0.25;
  const chosen = findCheapest(
    tryLimits(
      first,
      failuresOf(first, failures),
      at(...Array.from({ length: 60 }, (_, i) => 1.1 + i * 0.1)),
      () => COSTS,
    ),
  );
  const costOf = (limit: number) => tryLimits(second, failuresOf(second, failures), at(limit), () => COSTS)[0].cost;
  for (const times of [1, 2, 3, 4]) expect(costOf(chosen?.limit ?? 0)).toBeLessThan(costOf(1 + times * sigma));
});

const failuresOf = (histories: readonly IndexHistory[], failures: ReadonlyMap<string, number[]>) =>
  new Map(histories.map(({ machine }) => [machine, failures.get(machine) ?? []]));

test('a trial counts alerts, false alerts, failures predicted in time, and their cost', () => {
  const hours = (values: number[]): IndexHistory => ({
    machine: 'pump',
    timeMs: values.map((_, i) => i * HOUR_MS),
    index: values,
  });
  // An outlier; an alert that fluctuates above its hysteresis; a second one, two days before the failure.
  const values = [
    0,
    2,
    0,
    2,
    2,
    1.7,
    2,
    2,
    0,
    ...Array.from({ length: 40 }, () => 0),
    3,
    3,
    3,
    ...Array.from({ length: 48 }, () => 3),
  ];
  const failures = new Map([['pump', [(values.length - 1) * HOUR_MS]]]);
  const near = { horizonMs: 60 * HOUR_MS, noticeMs: 24 * HOUR_MS, hysteresis: 0.8 };
  const [atTwo, atTen] = tryLimits([hours(values)], failures, at(2, 10), () => COSTS, near);
  // 99 hours, so one false alert is 7.3 a month.
  const falsePerMachineMonth = 720 / 99;
  expect(atTwo).toEqual({
    limit: 2,
    persistMinutes: 0,
    raised: 2,
    falseAlerts: 1,
    falsePerMachineMonth,
    foretold: 1,
    missed: 0,
    leadTimeH: 49,
    cost: 2150,
  });
  expect(atTen).toEqual({
    limit: 10,
    persistMinutes: 0,
    raised: 0,
    falseAlerts: 0,
    falsePerMachineMonth: 0,
    foretold: 0,
    missed: 1,
    leadTimeH: null,
    cost: 12_000,
  });
  const [late] = tryLimits([hours(values)], failures, at(2), () => COSTS, { ...near, noticeMs: 50 * HOUR_MS });
  expect(late).toMatchObject({ foretold: 0, missed: 1, falseAlerts: 1 });
  expect(() => tryLimits([hours(values)], failures, at(0), () => COSTS)).toThrow(RangeError);
  expect(findCheapest([atTwo, atTen])?.limit).toBe(2);
  expect(findCheapest([])).toBeNull();
  expect(findCheapest([atTwo, { ...atTwo, limit: 3 }])).toBeNull();
  const before = { machine: 'pump', timeMs: [1e9, 2e9], index: [3, 3] };
  expect(tryLimits([before], new Map([['pump', [5]]]), at(2), () => COSTS)[0]).toMatchObject({
    missed: 0,
    foretold: 0,
  });
});

test('a rule with persistence ignores the short excursion', () => {
  const index = [...Array(20).fill(0), 3, 3, 3, ...Array(20).fill(0), ...Array(60).fill(3)];
  const history = { machine: 'pump', timeMs: index.map((_, i) => i * HOUR_MS), index };
  const failures = new Map([['pump', [(index.length - 1) * HOUR_MS]]]);
  const near = { horizonMs: 70 * HOUR_MS, noticeMs: 24 * HOUR_MS, hysteresis: 0.8 };
  const trial = (hours: number) =>
    tryLimits([history], failures, [{ limit: 2, persistMs: hours * HOUR_MS }], () => COSTS, near)[0];
  expect(trial(2)).toMatchObject({ persistMinutes: 120, raised: 2, falseAlerts: 1, foretold: 1, leadTimeH: 57 });
  expect(trial(3)).toMatchObject({ persistMinutes: 180, raised: 1, falseAlerts: 0, foretold: 1, leadTimeH: 56 });
  expect(trial(40)).toMatchObject({ raised: 1, foretold: 0, missed: 1 });
});

test('within a budget of false alerts the trial that predicts most is chosen, then the quietest; or none', () => {
  const trial = (limit: number, foretold: number, falseAlerts: number, falsePerMachineMonth: number | null) => ({
    ...{ limit, persistMinutes: 0, raised: 9, missed: 0, leadTimeH: null, cost: 0 },
    ...{ foretold, falseAlerts, falsePerMachineMonth },
  });
  const trials = [trial(1, 5, 9, 0.9), trial(2, 4, 3, 0.3), trial(3, 4, 2, 0.2), trial(4, 1, 0, 0)];
  expect(withinBudget(trials, 1)?.limit).toBe(1);
  expect(withinBudget(trials, 0.3)?.limit).toBe(3);
  expect(withinBudget(trials, 0)?.limit).toBe(4);
  expect(withinBudget(trials.slice(0, 3), 0.1)).toBeNull();
  expect(withinBudget([trial(1, 5, 0, null)], 1)).toBeNull();
});

test('bounds are inclusive: the limit, the horizon, the notice, the start of the history', () => {
  const history = { machine: 'pump', timeMs: [0, HOUR_MS, 2 * HOUR_MS], index: [2, 2, 2] };
  const trial = (failedH: number, settings: object) =>
    tryLimits([history], new Map([['pump', [failedH * HOUR_MS]]]), at(2), () => COSTS, {
      ...{ horizonMs: 10 * HOUR_MS, noticeMs: 4 * HOUR_MS, hysteresis: 0.8 },
      ...settings,
    })[0];
  // The second interval over the limit, at one hour, raises the alert.
  expect(trial(5, {})).toMatchObject({ raised: 1, foretold: 1, falseAlerts: 0, leadTimeH: 4 });
  expect(trial(4.99, {})).toMatchObject({ raised: 1, foretold: 0, missed: 1, falseAlerts: 0, leadTimeH: null });
  expect(trial(11, {})).toMatchObject({ foretold: 1, falseAlerts: 0 });
  expect(trial(11.01, {})).toMatchObject({ foretold: 0, missed: 1, falseAlerts: 1 });
  expect(trial(0, {})).toMatchObject({ missed: 1, falseAlerts: 1 });
});

test('an alert returns only below its hysteresis, and an empty history has no rate of false alerts', () => {
  const raised = (between: number) => {
    const index = [3, 3, between, 3, 3];
    return tryLimits(
      [{ machine: 'pump', timeMs: index.map((_, i) => i * HOUR_MS), index }],
      new Map(),
      at(2),
      () => COSTS,
    )[0].raised;
  };
  expect([raised(1.6), raised(1.59)]).toEqual([1, 2]);
  const rate = (timeMs: number[], index: number[]) =>
    tryLimits([{ machine: 'pump', timeMs, index }], new Map(), at(2), () => COSTS)[0].falsePerMachineMonth;
  expect([rate([], []), rate([5], [3]), rate([5, 5 + 720 * HOUR_MS], [3, 3])]).toEqual([null, null, 1]);
});

test('among trials of equal cost the highest limit is chosen', () => {
  const trial = (limit: number, cost: number) => ({
    ...{ limit, cost, persistMinutes: 0, raised: 0, falseAlerts: 0, falsePerMachineMonth: 0 },
    ...{ foretold: 0, missed: 0, leadTimeH: null },
  });
  expect(findCheapest([trial(1, 5), trial(2, 3), trial(3, 3), trial(4, 7)])?.limit).toBe(3);
  expect(findCheapest([trial(1, 5)])).toBeNull();
});

test('by default an alert of the last ninety days predicts a failure, in time if it leaves a day', () => {
  const until = (hours: number): IndexHistory => ({
    machine: 'pump',
    timeMs: [0, 1, hours + 1].map((h) => h * HOUR_MS),
    index: [2, 2, 0],
  });
  const trialOf = (hours: number) =>
    tryLimits([until(hours)], new Map([['pump', [(hours + 1) * HOUR_MS]]]), at(2), () => COSTS)[0];
  // Raised in the second hour.
  expect(trialOf(24)).toMatchObject({ foretold: 1, missed: 0, falseAlerts: 0, leadTimeH: 24, cost: 2000 });
  expect(trialOf(23)).toMatchObject({ foretold: 0, missed: 1, falseAlerts: 0, leadTimeH: null, cost: 12_000 });
  expect(trialOf(90 * 24)).toMatchObject({ foretold: 1, falseAlerts: 0 });
  expect(trialOf(90 * 24 + 1)).toMatchObject({ foretold: 0, missed: 1, falseAlerts: 1, cost: 12_150 });
});

test('a failure before the first record could not have been predicted, and an empty history covers no time', () => {
  const history: IndexHistory = { machine: 'pump', timeMs: [HOUR_MS, 721 * HOUR_MS], index: [0, 0] };
  const missed = (failedMs: number) =>
    tryLimits([history], new Map([['pump', [failedMs]]]), at(1), () => COSTS)[0].missed;
  expect([missed(HOUR_MS - 1), missed(HOUR_MS)]).toEqual([0, 1]);
  const empty = tryLimits(
    [{ machine: 'pump', timeMs: [], index: [] }],
    new Map([['pump', [5]]]),
    at(1),
    () => COSTS,
  )[0];
  expect(empty).toMatchObject({ missed: 0, falsePerMachineMonth: null });
  expect(tryLimits([history], new Map(), at(1), () => COSTS)[0].falsePerMachineMonth).toBe(0);
});

test('an excursion must persist, and one that returned below its hysteresis is raised again', () => {
  const timeMs = Array.from({ length: 12 }, (_, hour) => hour * HOUR_MS);
  const raised = (index: number[], persistHours: number) =>
    tryLimits(
      [{ machine: 'pump', timeMs, index }],
      new Map(),
      [{ limit: 1, persistMs: persistHours * HOUR_MS }],
      () => COSTS,
    )[0].raised;
  const three = [0, 1, 1, 1, 0.9, 1, 1, 1, 0.8, 1, 1, 1];
  expect([raised(three, 0), raised(three, 2), raised(three, 3)]).toEqual([1, 1, 0]);
  expect(
    raised(
      three.map((v) => (v === 0.8 ? 0.79 : v)),
      2,
    ),
  ).toBe(2);
  expect(raised([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 0)).toBe(0);
  expect(() => tryLimits([], new Map(), [{ limit: 0, persistMs: 0 }], () => COSTS)).toThrow(RangeError);
});
