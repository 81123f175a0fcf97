import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { type KeptMessage, parseMessage } from '#models/contracts/message.ts';
import { Routing } from '../notify/routing.ts';
import { SqliteStore } from './sqliteStore.ts';
import type { Accepted } from './store.ts';

const START_MS = Date.UTC(2026, 5, 1);
let directory: string;
let store: SqliteStore;
let nowMs = START_MS;
const SETTINGS = { maxQueueBytes: 1e6, maxEvidenceBytes: 1e6, routing: new Routing([]), now: () => nowMs };
beforeEach(() => {
  nowMs = START_MS;
  directory = mkdtempSync(join(tmpdir(), 'millwright-store-'));
  store = new SqliteStore(directory, SETTINGS);
});

function accept(topic: string, sequence: number, more: object): Accepted {
  const envelope = {
    v: 1,
    site: 's',
    edge: 'e',
    outbox: 'o',
    sequence,
    oldest: 1,
    timeMs: START_MS,
    timeQuality: 'source',
  };
  const text = JSON.stringify({ ...envelope, asset: 'a', ...more });
  const parsed = parseMessage(`millwright/v1/s/e/${topic}`, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.detail);
  return { message: parsed.message as KeptMessage, text };
}
const features = (sequence: number) =>
  accept('features/a/p', sequence, {
    point: 'p',
    unit: 'g',
    windowUs: 1000,
    names: ['rms'],
    startUs: [1000 * START_MS],
    values: [[sequence]],
  });
const evidence = (sequence: number) =>
  accept(`evidence/e${sequence}`, sequence, {
    id: `e${sequence}`,
    point: 'p',
    unit: 'g',
    sampleRateHz: 1000,
    pieces: [{ startUs: 1000 * START_MS, scale: 1, samples: 'AAAA' }],
  });
const health = (sequence: number, more: object = {}) =>
  accept('health/a', sequence, {
    kind: 'pump',
    status: 'NORMAL',
    index: 0.1,
    points: [],
    remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
    ...more,
  });

test('a failed batch is stored completely when it is resent', () => {
  const broken = evidence(2);
  const { id } = broken.message.body as { id: string };
  (broken.message.body as { id: unknown }).id = null;
  expect(() => store.take([features(1), broken])).toThrow(/NOT NULL/);
  expect(store.queueSize().rows).toBe(0);
  (broken.message.body as { id: unknown }).id = id;
  expect(store.take([features(1), broken])).toMatchObject({ duplicates: 0, ranges: [{ ranges: [[1, 2]] }] });
  expect(store.queueSize()).toMatchObject({ rows: 1, bytes: 'features\n'.length + features(1).text.length });
});

test("the gateway's own rows are queued two hundred at a time, within the queue limit", () => {
  const row = { table: 'alarms', timeMs: START_MS, tags: {}, fields: { n: 1 } } as unknown as Parameters<
    SqliteStore['enqueueRows']
  >[0][number];
  store.enqueueRows(new Array(401).fill(row));
  const queued = store.queued(10).map(({ text }) => text);
  expect(queued.map((text) => JSON.parse(text.slice('rows\n'.length)).length)).toEqual([200, 200, 1]);
  const bytes = queued.reduce((sum, text) => sum + text.length, 0);
  expect(store.queueSize()).toEqual({ rows: 3, bytes, dropped: 0 });
  store.close();
  store = new SqliteStore(directory, { ...SETTINGS, maxQueueBytes: bytes - 1 });
  store.enqueueRows([]);
  expect(store.queueSize()).toEqual({ rows: 0, bytes: 0, dropped: 3 });
});

test('the usual interval of a machine is the median of its latest five, and unknown before', () => {
  const intervals = [10, 20, 90, 30, 40, 50].map((s) => 1000 * s);
  const known: number[] = [];
  store.take([health(10)]);
  intervals.forEach((ms, i) => {
    nowMs += ms;
    // A message out of order counts as an arrival, too.
    store.take([health(i === 3 ? 9 : i + 11)]);
    known.push(store.arrivals().machines.get('s/e/a')?.intervalMs ?? -1);
  });
  expect(known).toEqual([0, 0, 0, 0, 30_000, 40_000]);
});

test('topics set aside are cut to two hundred characters, and areas are those of their machines', () => {
  const refused = { refusal: 'bad_json' as const, detail: 'd', payload: new Uint8Array(1), atMs: 7 };
  store.setAside([{ ...refused, topic: 't'.repeat(300) }]);
  store.take([health(1, { area: 'Boilers' })]);
  const machine = { site: 's', edge: 'e', asset: 'a' };
  expect([store.areaOf(machine), store.areaOf({ ...machine, asset: 'b' })]).toEqual(['Boilers', undefined]);
  expect([store.machinesOf('s', 'Boilers'), store.machinesOf('t', 'Boilers')]).toEqual([[machine], []]);
  const db = new Database(join(directory, 'gateway.db'), { readonly: true });
  expect(db.prepare('SELECT length(topic) AS n, at_ms FROM set_aside').all()).toEqual([{ n: 200, at_ms: 7 }]);
  db.close();
});
