import { expect, test } from 'vitest';
import { findMisses, type JudgedAlert, trackRecords } from './trackRecord.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const judged = (finding: JudgedAlert['finding'], hours: number, rule = 'vibration outer_race'): JudgedAlert => ({
  rule,
  finding,
  raisedAtMs: 0,
  foundAtMs: hours * HOUR_MS,
});

test('precision and lead time of each rule come of the findings alone', () => {
  const all = [judged('confirmed', 10), judged('confirmed', 30), judged('confirmed', 20), judged('false_alarm', 1)];
  const [trend, bearing] = trackRecords([...all, judged('nothing_found', 1, 'trend undetermined')]);
  expect(bearing).toMatchObject({ alerts: 4, leadTimeH: 20, precision: { count: 3, of: 4, share: 0.75 } });
  expect(bearing.findings).toEqual({ confirmed: 3, false_alarm: 1, nothing_found: 0 });
  expect(trend).toMatchObject({ alerts: 1, leadTimeH: null, precision: { count: 0, of: 1, share: 0 } });
  expect(trackRecords([])).toEqual([]);
});

test('a failure without an alert of its machine in the ninety days before is a miss; one after it is none', () => {
  const failures = [
    { machine: 'a', atMs: 100 * DAY_MS },
    { machine: 'a', atMs: 200 * DAY_MS },
    { machine: 'b', atMs: 100 * DAY_MS },
  ];
  const raises = new Map([['a', [50 * DAY_MS, 201 * DAY_MS]]]);
  expect(findMisses(failures, raises)).toEqual([failures[1], failures[2]]);
});
