import { expect, test } from 'vitest';
import { findMisses, type JudgedAlert, trackRecords, warningDays } from './trackRecord.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const judged = (finding: JudgedAlert['finding'], hours: number, rule = 'vibration outer_race'): JudgedAlert => ({
  rule,
  finding,
  raisedAtMs: 0,
  foundAtMs: hours * HOUR_MS,
});

test('precision and lead time of each rule are computed from findings alone', () => {
  const all = [judged('confirmed', 10), judged('confirmed', 30), judged('confirmed', 20), judged('false_alarm', 1)];
  const [trend, bearing] = trackRecords([...all, judged('nothing_found', 1, 'trend undetermined')]);
  expect(bearing).toMatchObject({ alerts: 4, leadTimeH: 20, precision: { count: 3, of: 4, share: 0.75 } });
  expect(bearing.findings).toEqual({ confirmed: 3, false_alarm: 1, nothing_found: 0 });
  expect(trend).toMatchObject({ alerts: 1, leadTimeH: null, precision: { count: 0, of: 1, share: 0 } });
  expect(trackRecords([])).toEqual([]);
});

test('a failure without an alert of its machine in the ninety days before is a miss; a later alert does not count', () => {
  const failures = [
    { machine: 'a', atMs: 100 * DAY_MS },
    { machine: 'a', atMs: 200 * DAY_MS },
    { machine: 'b', atMs: 100 * DAY_MS },
  ];
  const raises = new Map([['a', [50 * DAY_MS, 201 * DAY_MS]]]);
  expect(findMisses(failures, raises)).toEqual([failures[1], failures[2]]);
});

test('warning counts from the first alert in the ninety days before a failure; later or much earlier alerts do not count', () => {
  const failure = { machine: 'a', atMs: 100 * DAY_MS };
  const warned = (...days: number[]) => warningDays([failure], new Map([['a', days.map((day) => day * DAY_MS)]]));
  expect(warned(70, 40, 99)).toEqual([60]);
  expect([warned(10), warned(9.99), warned(100), warned(100.01), warned()]).toEqual([[90], [], [0], [], []]);
  expect(warned(9, 95)).toEqual([5]);
  expect(warningDays([failure, { machine: 'b', atMs: 0 }], new Map())).toEqual([]);
});

test('a finding recorded before its alert arrived has a lead time of zero', () => {
  expect(trackRecords([judged('confirmed', -3)])[0].leadTimeH).toBe(0);
});
