import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { ALERT_COLUMNS } from './alertSchema.ts';
import { CASE_INDEXES, CaseTable } from './caseTable.ts';

const START_MS = Date.UTC(2026, 5, 1);
const HOUR_MS = 3_600_000;
const EARLIER_SCHEMA = `CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL,
  record TEXT NOT NULL, outbox TEXT, sequence INTEGER, arrived_ms REAL NOT NULL DEFAULT 0) STRICT;`;

let db: Database.Database;
let cases: CaseTable;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec(EARLIER_SCHEMA + ALERT_COLUMNS + CASE_INDEXES);
  cases = new CaseTable(db);
});

interface Raised {
  id: string;
  asset: string;
  afterMs?: number;
  site?: string;
  severity?: 'warning' | 'critical';
  state?: 'unacknowledged' | 'normal';
  /** A silence alert of the gateway about the edge itself. */
  silent?: boolean;
}
/** Stores an alert as the alert table does, and assigns it; returns its case. */
function raise({ id, asset, afterMs = 0, site = 's', severity = 'warning', state, silent }: Raised): string {
  const raisedAtMs = START_MS + afterMs;
  const record = {
    id,
    site,
    edge: 'e',
    asset,
    raisedAtMs,
    text: `of ${id}`,
    ...(silent && { audience: 'integrator' }),
  };
  db.prepare(
    'INSERT INTO alerts (id, state, raised_ms, record, site, edge, asset, severity, point) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    id,
    state ?? 'unacknowledged',
    raisedAtMs,
    JSON.stringify(record),
    site,
    'e',
    asset,
    severity,
    silent ? 'liveness' : '1H',
  );
  return cases.assign(record as AlertRecord);
}
const close = (id: string) => db.prepare("UPDATE alerts SET state = 'normal' WHERE id = ?").run(id);
const idsOf = (filter: Partial<Parameters<CaseTable['list']>[0]> = {}) =>
  cases.list({ active: false, limit: 100, ...filter }).map((c) => c.id);

describe('an alert’s case', () => {
  test("is that of its machine while one of the case's alerts is active, also for later alerts", () => {
    expect(raise({ id: 'a', asset: 'm1' })).toBe('a');
    expect(raise({ id: 'b', asset: 'm1', afterMs: HOUR_MS })).toBe('a');
    close('a');
    expect(raise({ id: 'c', asset: 'm1', afterMs: 2 * HOUR_MS })).toBe('a');
    for (const id of ['b', 'c']) close(id);
    expect(raise({ id: 'd', asset: 'm1', afterMs: 3 * HOUR_MS })).toBe('d');
    expect(cases.members('a', 10)).toEqual(['a', 'b', 'c']);
    expect(cases.members('a', 2)).toEqual(['a', 'b']);
  });

  test('becomes an event when a third machine of the site alarms within two minutes', () => {
    raise({ id: 'a', asset: 'm1' });
    expect(raise({ id: 'b', asset: 'm2', afterMs: 60_000 })).toBe('b');
    expect(raise({ id: 'elsewhere', asset: 'm3', site: 't', afterMs: 60_000 })).toBe('elsewhere');
    expect(cases.get('b')).toMatchObject({ kind: 'machine', text: 'of b', machineCount: 1 });
    expect(raise({ id: 'c', asset: 'm3', afterMs: 120_000 })).toBe('a');
    // The second alert had its own case until then.
    expect(cases.get('b')).toBeNull();
    expect(cases.get('a')).toEqual({
      id: 'a',
      site: 's',
      kind: 'event',
      openedAtMs: START_MS,
      severity: 'warning',
      text: '3 machines of s alarmed together. First: of a',
      alerts: 3,
      activeAlerts: 3,
      machineCount: 3,
      machines: ['m1', 'm2', 'm3'].map((asset) => ({ edge: 'e', asset })),
    });
  });

  test('of edges that fall silent together is a separate event from that of machines', () => {
    for (const [i, asset] of ['m1', 'm2', 'm3'].entries()) raise({ id: asset, asset, afterMs: i });
    expect(raise({ id: 'e1', asset: 'edge-1', silent: true })).toBe('e1');
    expect(raise({ id: 'e2', asset: 'edge-2', silent: true })).toBe('e2');
    expect(raise({ id: 'e3', asset: 'edge-3', silent: true })).toBe('e1');
    // A machine’s symptoms and its silence are separate cases, too.
    expect(raise({ id: 'quiet', asset: 'm9', afterMs: HOUR_MS, silent: true })).toBe('quiet');
    expect(raise({ id: 'loud', asset: 'm9', afterMs: HOUR_MS })).toBe('loud');
    expect(cases.get('m1')).toMatchObject({ machineCount: 3, text: '3 machines of s alarmed together. First: of m1' });
  });

  test('is null for alerts without one, and for unknown ids', () => {
    raise({ id: 'a', asset: 'm1' });
    raise({ id: 'b', asset: 'm1' });
    expect([cases.get('b'), cases.get('none')]).toEqual([null, null]);
  });
});

