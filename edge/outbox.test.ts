import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { KINDS, Outbox } from './outbox.ts';
import type { CommitBatch, Outgoing } from './pipeline/record/commitBatch.ts';

const NOW_MS = 1.7e12;
const DAY_MS = 86_400_000;
const origin = { site: 's', edge: 'e' };
const fresh = () => mkdtempSync(join(tmpdir(), 'millwright-outbox-'));
const open = (directory: string, maxBytes = 1e9) =>
  Outbox.open(directory, { maxBytes, maxAgeMs: DAY_MS }, 7, () => undefined);
const of = (kind: Outgoing['kind'], n: number, text = ''): CommitBatch => ({
  outgoing: Array.from({ length: n }, () => ({ kind, topic: kind, body: { timeMs: 1, text } })),
  states: [],
});

test('commits messages and states together, and continues numbering across a restart', () => {
  const directory = fresh();
  const first = open(directory);
  first.commit({ ...of('features', 2), states: [{ key: 'point/a/p', value: Buffer.from('x') }] }, origin, NOW_MS);
  const { id } = first;
  first.close();
  const second = open(directory);
  expect(second.id).toBe(id);
  expect(second.states().get('point/a/p')?.toString()).toBe('x');
  second.commit(of('alerts', 1), origin, NOW_MS);
  const payloads = [...second.next('features', 0, 10), ...second.next('alerts', 0, 10)].map((row) =>
    JSON.parse(row.payload),
  );
  expect(payloads.map((p) => [p.sequence, p.oldest, p.outbox])).toEqual([
    [1, 1, id],
    [2, 1, id],
    [3, 1, id],
  ]);
});

test('deletes acknowledged rows with the next commit, and does not restart numbering when empty', () => {
  const directory = fresh();
  const outbox = open(directory);
  outbox.commit(of('features', 3), origin, NOW_MS);
  outbox.acknowledge([[1, 3]]);
  expect(outbox.hasAcknowledged).toBe(true);
  expect(outbox.counts.rows).toBe(3);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  expect(outbox.counts).toMatchObject({ rows: 0, bytes: 0 });
  outbox.close();
  const again = open(directory);
  again.commit(of('features', 1), origin, NOW_MS);
  expect(again.next('features', 0, 1)[0].sequence).toBe(4);
});

test('when full, the oldest features are dropped first, and alerts stay while anything else is left', () => {
  const outbox = open(fresh(), 200_000);
  outbox.commit(of('alerts', 20, 'a'.repeat(1000)), origin, NOW_MS);
  outbox.commit(of('health', 20, 'h'.repeat(1000)), origin, NOW_MS);
  for (let i = 0; i < 50; i++) outbox.commit(of('features', 20, 'f'.repeat(1000)), origin, NOW_MS);
  expect(outbox.counts.bytes).toBeLessThanOrEqual(200_000);
  expect(outbox.next('alerts', 0, 100)).toHaveLength(20);
  expect(outbox.next('health', 0, 100)).toHaveLength(20);
  const left = outbox.next('features', 0, 1000);
  expect(left.at(-1)?.sequence).toBe(1040);
  expect(outbox.counts.dropped['full/features']).toBe(1000 - left.length);
  expect(outbox.counts.dropped['full/alerts']).toBeUndefined();
});

test('a file that is not a database is set aside, and work continues', () => {
  const directory = fresh();
  writeFileSync(join(directory, 'outbox.db'), 'this is not a database, and never was one'.repeat(100));
  const warnings: string[] = [];
  const outbox = Outbox.open(directory, { maxBytes: 1e9, maxAgeMs: DAY_MS }, 7, (message) => warnings.push(message));
  outbox.commit(of('features', 1), origin, NOW_MS);
  expect(outbox.counts.rows).toBe(1);
  expect(readdirSync(directory)).toContain('outbox.db.damaged-7');
  expect(warnings[0]).toContain('damaged');
});

