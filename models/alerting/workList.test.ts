import { expect, test } from 'vitest';
import type { AlertRecord } from '../contracts/alert.ts';
import { foresightFrom } from '../planning/foresight.ts';
import { type WorkListParts, workList } from './workList.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1000 * DAY_MS;

function alert(asset: string, change: object = {}): AlertRecord {
  return {
    id: `of ${asset}`,
    site: 's',
    edge: 'e',
    asset,
    state: 'unacknowledged',
    severity: 'warning',
    text: `${asset} is worn`,
    raisedAtMs: NOW_MS - DAY_MS,
    updatedAtMs: NOW_MS,
    remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
    ...change,
  } as AlertRecord;
}

const COSTS = { plannedStop: 2000, unplannedStop: 12_000, inspection: 150, repairHours: 8, inspectionHours: 1 };
const parts: WorkListParts = {
  costsOf: () => COSTS,
  chanceTrue: () => 0.5,
  foresight: foresightFrom([], 0, []),
  nowMs: NOW_MS,
  days: 7,
};
const life = (days: number) => ({
  remainingLife: {
    assessment: 'assessed',
    medianS: days * 86_400,
    lowS: (days * 86_400) / 2,
    highS: days * 2 * 86_400,
    method: 'm',
  },
});

test('machines that fail soon, cost much or need little work rank first', () => {
  const costsOf = (machine: string) => ({
    ...COSTS,
    ...(machine.endsWith('dear') && { unplannedStop: 100_000 }),
    ...(machine.endsWith('quick') && { repairHours: 1 }),
  });
  const all = [alert('usual', life(30)), alert('soon', life(5)), alert('quick', life(5)), alert('dear', life(5))];
  const items = workList(all, { ...parts, costsOf });
  expect(items.map(({ asset }) => asset)).toEqual(['dear', 'quick', 'soon', 'usual']);
});

test('the risk is the chance of a stop within the horizon times what planning saves, less the cost of needless visits', () => {
  // The median is at the horizon: half of such machines stop within it.
  const [item] = workList([alert('pump', life(7))], parts);
  expect(item.chanceOfStop).toBeCloseTo(0.5, 8);
  expect(item.riskAvoided).toBeCloseTo(0.5 * 0.5 * 10_000 - 0.5 * 150, 4);
  expect(item.hours).toBe(1 + 0.5 * 8);
  expect(item.riskPerHour).toBeCloseTo(item.riskAvoided / 5, 9);
});

test('without an estimate the chance follows from earlier alerts, given how long this one has been active', () => {
  const at = (standsDays: number) =>
    workList([alert('pump', { raisedAtMs: NOW_MS - standsDays * DAY_MS })], parts)[0].chanceOfStop;
  // Lognormal about 30 days with a deviation of 1: P(T < 7) = Φ(ln(7/30)) = 0.0728.
  expect(at(0)).toBeCloseTo(0.0728, 3);
  // P(30 < T < 37) / P(T > 30).
  expect(at(30)).toBeCloseTo(0.1664, 3);
  const fast = { ...parts, foresight: foresightFrom([1, 1, 1, 1, 1, 1], 0, []) };
  expect(workList([alert('pump')], fast)[0].chanceOfStop).toBeGreaterThan(at(1) * 2);
});

test('alerts of one machine are one item: named after the worst, with the highest chance', () => {
  const mild = alert('pump', { id: 'mild', raisedAtMs: NOW_MS - 3 * DAY_MS, assignedTo: 'Ann' });
  const bad = alert('pump', { id: 'bad', severity: 'critical', text: 'pump breaks', area: 'Boilers' });
  const chanceTrue = ({ id }: AlertRecord) => (id === 'mild' ? 0.9 : 0.2);
  expect(workList([mild, bad], { ...parts, chanceTrue })).toMatchObject([
    {
      task: 'repair',
      text: 'pump breaks',
      area: 'Boilers',
      alerts: ['mild', 'bad'],
      chanceTrue: 0.9,
      raisedAtMs: mild.raisedAtMs,
      assignedTo: null,
    },
  ]);
});

test.each([
  ['shelved', { state: 'shelved' }],
  ['suppressed', { state: 'suppressed' }],
  ['returned', { state: 'returned_unacknowledged' }],
  ['out of service', { state: 'out_of_service' }],
  ['for the integrator', { audience: 'integrator' }],
])('an alert that is %s needs no work', (_, change) => {
  expect(workList([alert('pump', change)], parts)).toEqual([]);
});

test('a planned stop that costs more than an unplanned one avoids no risk; a needless visit still costs', () => {
  const costsOf = () => ({ ...COSTS, plannedStop: 20_000 });
  expect(workList([alert('pump', life(7))], { ...parts, costsOf })[0].riskAvoided).toBeCloseTo(-0.5 * 150, 9);
});

test('an alert active for longer than any before it is about to stop its machine', () => {
  const [item] = workList([alert('pump', { raisedAtMs: NOW_MS - 1e9 * DAY_MS })], parts);
  expect(item.chanceOfStop).toBe(1);
  // An alert raised by a clock that runs ahead has been active for no time.
  const [ahead] = workList([alert('pump', { raisedAtMs: NOW_MS + DAY_MS })], parts);
  expect(ahead.chanceOfStop).toBeCloseTo(0.0728, 3);
});

test('an estimate made three days ago has three days less left', () => {
  const threeDaysAgo = NOW_MS - 3 * DAY_MS;
  const estimate = { assessment: 'assessed', medianS: 10 * 86_400, lowS: 5 * 86_400, highS: 20 * 86_400, method: 'm' };
  const [item] = workList([alert('pump', { remainingLife: estimate, updatedAtMs: threeDaysAgo })], parts);
  // Seven days are left: half of such machines stop within them.
  expect(item.chanceOfStop).toBeCloseTo(0.5, 6);
});
