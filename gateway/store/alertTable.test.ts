import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { alertEvents as events, START_MS, alertStore as storeIn, takeAlert as take } from './alertStore.fixture.ts';
import { isOnPostgres } from './testPlace.fixture.ts';

test('an alert whose return arrives before its raise is notified once, in order', () => {
  const { store } = storeIn();
  take(store, { id: 'x', change: 'return', sequence: 9002 });
  take(store, { id: 'x', change: 'raise', sequence: 9001 });
  expect(store.alert('x')?.state).toBe('returned_unacknowledged');
  expect(events(store)).toEqual(['x raised', 'x returned']);
});

test('spectra are returned with a single alert, not in lists, and survive updates without one', () => {
  const { store } = storeIn();
  const spectrum = { timeMs: START_MS, unit: 'g' as const, stepHz: 1, amplitude: [1, 2] };
  const evidence = { contributions: [], diagnosis: { fault: 'ball' as const, confidence: 1, reasons: [] }, spectrum };
  take(store, { id: 'x', evidence });
  take(store, { id: 'x', change: 'return' });
  store.act('x', { action: 'shelve', untilMs: START_MS + 1, reason: 'r' }, 'Ann');
  expect(store.alert('x')?.evidence.spectrum).toEqual(spectrum);
  expect(store.alerts({ active: true, limit: 1 })[0].evidence).not.toHaveProperty('spectrum');
});

test('every combination of filters lists its alerts, newest first, page by page', () => {
  const { store } = storeIn();
  const all = Array.from({ length: 60 }, (_, i) => ({
    id: `a${i}`,
    site: i % 2 ? 's1' : 's2',
    asset: `m${i % 3}`,
    severity: i % 5 ? ('warning' as const) : ('critical' as const),
    // Several have the same time: the id breaks the tie.
    raisedAtMs: START_MS + (i >> 2),
  }));
  for (const one of all) take(store, one);
  for (const { id } of all.slice(0, 30)) store.act(id, { action: 'close', finding: 'confirmed' }, 'Ann');
  const order = (x: (typeof all)[number], y: (typeof all)[number]) =>
    y.raisedAtMs - x.raisedAtMs || (x.id < y.id ? 1 : -1);
  for (const active of [true, false])
    for (const site of [undefined, 's1'])
      for (const asset of [undefined, 'm1'])
        for (const severity of [undefined, 'critical']) {
          const filter = { active, site, asset, severity };
          const expected = all
            .slice(active ? 30 : 0)
            .filter((a) => (site ?? a.site) === a.site && (asset ?? a.asset) === a.asset)
            .filter((a) => (severity ?? a.severity) === a.severity)
            .sort(order)
            .map((a) => a.id);
          const listed: AlertRecord[] = [];
          for (;;) {
            const page = store.alerts({ ...filter, limit: 4, before: listed.at(-1) });
            if (page.length === 0) break;
            listed.push(...page);
          }
          expect(listed.map((a) => a.id)).toEqual(expected);
        }
  const standing = store.standingAlerts();
  expect(standing.reduce((sum, s) => sum + s.n, 0)).toBe(30);
  expect(standing).toContainEqual({ site: 's1', edge: 'e', asset: 'm0', severity: 'warning', n: 4 });
  expect(store.findingCounts()).toEqual([{ fault: 'outer_race', finding: 'confirmed', n: 30 }]);
});

test('an alert that is raised again counts as unacknowledged from then on, not from its first raise', () => {
  const { store, clock } = storeIn();
  const escalations = [{ channel: 'webhook', afterMs: 600_000, againMs: null }];
  take(store, { id: 'x' });
  store.act('x', { action: 'acknowledge' }, 'Ann');
  clock.ms += 3_600_000;
  store.act('x', { action: 'unacknowledge', reason: 'by mistake' }, 'Ann');
  store.escalate(escalations);
  expect(events(store)).not.toContain('x unacknowledged');
  clock.ms += 600_000;
  take(store, { id: 'x', change: 'update' });
  store.escalate(escalations);
  expect(events(store)).toContain('x unacknowledged');
});

