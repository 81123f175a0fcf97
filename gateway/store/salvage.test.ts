import { closeSync, mkdtempSync, openSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { salvage } from './salvage.ts';

const PAGE = 4096;
const SCHEMA = `
  CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL) STRICT;
  CREATE TABLE row (series INTEGER NOT NULL, time_us REAL NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (series, time_us)) STRICT, WITHOUT ROWID;
  CREATE TABLE health (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX event_by_record ON event (record);
  PRAGMA user_version = 3;
`;
const EVENTS = 5000;
const SERIES = 10;
const ROWS = 2000;
const MACHINES = 500;

function filled(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'millwright-salvage-')), 'plant.db');
  const db = new Database(file);
  db.exec(SCHEMA);
  db.transaction(() => {
    const event = db.prepare('INSERT INTO event (record) VALUES (?)');
    for (let i = 1; i <= EVENTS; i++) event.run(JSON.stringify({ i, text: 'x'.repeat(100) }));
    const row = db.prepare('INSERT INTO row VALUES (?, ?, ?)');
    for (let series = 1; series <= SERIES; series++)
      for (let i = 0; i < ROWS; i++) row.run(series, 1.7e15 + i * 1e6, Buffer.alloc(80, series));
    const health = db.prepare('INSERT INTO health VALUES (?, ?)');
    for (let i = 0; i < MACHINES; i++)
      health.run(`s/e/machine-${String(i).padStart(4, '0')}`, JSON.stringify({ i, text: 'y'.repeat(80) }));
    db.exec('DELETE FROM event WHERE id = (SELECT max(id) FROM event)');
  })();
  db.close();
  return file;
}

/** Leaf pages of a table, from SQLite's dbstat. */
function leavesOf(file: string, table: string): number[] {
  const db = new Database(file, { readonly: true });
  const pages = db.prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'").pluck().all(table);
  db.close();
  return pages as number[];
}

function destroy(file: string, pages: readonly number[]): void {
  const handle = openSync(file, 'r+');
  for (const page of pages) writeSync(handle, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  closeSync(handle);
}

function counts(file: string): Record<string, number> {
  const db = new Database(file, { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const tables = ['event', 'row', 'health'];
  const found = tables.map((table) => [table, db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]);
  db.close();
  return Object.fromEntries(found);
}

const salvaged = (file: string) => salvage(file, `${file}.salvage`);

test('a sound file is copied completely, with its schema, indexes and counters', () => {
  const file = filled();
  expect(salvaged(file).every(({ isWhole, refused }) => isWhole && refused === 0)).toBe(true);
  expect(counts(`${file}.salvage`)).toEqual({ event: EVENTS - 1, row: SERIES * ROWS, health: MACHINES });
  const db = new Database(`${file}.salvage`);
  expect(db.pragma('user_version', { simple: true })).toBe(3);
  expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'event_by_record'").pluck().get()).toBe(1);
  // An id that was assigned before is not reused.
  expect(db.prepare('INSERT INTO event (record) VALUES (?)').run('{}').lastInsertRowid).toBe(EVENTS + 1);
  db.close();
  expect(statSync(`${file}.salvage`).mode & 0o777).toBe(0o600);
});

test.each([
  ['event', 3],
  ['row', 5],
])('%s: only the rows on the %i damaged pages are lost', { tags: 'slow' }, (table, damaged) => {
  const file = filled();
  const before = counts(file);
  const leaves = leavesOf(file, table);
  // Spread over the table, with the first and the last leaf among them.
  const pages = Array.from(
    { length: damaged },
    (_, i) => leaves[Math.round((i * (leaves.length - 1)) / (damaged - 1))],
  );
  const mostOnAPage = Math.ceil((before[table] / leaves.length) * 1.2) + 1;
  destroy(file, pages);
  const report = salvaged(file);
  expect(report.find((t) => t.table === table)?.isWhole).toBe(false);
  const after = counts(`${file}.salvage`);
  const lost = before[table] - after[table];
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThanOrEqual(damaged * mostOnAPage);
  for (const other of Object.keys(before)) if (other !== table) expect(after[other], other).toBe(before[other]);
});

test('a table with text keys keeps the rows before and after the damage', () => {
  const file = filled();
  const leaves = leavesOf(file, 'health');
  destroy(file, [leaves[Math.floor(leaves.length / 2)]]);
  salvaged(file);
  const lost = MACHINES - counts(`${file}.salvage`).health;
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan((MACHINES / leaves.length) * 1.5 + 1);
});

test('readable rows that are no longer valid JSON are refused and counted', () => {
  const file = filled();
  const db = new Database(file);
  db.prepare('UPDATE event SET record = ? WHERE id = 7').run('{"i": 7, "te\u0001\u0002');
  db.close();
  expect(salvaged(file)).toContainEqual({ table: 'event', copied: EVENTS - 2, refused: 1, isWhole: true });
});

test('if the schema is unreadable, nothing is copied', () => {
  const file = filled();
  destroy(file, [1]);
  expect(salvaged(file)).toEqual([]);
});
