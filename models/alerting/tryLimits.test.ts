import { expect, test } from 'vitest';
import { gaussian, randomOf } from '../random/random.ts';
import { cheapest, type IndexHistory, tryLimits } from './tryLimits.ts';

const HOUR_MS = 3_600_000;
const COSTS = { plannedStop: 2000, unplannedStop: 12_000, inspection: 150 };

/** Index histories of machines, by the hour: a level with outliers and episodes of load; before a failure it grows. */
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

test('the limit of least cost on one half of the machines beats 1, 2, 3 and 4 robust sigma on the other', () => {
  const { all, failures } = histories(7, 80);
  const [first, second] = [all.slice(0, 40), all.slice(40)];
  const sigma = 0.25;
  const chosen = cheapest(
    tryLimits(
      first,
      failuresOf(first, failures),
      Array.from({ length: 60 }, (_, i) => 1.1 + i * 0.1),
      () => COSTS,
    ),
  );
  const costOf = (limit: number) => tryLimits(second, failuresOf(second, failures), [limit], () => COSTS)[0].cost;
  for (const times of [1, 2, 3, 4]) expect(costOf(chosen?.limit ?? 0)).toBeLessThan(costOf(1 + times * sigma));
});

const failuresOf = (histories: readonly IndexHistory[], failures: ReadonlyMap<string, number[]>) =>
  new Map(histories.map(({ machine }) => [machine, failures.get(machine) ?? []]));

test('a trial counts alerts, false ones, failures foretold in time, and their cost', () => {
  const hours = (values: number[]): IndexHistory => ({
    machine: 'pump',
    timeMs: values.map((_, i) => i * HOUR_MS),
    index: values,
  });
  // An outlier; an alert that wavers above its hysteresis; a second one, two days before the failure.
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
  const [atTwo, atTen] = tryLimits([hours(values)], failures, [2, 10], () => COSTS, near);
  expect(atTwo).toEqual({ limit: 2, raised: 2, falseAlerts: 1, foretold: 1, missed: 0, leadTimeH: 49, cost: 2150 });
  expect(atTen).toEqual({
    limit: 10,
    raised: 0,
    falseAlerts: 0,
    foretold: 0,
    missed: 1,
    leadTimeH: null,
    cost: 12_000,
  });
  const [late] = tryLimits([hours(values)], failures, [2], () => COSTS, { ...near, noticeMs: 50 * HOUR_MS });
  expect(late).toMatchObject({ foretold: 0, missed: 1, falseAlerts: 1 });
  expect(() => tryLimits([hours(values)], failures, [0], () => COSTS)).toThrow(RangeError);
  expect(cheapest([atTwo, atTen])?.limit).toBe(2);
  expect(cheapest([])).toBeNull();
  expect(cheapest([atTwo, { ...atTwo, limit: 3 }])).toBeNull();
  const before = { machine: 'pump', timeMs: [1e9, 2e9], index: [3, 3] };
  expect(tryLimits([before], new Map([['pump', [5]]]), [2], () => COSTS)[0]).toMatchObject({ missed: 0, foretold: 0 });
});