describe('a case', () => {
  test('is critical while one of its alerts is, and counts the active ones', () => {
    raise({ id: 'a', asset: 'm1' });
    expect(cases.get('a')).toMatchObject({ severity: 'warning', alerts: 1, activeAlerts: 1 });
    raise({ id: 'b', asset: 'm1', severity: 'critical', afterMs: 1 });
    close('a');
    expect(cases.get('a')).toMatchObject({ severity: 'critical', alerts: 2, activeAlerts: 1, openedAtMs: START_MS });
  });

  test('of two machines is an event that names both', () => {
    raise({ id: 'a', asset: 'm1' });
    raise({ id: 'b', asset: 'm2' });
    db.exec("UPDATE alerts SET case_id = 'a'");
    expect(cases.get('a')).toMatchObject({ kind: 'event', text: '2 machines of s alarmed together. First: of a' });
  });

  test('names two hundred machines at most, and counts them all', () => {
    db.exec(`INSERT INTO alerts (id, state, raised_ms, record, site, edge, asset, severity, case_id)
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 203)
      SELECT 'x' || i, 'unacknowledged', i, '{"site":"s","text":"t"}', 's', 'e', 'm' || i, 'warning', 'x1' FROM n`);
    const found = cases.get('x1');
    expect(found).toMatchObject({ machineCount: 203, alerts: 203, kind: 'event' });
    expect(found?.machines).toHaveLength(200);
  });
});

describe('the list of cases', () => {
  const raiseSome = () => {
    raise({ id: 'a', asset: 'm1' });
    raise({ id: 'b', asset: 'm2', afterMs: HOUR_MS, site: 't' });
    // At the same time: the id breaks the tie.
    for (const id of ['c', 'd']) raise({ id, asset: `of ${id}`, afterMs: 2 * HOUR_MS });
    raise({ id: 'symptom', asset: 'm1', afterMs: 3 * HOUR_MS });
  };

  test('has each case once, newest first', () => {
    raiseSome();
    expect(idsOf()).toEqual(['d', 'c', 'b', 'a']);
    expect(idsOf({ limit: 2 })).toEqual(['d', 'c']);
  });

  test('continues after the last one of a page', () => {
    raiseSome();
    const idsAfter = (id: string, openedAtMs: number) => idsOf({ before: { id, openedAtMs } });
    expect(idsAfter('d', START_MS + 2 * HOUR_MS)).toEqual(['c', 'b', 'a']);
    expect(idsAfter('b', START_MS + HOUR_MS)).toEqual(['a']);
    expect(idsAfter('a', START_MS)).toEqual([]);
  });

  test('can be limited to a site, and to cases with an active alert', () => {
    raiseSome();
    expect(idsOf({ site: 't' })).toEqual(['b']);
    for (const id of ['a', 'b', 'd']) close(id);
    // One symptom of the first case remains active.
    expect(idsOf({ active: true })).toEqual(['c', 'a']);
    expect(idsOf({ active: true, site: 't' })).toEqual([]);
    expect(idsOf({ active: false, site: 't' })).toEqual(['b']);
  });
});