test('evidence is dropped before features; rows beyond the age limit are dropped, alerts stay', () => {
  const outbox = open(fresh(), 100_000);
  outbox.commit(of('evidence', 10, 'e'.repeat(1000)), origin, NOW_MS);
  outbox.commit(of('features', 82, 'f'.repeat(1000)), origin, NOW_MS);
  expect(outbox.counts.dropped['full/evidence']).toBe(10);
  const features = outbox.next('features', 0, 1000).length;
  expect(features).toBeGreaterThan(70);

  outbox.commit(of('alerts', 3), origin, NOW_MS + 1);
  for (let hour = 1; hour <= 24; hour++) outbox.commit(of('health', 1), origin, NOW_MS + hour * 3_600_000);
  // All except rows beyond the first hour's mark.
  outbox.commit(of('health', 1), origin, NOW_MS + 25 * 3_600_000);
  expect(outbox.next('features', 0, 1000)).toHaveLength(0);
  expect(outbox.counts.dropped['age/features']).toBe(features);
  expect(outbox.next('alerts', 0, 10)).toHaveLength(3);
  expect(outbox.next('health', 0, 100).length).toBeGreaterThan(20);
  expect(outbox.counts.rows).toBe(3 + outbox.next('health', 0, 100).length);
});

test('a number survives a restart', () => {
  const directory = fresh();
  const first = open(directory);
  expect(first.getNumber('lastCommandMs')).toBeUndefined();
  first.setNumber('lastCommandMs', 12.5);
  first.close();
  expect(open(directory).getNumber('lastCommandMs')).toBe(12.5);
});

test('acknowledged rows are deleted by sequence, however long the backlog', () => {
  const outbox = open(fresh());
  for (let i = 0; i < 3; i++) {
    outbox.commit(of('features', 50), origin, NOW_MS);
    outbox.commit(of('health', 50), origin, NOW_MS);
  }
  outbox.acknowledge([
    [51, 60],
    [101, 101],
  ]);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  expect(outbox.counts.rows).toBe(289);
  expect(outbox.next('health', 0, 1)[0].sequence).toBe(61);
  expect(outbox.next('features', 50, 1)[0].sequence).toBe(102);
});

/** Bytes of the rows that are still to be sent. */
const bytesOf = (outbox: Outbox) =>
  KINDS.flatMap((kind) => outbox.next(kind, 0, 1e6)).reduce((sum, row) => sum + Buffer.byteLength(row.payload), 0);

test('counts of waiting and dropped rows continue after a restart', () => {
  const directory = fresh();
  const first = open(directory, 5000);
  first.commit(of('alerts', 2), origin, NOW_MS);
  first.commit(of('evidence', 6, 'e'.repeat(1000)), origin, NOW_MS);
  first.commit(of('evidence', 6, 'e'.repeat(1000)), origin, NOW_MS);
  first.commit(of('health', 3), origin, NOW_MS);
  expect(first.counts).toEqual({ rows: 5, bytes: bytesOf(first), dropped: { 'full/evidence': 12 } });
  expect(first.newest).toEqual({ alerts: 2, health: 17, ledger: 0, features: 0, evidence: 14 });
  first.close();
  const second = open(directory, 5000);
  expect(second.counts).toEqual({ rows: 5, bytes: bytesOf(second), dropped: { 'full/evidence': 12 } });
  // The sequences of each kind are not stored: the highest stands for all.
  expect(second.newest).toEqual({ alerts: 17, health: 17, ledger: 17, features: 17, evidence: 17 });
});

test('the size counts bytes, whatever the script of the text', () => {
  const outbox = open(fresh());
  outbox.commit(of('health', 2, '泵😀ü'), origin, NOW_MS);
  const bytes = bytesOf(outbox);
  expect(outbox.counts.bytes).toBe(bytes);
  outbox.acknowledge([[1, 2]]);
  outbox.commit(of('health', 1), origin, NOW_MS);
  expect(outbox.counts.bytes).toBe(bytesOf(outbox));
});

