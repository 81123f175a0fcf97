import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { type KeptMessage, parseMessage } from '#models/contracts/message.ts';
import { SqliteStore } from './sqliteStore.ts';
import type { Accepted } from './store.ts';

let directory: string;
let store: SqliteStore;
const MEGABYTE = 1024 * 1024;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millwright-store-'));
  store = new SqliteStore(directory, { maxQueueBytes: MEGABYTE, maxEvidenceBytes: MEGABYTE });
});

const envelope = (sequence: number, oldest = 1) => ({
  v: 1,
  site: 's',
  edge: 'e',
  outbox: 'o',
  sequence,
  oldest,
  timeMs: sequence,
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
    startUs: [sequence],
    values: [[sequence]],
    spectrum: { timeMs: sequence, unit: 'g', stepHz: 1, amplitude: [sequence] },
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

test('takes each sequence once, and acknowledges it each time', () => {
  expect(store.take([features(1), features(2)])).toMatchObject({
    duplicates: 0,
    ranges: [{ outbox: 'o', ranges: [[1, 2]] }],
  });
  expect(store.take([features(2), features(3)])).toMatchObject({ duplicates: 1, ranges: [{ ranges: [[2, 3]] }] });
  expect(store.queueSize().rows).toBe(3);
});

test('remembers across a restart what it has seen, queued and counted', () => {
  store.take([features(1), features(5)]);
  store.close();
  store = new SqliteStore(directory, { maxQueueBytes: MEGABYTE, maxEvidenceBytes: MEGABYTE });
  expect(store.take([features(1), features(5), features(3)])).toMatchObject({ duplicates: 2 });
  expect(store.queued(10)).toHaveLength(3);
  expect(store.spectrum({ site: 's', edge: 'e', asset: 'a', point: 'p' })).toMatchObject({ timeMs: 5 });
});

test('an edge that begins a new outbox is heard again', () => {
  store.take([features(1)]);
  const again = features(1);
  (again.message.body as { outbox: string }).outbox = 'another';
  expect(store.take([again]).duplicates).toBe(0);
});

test('a queue that is full throws its oldest away, and counts them', () => {
  store = new SqliteStore(mkdtempSync(join(tmpdir(), 'millwright-store-')), {
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

test('the newest ledger of an outbox stands, and that of a new outbox replaces it', () => {
  store.take([ledger(2, 'o', 20), ledger(1, 'o', 10)]);
  expect(store.ledgers()).toMatchObject([{ received: 20 }]);
  store.take([ledger(1, 'new', 3)]);
  expect(store.ledgers()).toMatchObject([{ received: 3 }]);
  expect(store.unmapped()).toEqual([{ site: 's', edge: 'e', counts: { bad_topic: 2 } }]);
});

test('what was set aside is bounded', () => {
  const refused = { topic: 't', refusal: 'bad_json' as const, detail: '', payload: new Uint8Array(10), atMs: 0 };
  for (let i = 0; i < 30; i++) store.setAside(Array.from({ length: 50 }, () => refused));
  store.close();
  const db = new Database(join(directory, 'gateway.db'), { readonly: true });
  expect(db.prepare('SELECT count(*) AS n FROM set_aside').get()).toEqual({ n: 1000 });
  db.close();
});
