import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { type KeptMessage, parseMessage } from '#models/contracts/message.ts';
import { Routing } from '../notify/routing.ts';
import { takeAlert } from './alertStore.fixture.ts';
import { SqliteStore } from './sqliteStore.ts';
import type { Accepted } from './store.ts';
import { isOnPostgres, testPlace } from './testPlace.fixture.ts';

let directory: string;
let store: SqliteStore;
const MEGABYTE = 1024 * 1024;
const START_MS = Date.UTC(2026, 5, 1);
let nowMs = START_MS;
const SETTINGS = {
  maxQueueBytes: MEGABYTE,
  maxEvidenceBytes: MEGABYTE,
  routing: new Routing([]),
  now: () => nowMs,
};
/** Tests of the SQLite file itself. */
const fileTest = test.skipIf(isOnPostgres());
beforeEach(() => {
  nowMs = START_MS;
  directory = mkdtempSync(join(tmpdir(), 'millwright-store-'));
  store = new SqliteStore(testPlace(directory), SETTINGS);
});

const envelope = (sequence: number, oldest = 1) => ({
  v: 1,
  site: 's',
  edge: 'e',
  outbox: 'o',
  sequence,
  oldest,
  timeMs: START_MS + sequence,
  timeQuality: 'source',
});

function accept(topic: string, body: object): Accepted {
  const text = JSON.stringify(body);
  const parsed = parseMessage(topic, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.detail);
  return { message: parsed.message as KeptMessage, text };
}

const features = (sequence: number, oldest = 1) =>
  accept('millwright/v1/s/e/features/a/p', {
    ...envelope(sequence, oldest),
    asset: 'a',
    point: 'p',
    unit: 'g',
    windowUs: 1000,
    names: ['rms'],
    startUs: [1000 * START_MS + sequence],
    values: [[sequence]],
    spectrum: { timeMs: START_MS + sequence, unit: 'g', stepHz: 1, amplitude: [sequence] },
  });

const ledger = (sequence: number, outbox: string, received: number) =>
  accept('millwright/v1/s/e/ledger', {
    ...envelope(sequence),
    outbox,
    points: [
      {
        asset: 'a',
        point: 'p',
        received,
        delivered: received,
        late: 0,
        duplicate: 0,
        held: 0,
        rejected: {},
        windows: received,
      },
    ],
    unmapped: { bad_topic: 2 },
  });

test('stores each sequence once, and acknowledges it each time', () => {
  expect(store.take([features(1), features(2)])).toMatchObject({
    duplicates: 0,
    ranges: [{ outbox: 'o', ranges: [[1, 2]] }],
  });
  expect(store.take([features(2), features(3)])).toMatchObject({ duplicates: 1, ranges: [{ ranges: [[2, 3]] }] });
  expect(store.queueSize().rows).toBe(3);
});

test('seen sequences, queue and counts survive a restart', () => {
  store.take([features(1), features(5)]);
  store.close();
  store = new SqliteStore(testPlace(directory), SETTINGS);
  expect(store.take([features(1), features(5), features(3)])).toMatchObject({ duplicates: 2 });
  expect(store.queued(10)).toHaveLength(3);
  expect(store.spectrum({ site: 's', edge: 'e', asset: 'a', point: 'p' })).toMatchObject({ timeMs: START_MS + 5 });
});

test('messages of an edge with a new outbox are accepted', () => {
  store.take([features(1)]);
  const again = features(1);
  (again.message.body as { outbox: string }).outbox = 'another';
  expect(store.take([again]).duplicates).toBe(0);
});

test('a full queue drops its oldest rows and counts them', () => {
  store = new SqliteStore(testPlace(mkdtempSync(join(tmpdir(), 'millwright-store-'))), {
    ...SETTINGS,
    maxQueueBytes: 20_000,
    maxEvidenceBytes: 20_000,
  });
  const sizeOfOne = features(1).text.length;
  store.take(Array.from({ length: 100 }, (_, i) => features(i + 1)));
  store.take([]);
  const { rows, bytes, dropped } = store.queueSize();
  expect(bytes).toBeLessThanOrEqual(20_000);
  expect(rows + dropped).toBe(100);
  expect(dropped).toBeGreaterThan(100 - 20_000 / sizeOfOne - 1);
});