test('room is made one kind at a time: evidence, features, ledgers, health', () => {
  const outbox = open(fresh(), 6000);
  const large = 'x'.repeat(1000);
  for (const kind of KINDS) outbox.commit(of(kind, 1, large), origin, NOW_MS);
  expect(outbox.counts).toMatchObject({ rows: 5, dropped: {} });
  for (const [i, kind] of (['evidence', 'features', 'ledger', 'health'] as const).entries()) {
    outbox.commit(of('alerts', 1, large), origin, NOW_MS);
    expect(outbox.counts.dropped[`full/${kind}`], kind).toBe(1);
    expect(outbox.counts).toMatchObject({ rows: 5, bytes: bytesOf(outbox) });
    expect(Object.keys(outbox.counts.dropped)).toHaveLength(i + 1);
  }
});

test('each message carries the oldest sequence still held; rows of every kind are deleted', () => {
  const outbox = open(fresh());
  for (const kind of KINDS) outbox.commit(of(kind, 1), origin, NOW_MS);
  outbox.acknowledge([[1, 3]]);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  outbox.commit(of('alerts', 1), origin, NOW_MS);
  expect(JSON.parse(outbox.next('alerts', 0, 1)[0].payload)).toMatchObject({ sequence: 6, oldest: 4 });
  outbox.acknowledge([[4, 5]]);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  expect(outbox.counts).toMatchObject({ rows: 1, bytes: bytesOf(outbox) });
});

test('dropping rows by age makes room: nothing else is dropped if that is enough', () => {
  const hour = 3_600_000;
  const outbox = open(fresh(), 10_000);
  outbox.commit(of('features', 2, 'f'.repeat(1000)), origin, NOW_MS);
  outbox.commit(of('health', 1), origin, NOW_MS + 2 * hour);
  // A day after that mark. Including the rows beyond the age limit, there would be more than 10,000 bytes.
  outbox.commit(of('evidence', 6, 'e'.repeat(1200)), origin, NOW_MS + 26 * hour);
  expect(outbox.counts).toEqual({
    rows: 6,
    bytes: bytesOf(outbox),
    dropped: { 'age/features': 2, 'age/health': 1 },
  });
});

test('receipts survive a restart, the newest 20,000 of them', () => {
  const directory = fresh();
  const first = open(directory);
  const receipts = [{ key: 'http/a', answer: '{"values":3}' }];
  first.commit({ ...of('features', 1), receipts }, origin, NOW_MS);
  expect([first.receiptOf('http/a'), first.receiptOf('http/b')]).toEqual(['{"values":3}', null]);
  first.close();
  const second = open(directory);
  expect(second.receiptOf('http/a')).toBe('{"values":3}');
  const more = Array.from({ length: 19_999 }, (_, i) => ({ key: `http/${i}`, answer: '' }));
  second.commit({ outgoing: [], states: [], receipts: more }, origin, NOW_MS);
  expect(second.receiptOf('http/a')).toBe('{"values":3}');
  second.commit({ outgoing: [], states: [], receipts: [{ key: 'http/new', answer: '' }] }, origin, NOW_MS);
  expect([second.receiptOf('http/a'), second.receiptOf('http/0')]).toEqual([null, '']);
});

test('a failed commit stores nothing, and the next one works', () => {
  const outbox = open(fresh());
  const broken = { key: 'http/a', answer: null as unknown as string };
  const states = [{ key: 'point/a/p', value: Buffer.from('x') }];
  expect(() => outbox.commit({ ...of('features', 2), states, receipts: [broken] }, origin, NOW_MS)).toThrow(/NOT NULL/);
  expect(outbox.counts).toMatchObject({ rows: 0, bytes: 0 });
  expect(outbox.states().size).toBe(0);
  outbox.commit(of('features', 1), origin, NOW_MS);
  expect(outbox.next('features', 0, 10).map((row) => row.sequence)).toEqual([1]);
});

