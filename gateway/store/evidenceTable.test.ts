import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { EvidenceMessage } from '#models/contracts/evidence.ts';
import { EvidenceTable } from './evidenceTable.ts';

/** A second of signal at 10 Hz, as an edge sends it. */
const evidence = (id: string, timeMs: number): EvidenceMessage =>
  ({
    id,
    site: 's',
    edge: 'e',
    asset: 'a',
    point: 'p',
    unit: 'g',
    sampleRateHz: 10,
    timeMs,
    pieces: [{ startUs: 0, scale: 1, samples: Buffer.alloc(20).toString('base64') }],
  }) as unknown as EvidenceMessage;
const SIZE = JSON.stringify(evidence('1', 1)).length;

test('evidence that fits exactly is kept; with a limit one byte lower, the oldest is deleted', () => {
  const tables = [3 * SIZE, 3 * SIZE - 1].map((bytes) => new EvidenceTable(new Database(':memory:'), bytes));
  for (const table of tables) for (const id of [2, 3, 1]) table.keep(evidence(String(id), id));
  const ids = tables.map((table) => table.list().map((view) => view.id));
  // By the time of the signal, not of its arrival.
  expect(ids).toEqual([
    ['3', '2', '1'],
    ['3', '2'],
  ]);
  expect(tables.map((table) => table.dropped())).toEqual([0, 1]);
  expect([tables[1].get('1'), tables[1].get('2')]).toEqual([null, evidence('2', 2)]);
});

test('resent evidence is stored once', () => {
  const table = new EvidenceTable(new Database(':memory:'), 2 * SIZE);
  for (let i = 0; i < 5; i++) table.keep(evidence('1', 1));
  table.keep(evidence('2', 2));
  expect(table.list()).toMatchObject([{ id: '2', piecesS: [1] }, { id: '1' }]);
  expect(table.dropped()).toBe(0);
});

test('the count of dropped evidence survives a restart', () => {
  const db = new Database(':memory:');
  for (let i = 1; i <= 3; i++) new EvidenceTable(db, SIZE).keep(evidence(String(i), i));
  expect(new EvidenceTable(db, SIZE).dropped()).toBe(2);
});
