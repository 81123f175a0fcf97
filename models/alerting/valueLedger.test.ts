import { expect, test } from 'vitest';
import { randomOf } from '../random/random.ts';
import { ledgerSums, sumOf, type ValuedAlert, valueLedger } from './valueLedger.ts';

const DAY_MS = 86_400_000;
const COSTS = { plannedStop: 2000, unplannedStop: 12_000, inspection: 150 };
const costsOf = (machine: string) => (machine.startsWith('fan') ? { ...COSTS, unplannedStop: 5000 } : COSTS);
const alert = (
  id: string,
  raisedDay: number,
  foundDay: number,
  finding: ValuedAlert['finding'],
  machine = 'pump',
): ValuedAlert => ({
  id,
  machine,
  rule: `rule of ${id[0]}`,
  finding,
  raisedAtMs: raisedDay * DAY_MS,
  foundAtMs: foundDay * DAY_MS,
});
const NONE = new Map<string, number[]>();

test('a fault with several symptoms is avoided once, by the rule that saw it first', () => {
  const entries = valueLedger(
    [alert('b', 2, 5, 'confirmed'), alert('a', 1, 5, 'confirmed'), alert('c', 3, 5.2, 'false_alarm')],
    NONE,
    costsOf,
  );
  expect(entries).toEqual([
    { atMs: 5 * DAY_MS, machine: 'pump', rule: 'rule of a', kind: 'avoided', alerts: ['a', 'b', 'c'], amount: 10_000 },
  ]);
});

test('a visit for nothing costs once; another visit, and another machine, cost again', () => {
  const entries = valueLedger(
    [
      alert('a', 1, 2, 'false_alarm'),
      alert('b', 2.5, 2.8, 'nothing_found'),
      alert('c', 20, 21, 'false_alarm'),
      alert('d', 1, 2, 'false_alarm', 'fan'),
    ],
    NONE,
    costsOf,
  );
  expect(sumOf(entries)).toEqual({ avoided: 0, late: 0, inspections: 3, amount: -450 });
  expect([...ledgerSums(entries, (e) => e.machine)].map(([key, { amount }]) => [key, amount])).toEqual([
    ['pump', -300],
    ['fan', -150],
  ]);
});

test('a failure before the finding was not avoided; one at another time or machine does not matter', () => {
  const failures = new Map([
    ['pump', [4 * DAY_MS, 90 * DAY_MS]],
    ['fan', [4 * DAY_MS]],
  ]);
  const entries = valueLedger([alert('a', 1, 5, 'confirmed'), alert('b', 60, 62, 'confirmed')], failures, costsOf);
  expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['late', 0],
    ['avoided', 10_000],
  ]);
});

/**
 * A year of machines with known truth: faults that grow to a failure over weeks, alerts with several symptoms, false
 * alerts, and failures without any sign. Simulated with the alerts and without.
 */
function simulatedYear(seed: number, machines: number) {
  const random = randomOf(seed);
  const alerts: ValuedAlert[] = [];
  const failures = new Map<string, number[]>();
  let [withAlerts, without] = [0, 0];
  for (let m = 0; m < machines; m++) {
    const machine = `${m % 3 === 0 ? 'fan' : 'pump'}-${m}`;
    const costs = costsOf(machine);
    const failed: number[] = [];
    for (let day = 20 + 80 * random(); day < 340; day += 60 + 120 * random()) {
      without += costs.unplannedStop;
      const [raisedDay, failsDay, foundDay] = [day, day + 10 + 20 * random(), day + 2 + 12 * random()];
      const isSeen = random() < 0.8;
      if (isSeen) {
        const isLate = foundDay >= failsDay;
        if (isLate) failed.push(failsDay * DAY_MS);
        withAlerts += isLate ? costs.unplannedStop : costs.plannedStop;
        const symptoms = 1 + Math.floor(3 * random());
        for (let s = 0; s < symptoms; s++)
          alerts.push(
            alert(
              `a${m}.${day}.${s}`,
              raisedDay + s * 0.5,
              isLate ? Math.max(foundDay, failsDay + 0.5) : foundDay,
              'confirmed',
              machine,
            ),
          );
      } else {
        failed.push(failsDay * DAY_MS);
        withAlerts += costs.unplannedStop;
      }
      if (random() < 0.5) {
        const visitDay = day + 45;
        alerts.push(
          alert(`f${m}.${day}`, visitDay, visitDay + 1, random() < 0.5 ? 'false_alarm' : 'nothing_found', machine),
        );
        withAlerts += costs.inspection;
      }
    }
    failures.set(machine, failed);
  }
  return { alerts, failures, saved: without - withAlerts };
}

test('over a simulated year of 50 machines the ledger equals what the alerts saved', () => {
  for (const seed of [1, 2, 3]) {
    const { alerts, failures, saved } = simulatedYear(seed, 50);
    const { amount, avoided } = sumOf(valueLedger(alerts, failures, costsOf));
    expect(avoided).toBeGreaterThan(50);
    expect(Math.abs(amount / saved - 1)).toBeLessThan(0.01);
  }
});

test('overlapping alerts are one fault, through any number of links; a visit a day later is another', () => {
  const linked = [alert('a', 1, 5, 'confirmed'), alert('b', 4, 9, 'confirmed'), alert('c', 8, 30, 'confirmed')];
  expect(valueLedger(linked, NONE, costsOf).map((e) => e.alerts)).toEqual([['a', 'b', 'c']]);
  const visits = (foundDay: number) =>
    valueLedger([alert('a', 1, 5, 'false_alarm'), alert('b', 5.5, foundDay, 'false_alarm')], NONE, costsOf).length;
  expect([visits(6), visits(6.01)]).toEqual([1, 2]);
  expect(
    valueLedger([alert('a', 1, 5, 'false_alarm'), alert('b', 5.5, 6, 'false_alarm')], NONE, costsOf)[0].alerts,
  ).toEqual(['a', 'b']);
  // At the very moment of the first finding.
  expect(valueLedger([alert('a', 1, 5, 'false_alarm'), alert('b', 5, 50, 'false_alarm')], NONE, costsOf)).toHaveLength(
    1,
  );
});

test('a failure on the day of the finding counts as late; with one on the next day, or before the alert, the fault was avoided', () => {
  const kindOf = (failedDay: number) =>
    valueLedger([alert('a', 1, 5.5, 'confirmed')], new Map([['pump', [failedDay * DAY_MS]]]), costsOf)[0].kind;
  expect([kindOf(1), kindOf(0.99), kindOf(5.99), kindOf(6)]).toEqual(['late', 'avoided', 'late', 'avoided']);
  // Calendar days: the third ends at midnight.
  const third = valueLedger([alert('a', 1, 2.5, 'confirmed')], new Map([['pump', [3 * DAY_MS]]]), costsOf);
  expect(third[0].kind).toBe('avoided');
});

test('an entry is dated by the day its fault was first confirmed; entries are in chronological order', () => {
  const entries = valueLedger(
    [alert('z', 60, 61, 'confirmed'), alert('a', 1, 4, 'false_alarm', 'fan'), alert('b', 2, 6, 'confirmed', 'fan')],
    NONE,
    costsOf,
  );
  expect(entries.map(({ machine, atMs, rule }) => [machine, atMs / DAY_MS, rule])).toEqual([
    ['fan', 6, 'rule of b'],
    ['pump', 61, 'rule of z'],
  ]);
});