test('when too many escalations are due at once, the rest is deferred to the next check and counted', () => {
  const { store, clock } = storeIn();
  for (let i = 0; i < 130; i++) take(store, { id: `x${i}` });
  clock.ms += 600_000;
  const escalate = () => store.escalate([{ channel: 'webhook', afterMs: 600_000, againMs: null }]);
  expect([escalate(), escalate(), escalate()]).toEqual([30, 0, 0]);
});

test.skipIf(isOnPostgres())('in a migrated database, alerts are found by every column', () => {
  const { store, directory } = storeIn();
  take(store, { id: 'x', site: 's1', asset: 'm1', severity: 'critical' });
  const evidence = store.alert('x')?.evidence;
  take(store, { id: 'y', site: 's1', asset: 'm2', change: 'return' });
  store.find('x', { finding: 'confirmed', by: 'Ann', comment: null, atMs: START_MS });
  store.close();
  const db = new Database(join(directory, 'gateway.db'));
  db.exec(`
    CREATE TABLE before AS SELECT id, state, raised_ms, json_set(record, '$.evidence.spectrum', json('{"amplitude":[1]}')) AS record, outbox, sequence, arrived_ms FROM alerts;
    DROP TABLE alerts;
    CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence INTEGER, arrived_ms REAL NOT NULL DEFAULT 0) STRICT;
    INSERT INTO alerts SELECT * FROM before;
    DROP TABLE before;
    ALTER TABLE points DROP COLUMN unit;
    PRAGMA user_version = 1;
  `);
  db.close();
  const again = storeIn(directory).store;
  const filter = { active: true, limit: 10, site: 's1', asset: 'm1', severity: 'critical' };
  expect(again.alerts(filter).map((a) => a.id)).toEqual(['x']);
  expect(again.standingAlerts()).toEqual([{ site: 's1', edge: 'e', asset: 'm1', severity: 'critical', n: 1 }]);
  expect(again.findingCounts()).toEqual([{ fault: 'outer_race', finding: 'confirmed', n: 1 }]);
  expect(again.alert('x')?.evidence).toEqual({ ...evidence, spectrum: { amplitude: [1] } });
  expect(again.alerts(filter)[0].evidence).toEqual(evidence);
});

test('machines that alarm together share one case, which continues for each; others have their own', () => {
  const { store } = storeIn();
  for (const asset of ['m1', 'm2', 'm3', 'm4']) take(store, { id: `dip.${asset}`, asset, raisedAtMs: START_MS });
  take(store, { id: 'elsewhere', site: 't', asset: 'm9', raisedAtMs: START_MS });
  take(store, { id: 'later', asset: 'm9', raisedAtMs: START_MS + 3_600_000, severity: 'critical' });
  take(store, { id: 'symptom', asset: 'm4', raisedAtMs: START_MS + 7_200_000 });
  const [later, ...others] = store.alertCases({ active: true, limit: 10 });
  expect(later).toMatchObject({ id: 'later', kind: 'machine', severity: 'critical', alerts: 1 });
  expect(later.text).toBe('t');
  expect(others.find((c) => c.id === 'dip.m1')).toMatchObject({
    kind: 'event',
    severity: 'warning',
    text: '4 machines of s alarmed together. First: t',
    machineCount: 4,
    alerts: 5,
  });
  expect(store.alert('symptom')?.case).toBe('dip.m1');
  expect(store.alert('dip.m2')?.case).toBe('dip.m1');
  expect(store.alertsOfCase('dip.m1', 10).map((a) => a.id)).toContain('symptom');
  const pages = [
    store.alertCases({ active: true, limit: 1 }),
    store.alertCases({ active: true, limit: 9, before: later }),
  ];
  expect(pages.flat().map((c) => c.id)).toEqual([later, ...others].map((c) => c.id));
  for (const id of ['later', 'elsewhere']) store.act(id, { action: 'close', finding: 'confirmed' }, 'Ann');
  expect(store.alertCases({ active: true, limit: 10 }).map((c) => c.id)).toEqual(['dip.m1']);
  expect(store.alertCases({ active: false, limit: 10 })).toHaveLength(3);
});

