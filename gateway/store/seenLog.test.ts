import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Envelope } from '#models/contracts/envelope.ts';
import { SeenLog } from './seenLog.ts';

const message = (sequence: number, more: Partial<Envelope> = {}) =>
  ({ site: 's', edge: 'e', outbox: 'o', sequence, oldest: 1, ...more }) as Envelope;
const stored = (db: Database.Database) => ({
  upTo: db.prepare('SELECT up_to FROM seen').pluck().all(),
  above: db.prepare('SELECT sequence FROM seen_above ORDER BY sequence').pluck().all(),
});

test('a flush returns the sequences to acknowledge, including repeated ones, once', () => {
  const log = new SeenLog(new Database(':memory:'));
  expect([1, 2, 2, 5].map((sequence) => log.add(message(sequence)))).toEqual([true, true, false, true]);
  expect(log.add(message(1, { outbox: 'p' }))).toBe(true);
  expect(log.flush()).toEqual([
    {
      site: 's',
      edge: 'e',
      outbox: 'o',
      ranges: [
        [1, 2],
        [5, 5],
      ],
    },
    { site: 's', edge: 'e', outbox: 'p', ranges: [[1, 1]] },
  ]);
  expect(log.flush()).toEqual([]);
});

test('sequences survive a restart, including those above a gap, until the gap closes', () => {
  const db = new Database(':memory:');
  const log = new SeenLog(db);
  for (const sequence of [1, 2, 5]) log.add(message(sequence));
  log.flush();
  expect(stored(db)).toEqual({ upTo: [2], above: [5] });

  const later = new SeenLog(db);
  expect([1, 2, 5, 3].map((sequence) => later.add(message(sequence)))).toEqual([false, false, false, true]);
  later.add(message(4));
  later.flush();
  expect(stored(db)).toEqual({ upTo: [5], above: [] });
});

test('a reload discards sequences that were not flushed', () => {
  const log = new SeenLog(new Database(':memory:'));
  log.add(message(1));
  log.flush();
  log.add(message(2));
  log.reload();
  expect(log.flush()).toEqual([]);
  expect([1, 2].map((sequence) => log.add(message(sequence)))).toEqual([false, true]);
});