test('the latest ledger of an outbox applies, and that of a new outbox replaces it', () => {
  store.take([ledger(2, 'o', 20), ledger(1, 'o', 10)]);
  expect(store.ledgers()).toMatchObject([{ received: 20 }]);
  store.take([ledger(1, 'new', 3)]);
  expect(store.ledgers()).toMatchObject([{ received: 3 }]);
  expect(store.unmapped()).toEqual([{ site: 's', edge: 'e', counts: { bad_topic: 2 } }]);
});

fileTest('what was set aside is bounded', () => {
  const refused = { topic: 't', refusal: 'bad_json' as const, detail: '', payload: new Uint8Array(10), atMs: 0 };
  for (let i = 0; i < 30; i++) store.setAside(Array.from({ length: 50 }, () => refused));
  store.close();
  const db = new Database(join(directory, 'gateway.db'), { readonly: true });
  expect(db.prepare('SELECT count(*) AS n FROM set_aside').get()).toEqual({ n: 1000 });
  db.close();
});

const health = (sequence: number, timeMs: number, index: number, outbox = 'o') =>
  accept('millwright/v1/s/e/health/a', {
    ...envelope(sequence),
    outbox,
    timeMs,
    asset: 'a',
    kind: 'pump',
    status: 'NORMAL',
    index,
    points: [],
    remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
  });

test("the latest verdict and spectrum are those with the highest sequence, regardless of the edge's clock", () => {
  store.take([health(1, START_MS + 365 * 86_400_000, 0.1), features(1)]);
  store.take([health(3, START_MS, 0.9), health(2, START_MS + 1, 0.5)]);
  expect(store.health()).toMatchObject([{ index: 0.9 }]);
  const ahead = features(4);
  (ahead.message.body as { spectrum: { timeMs: number } }).spectrum.timeMs = START_MS + 365 * 86_400_000;
  store.take([ahead, features(6), features(5)]);
  expect(store.spectrum({ site: 's', edge: 'e', asset: 'a', point: 'p' })).toMatchObject({ amplitude: [6] });
  // A new outbox of the edge starts again.
  store.take([health(1, START_MS, 0.2, 'new')]);
  expect(store.health()).toMatchObject([{ index: 0.2 }]);
});

test('an alert records the kind and location of its machine when it was raised', () => {
  const { message } = health(1, START_MS, 0.5, 'of health');
  const at = (sequence: number, area: string) =>
    accept('millwright/v1/s/e/health/a', { ...message.body, sequence, area, line: 'Line 2' });
  store.take([at(1, 'Paint shop')]);
  takeAlert(store, { id: 'x' });
  store.take([at(3, 'Boilers')]);
  takeAlert(store, { id: 'x', change: 'update' });
  takeAlert(store, { id: 'of another machine', asset: 'b' });
  expect(store.alert('x')).toMatchObject({ kind: 'pump', area: 'Paint shop', line: 'Line 2' });
  expect(store.alert('of another machine')).not.toHaveProperty('kind');
  expect(store.alert('of another machine')).not.toHaveProperty('area');
});

test("arrival times by the gateway's clock survive a restart", () => {
  for (let i = 1; i <= 7; i++) {
    store.take([health(i, START_MS, 0.1)]);
    nowMs += 60_000;
  }
  store.close();
  store = new SqliteStore(testPlace(directory), SETTINGS);
  expect(store.arrivals().edges.get('s/e')).toBe(START_MS + 6 * 60_000);
  expect(store.arrivals().machines.get('s/e/a')).toEqual({ atMs: START_MS + 6 * 60_000, intervalMs: 60_000 });
});