test('a file that cannot be opened for a reason other than damage is an error, and stays in place', () => {
  const directory = fresh();
  mkdirSync(join(directory, 'outbox.db'));
  expect(() => open(directory)).toThrow(/unable to open/);
  expect(readdirSync(directory)).toEqual(['outbox.db']);
});

test('if only alerts are left, the oldest two hundred are dropped, and the count survives a restart', () => {
  const directory = fresh();
  const first = open(directory, 230_000);
  first.commit(of('alerts', 220, 'a'.repeat(1000)), origin, NOW_MS);
  expect(first.next('alerts', 0, 1000).map((row) => row.sequence)).toEqual(
    Array.from({ length: 20 }, (_, i) => 201 + i),
  );
  expect(first.counts).toEqual({ rows: 20, bytes: bytesOf(first), dropped: { 'full/alerts': 200 } });
  first.close();
  expect(open(directory, 230_000).counts.dropped).toEqual({ 'full/alerts': 200 });
});

test('an outbox that is full to the byte drops nothing', () => {
  const trial = open(fresh());
  trial.commit(of('features', 3, 'x'.repeat(100)), origin, NOW_MS);
  const size = trial.counts.bytes;
  const kept = (maxBytes: number) => {
    const outbox = open(fresh(), maxBytes);
    outbox.commit(of('features', 3, 'x'.repeat(100)), origin, NOW_MS);
    return outbox.counts.rows;
  };
  expect([kept(size), kept(size - 1)]).toEqual([3, 0]);
});

test('age is checked once an hour, by the position recorded a day before; the count survives a restart', () => {
  const hour = 3_600_000;
  const directory = fresh();
  const first = open(directory);
  first.commit(of('features', 2), origin, NOW_MS);
  // Within the same hour: no separate mark.
  first.commit(of('features', 3), origin, NOW_MS + hour - 1);
  first.commit(of('features', 4), origin, NOW_MS + hour);
  first.commit(of('alerts', 1), origin, NOW_MS + DAY_MS + hour - 1);
  expect(first.counts.dropped).toEqual({ 'age/features': 2 });
  first.commit(of('alerts', 1), origin, NOW_MS + DAY_MS + hour);
  expect(first.counts.dropped).toEqual({ 'age/features': 2 });
  first.commit(of('alerts', 1), origin, NOW_MS + DAY_MS + 2 * hour);
  expect(first.counts).toEqual({ rows: 3, bytes: bytesOf(first), dropped: { 'age/features': 9 } });
  first.close();
  const second = open(directory);
  expect(second.counts).toEqual({ rows: 3, bytes: bytesOf(second), dropped: { 'age/features': 9 } });
  // Used marks are deleted, later ones are kept.
  second.commit(of('features', 1), origin, NOW_MS + 2 * DAY_MS + 2 * hour);
  expect(second.counts.rows).toBe(4);
});

test('rows acknowledged twice, or dropped before, are deleted once', () => {
  const outbox = open(fresh());
  expect(outbox.hasAcknowledged).toBe(false);
  outbox.commit(of('features', 5), origin, NOW_MS);
  outbox.acknowledge([
    [1, 2],
    [2, 3],
    [9, 20],
  ]);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  expect(outbox.hasAcknowledged).toBe(false);
  expect(outbox.counts).toEqual({ rows: 2, bytes: bytesOf(outbox), dropped: {} });
});

test('other processes can read the file while it is written', () => {
  const directory = fresh();
  open(directory).commit(of('features', 1), origin, NOW_MS);
  const reader = new Database(join(directory, 'outbox.db'), { readonly: true });
  expect(reader.pragma('journal_mode', { simple: true })).toBe('wal');
  reader.close();
});