test('alerts are measured by arrival time and by finding', () => {
  const { store, clock } = storeIn();
  take(store, { id: 's.e.a.vibration.1', severity: 'critical' });
  clock.ms += 60_000;
  take(store, { id: 's.e.a.vibration.2', site: 't' });
  store.act('s.e.a.vibration.1', { action: 'close', finding: 'confirmed' }, 'Ann');
  expect(store.statistics.annunciated(START_MS, 's')).toMatchObject([
    {
      source: 's/e/a/1H',
      severity: 'critical',
      arrivedMs: START_MS,
      acknowledgedMs: START_MS + 60_000,
      isActive: false,
    },
  ]);
  expect(store.statistics.annunciated(START_MS + 1)).toHaveLength(1);
  expect(store.statistics.judged('ball')).toEqual([]);
  expect(store.statistics.judged('outer_race')).toMatchObject([{ rule: 'vibration outer_race', finding: 'confirmed' }]);
  const raises = store.statistics.raises(['a', 's/e/a', 'x/e/a']);
  expect([...raises.values()].map((r) => r.length)).toEqual([2, 1, 0]);
});

test('a shelved alert is annunciated again when its shelving ends, not before, and this is logged', () => {
  const { store, clock } = storeIn();
  take(store, { id: 'x' });
  store.act('x', { action: 'shelve', untilMs: START_MS + 3_600_000, reason: 'r' }, 'Ann');
  clock.ms += 3_599_000;
  expect(store.changeDue()).toEqual([]);
  clock.ms += 1000;
  expect(store.changeDue()).toMatchObject([{ id: 'x', state: 'unacknowledged' }]);
  expect(store.alert('x')?.state).toBe('unacknowledged');
  expect(store.auditLog(0, 10).entries.at(-1)).toMatchObject({ who: 'time', what: 'unshelve', subject: 'x' });
  expect(store.changeDue()).toEqual([]);
});

test.skipIf(isOnPostgres())(
  'alert changes are checked for work orders; an alert of a machine without a place has none',
  () => {
    const decide = () => ({
      task: 'inspect' as const,
      amount: 150,
      currency: 'EUR',
      isAutomatic: true,
      approvers: ['engineer' as const],
    });
    const { store, directory } = storeIn(undefined, decide);
    const db = new Database(join(directory, 'gateway.db'));
    db.prepare("INSERT INTO health (key, time_ms, record) VALUES ('s/e/a', 1, ?)").run(
      JSON.stringify({ kind: 'pump' }),
    );
    db.close();
    take(store, { id: 'x' });
    expect(store.workOrders.list('all', 10)).toMatchObject([{ asset: 'a', task: 'inspect', state: 'approved' }]);
    expect(store.alert('x')).toMatchObject({ kind: 'pump' });
    for (const name of ['area', 'line']) expect(store.alert('x')).not.toHaveProperty(name);
  },
);

test('a suppression begins once for active alerts, and ends once', () => {
  const { store, clock } = storeIn();
  take(store, { id: 'x' });
  take(store, { id: 'y', asset: 'b' });
  const untilMs = START_MS + 3_600_000;
  store.suppress({ by: 'Ann', kind: 'maintenance', site: 's', machines: ['a'], untilMs, reason: 'r' });
  expect(store.changeDue().map((a) => [a.id, a.state])).toEqual([['x', 'suppressed']]);
  expect(store.changeDue()).toEqual([]);
  expect(store.alert('y')?.state).toBe('unacknowledged');
  clock.ms = untilMs;
  expect(store.changeDue().map((a) => [a.id, a.state])).toEqual([['x', 'unacknowledged']]);
  expect(store.changeDue()).toEqual([]);
});

test('reminders repeat after their interval, and only for alerts that match the channel', () => {
  const { store, clock } = storeIn();
  take(store, { id: 'x' });
  clock.ms += 600_000;
  const remind = () => {
    store.escalate([{ channel: 'webhook', afterMs: 600_000, againMs: 300_000 }]);
    return events(store).filter((e) => e === 'x unacknowledged').length;
  };
  expect([remind(), remind()]).toEqual([1, 1]);
  clock.ms += 299_999;
  expect(remind()).toBe(1);
  clock.ms += 1;
  expect(remind()).toBe(2);
  expect(store.escalate([{ channel: 'of nobody', afterMs: 0, againMs: null }])).toBe(0);
});