fileTest('a store of before is brought to the newest schema, and one of a newer version is refused', () => {
  store.close();
  const db = new Database(join(directory, 'gateway.db'));
  db.pragma('user_version = 99');
  db.close();
  expect(() => new SqliteStore(testPlace(directory), SETTINGS)).toThrow(
    /schema version 99, and this version of Millwright supports \d+/,
  );
  const old = mkdtempSync(join(tmpdir(), 'millwright-store-'));
  const before = new Database(join(old, 'gateway.db'));
  before.exec(`CREATE TABLE health (key TEXT PRIMARY KEY, time_ms REAL NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence INTEGER) STRICT;
    INSERT INTO health VALUES ('s/e/a', 5, '{"site":"s","edge":"e","asset":"a","index":0.7}');`);
  before.close();
  store = new SqliteStore(old, SETTINGS);
  expect(store.health()).toMatchObject([{ index: 0.7 }]);
  store.take([health(1, START_MS, 0.3)]);
  expect(store.health()).toMatchObject([{ index: 0.3 }]);
});

fileTest('what is older than its retention goes, a bounded number at a time; active alerts stay', () => {
  const db = new Database(join(directory, 'gateway.db'));
  const alert = db.prepare("INSERT INTO alerts (id, state, raised_ms, record) VALUES (?, ?, ?, '{}')");
  for (let day = 1; day <= 5; day++) alert.run(`over-${day}`, 'normal', day);
  alert.run('active', 'unacknowledged', 1);
  db.prepare("INSERT INTO evidence VALUES ('old', 1, 2, '{}', '{}'), ('new', 9, 2, '{}', '{}')").run();
  expect(store.forget('alerts', 5, 3)).toBe(3);
  expect(store.forget('alerts', 5, 3)).toBe(1);
  expect(db.prepare('SELECT id FROM alerts ORDER BY id').pluck().all()).toEqual(['active', 'over-5']);
  expect(store.forget('evidence', 5, 100)).toBe(1);
  expect(db.prepare('SELECT id FROM evidence').pluck().all()).toEqual(['new']);
  db.close();
});

test("the queue's count of dropped rows survives a restart", () => {
  const settings = { ...SETTINGS, maxQueueBytes: 5000 };
  store.close();
  store = new SqliteStore(testPlace(directory), settings);
  store.take(Array.from({ length: 40 }, (_, i) => features(i + 1)));
  store.take([]);
  const before = { ...store.queueSize() };
  // Rows are dropped five hundred at a time.
  expect(before).toEqual({ rows: 0, bytes: 0, dropped: 40 });
  store.take([features(41)]);
  store.close();
  store = new SqliteStore(testPlace(directory), settings);
  expect(store.queueSize()).toEqual({ rows: 1, bytes: 'features\n'.length + features(41).text.length, dropped: 40 });
});

const evidence = (sequence: number) =>
  accept(`millwright/v1/s/e/evidence/e${sequence}`, {
    ...envelope(sequence),
    id: `e${sequence}`,
    asset: 'a',
    point: 'p',
    unit: 'g',
    sampleRateHz: 1000,
    pieces: [{ startUs: 1000 * START_MS, scale: 1, samples: 'A'.repeat(8000) }],
  });

test('the newest evidence that fits is kept, and all deleted evidence is counted', () => {
  store.close();
  store = new SqliteStore(testPlace(directory), { ...SETTINGS, maxEvidenceBytes: 26_000 });
  // Each takes some 8,200 bytes: three fit.
  for (let i = 1; i <= 5; i++) store.take([evidence(i)]);
  expect(store.evidenceList().map((e) => e.id)).toEqual(['e5', 'e4', 'e3']);
  expect([store.evidence('e2'), store.evidence('e3')?.id]).toEqual([null, 'e3']);
  expect(store.evidenceDropped()).toBe(2);
  store.take([evidence(6)]);
  expect(store.evidenceDropped()).toBe(3);
  // Evidence is not queued for the historian.
  expect(store.queueSize().rows).toBe(0);
});

test('the latest status of an edge applies; it has no sequence, is not acknowledged and does not count as a message', () => {
  const status = (online: boolean) =>
    accept('millwright/v1/s/e/status', { v: 1, site: 's', edge: 'e', online, timeMs: START_MS, version: '1' });
  expect(store.take([status(true), status(false)])).toMatchObject({ duplicates: 0, ranges: [], fresh: [{}, {}] });
  expect(store.edges()).toMatchObject([{ site: 's', edge: 'e', online: false }]);
  expect(store.arrivals().edges.size).toBe(0);
  expect(store.queueSize().rows).toBe(0);
});
