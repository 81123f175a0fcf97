import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type AuditFilter, AuditTable } from './auditTable.ts';
import { verifyAudit } from './verifyAudit.ts';
import { verifyStoredAudit } from './verifyStoredAudit.ts';

/** A log of five entries; `tamper` acts as someone with write access to the file. */
async function faultsAfter(tamper: (db: Database.Database) => void) {
  const file = join(mkdtempSync(join(tmpdir(), 'millwright-audit-')), 'gateway.db');
  const db = new Database(file);
  const table = new AuditTable(db);
  for (let i = 1; i <= 5; i++) table.add(i, 'Ann', 'acknowledge', `alert ${i}`, i % 2 ? null : 'seen');
  const head = table.head();
  db.exec('DROP TRIGGER audit_log_unchanged; DROP TRIGGER audit_log_kept');
  tamper(db);
  db.close();
  return { ...(await verifyAudit(file, null)), file, head };
}

test('an untouched log is intact, also against a noted entry', async () => {
  const { faults, entries, file, head } = await faultsAfter(() => undefined);
  expect([faults, entries]).toEqual([[], 5]);
  expect((await verifyAudit(file, head)).faults).toEqual([]);
  expect((await verifyAudit(file, { ...head, hash: 'f'.repeat(64) })).faults).toHaveLength(1);
});

test.each([
  ['a changed text', "UPDATE audit_log SET who = 'Bob' WHERE sequence = 3", /entry 3 was changed/],
  ['a changed time', 'UPDATE audit_log SET at_ms = 4.5 WHERE sequence = 4', /entry 4/],
  ['a changed last entry', "UPDATE audit_log SET detail = 'x' WHERE sequence = 5", /entry 5/],
  ['a first entry that is gone', 'DELETE FROM audit_log WHERE sequence = 1', /entry 1 is missing/],
  ['entries that are gone', 'DELETE FROM audit_log WHERE sequence IN (2, 3)', /entries 2 to 3 are missing/],
  ['an end that is gone', 'DELETE FROM audit_log WHERE sequence > 3', /last entry was 5, found 3/],
  ['all that is gone', 'DELETE FROM audit_log', /last entry was 5, found 0/],
  [
    'entries in another order',
    'UPDATE audit_log SET sequence = -sequence; UPDATE audit_log SET sequence = CASE sequence WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -sequence END',
    /entry 2 was changed/,
  ],
  [
    'one that is gone and the others moved up',
    'DELETE FROM audit_log WHERE sequence = 2; UPDATE audit_log SET sequence = sequence - 1 WHERE sequence > 2',
    /entry 2/,
  ],
  ['one that was added', "INSERT INTO audit_log VALUES (6, 6, 'Eve', 'x', 'y', NULL, 'z')", /entry 6/],
])('finds %s', async (_what, sql, fault) => {
  const { faults } = await faultsAfter((db) => db.exec(sql));
  expect(faults.join('\n')).toMatch(fault);
});

test('a noted entry reveals a log that was rewritten entirely', async () => {
  const { head } = await faultsAfter(() => undefined);
  const { faults, file } = await faultsAfter((db) => {
    db.exec('DELETE FROM audit_log; DELETE FROM audit_head');
    const table = new AuditTable(db);
    for (let i = 1; i <= 5; i++) table.add(i, 'Eve', 'acknowledge', `alert ${i}`, null);
  });
  expect(faults).toEqual([]);
  expect((await verifyAudit(file, head)).faults).toEqual(['entry 5 differs from --head']);
});

test('the database refuses to change or remove an entry, and migrates an older log', () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE audit (at_ms REAL, who TEXT, what TEXT, subject TEXT, detail TEXT)');
  db.exec("INSERT INTO audit VALUES (1, 'Ann', 'shelve', 'x', NULL), (2, 'Bob', 'close', 'y', 'z')");
  const table = new AuditTable(db);
  expect(table.list(0, 10).map((e) => [e.sequence, e.who, e.detail])).toEqual([
    [1, 'Ann', null],
    [2, 'Bob', 'z'],
  ]);
  expect(table.list(1, 10)).toHaveLength(1);
  expect(() => db.exec("UPDATE audit_log SET who = 'x'")).toThrow('append-only');
  expect(() => db.exec('DELETE FROM audit_log')).toThrow('append-only');
});

test('entries are listed newest first and filtered by who, what, subject and time, ignoring case and wildcards', () => {
  const table = new AuditTable(new Database(':memory:'));
  table.add(1, 'Ann', 'acknowledge', 'demo.pump_101.vibration', null);
  table.add(2, 'Bob', 'shelve', 'demo.pump-101.vibration', 'noise');
  table.add(3, 'ann', 'close', 'demo.fan-1.vibration', null);
  const found = (filter: AuditFilter) => table.find(filter, null, 10).entries.map((e) => e.sequence);
  expect(found({})).toEqual([3, 2, 1]);
  expect(found({ who: 'ANN' })).toEqual([3, 1]);
  expect(found({ what: 'shel' })).toEqual([2]);
  expect(found({ subject: 'pump_101' })).toEqual([1]);
  expect(found({ subject: '%' })).toEqual([]);
  expect(found({ fromMs: 2, toMs: 3 })).toEqual([2]);
  const first = table.find({}, null, 2);
  expect(first).toMatchObject({ entries: [{ sequence: 3 }, { sequence: 2 }], next: 2 });
  expect(table.find({}, first.next, 2)).toMatchObject({ entries: [{ sequence: 1 }], next: null });
});

test('a rare entry far back is found in short steps', () => {
  const db = new Database(':memory:');
  const table = new AuditTable(db);
  table.add(1, 'Eve', 'tell', 'x', null);
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO audit_log SELECT i, i, 'Ann', 'comment', 'y', NULL, '' FROM n;
    UPDATE audit_head SET sequence = 30000`);
  const first = table.find({ who: 'Eve' }, null, 10);
  expect(first.entries).toEqual([]);
  expect(table.find({ who: 'Eve' }, first.next, 10)).toMatchObject({ entries: [{ sequence: 1 }], next: null });
});

test('a running gateway verifies its log, also while entries are added', async () => {
  const db = new Database(':memory:');
  const table = new AuditTable(db);
  for (let i = 1; i <= 1200; i++) table.add(i, 'Ann', 'comment', 'x', null);
  const store = {
    auditLog: (after: number, limit: number) => {
      const page = { head: table.head(), entries: table.list(after, limit) };
      if (after === 500) table.add(2000, 'Bob', 'comment', 'x', null);
      return page;
    },
  };
  const sound = await verifyStoredAudit(store, () => 7);
  expect(sound).toMatchObject({ entries: 1201, faultCount: 0, faults: [], atMs: 7, head: table.head() });
  db.exec("DROP TRIGGER audit_log_unchanged; UPDATE audit_log SET who = 'Eve' WHERE sequence = 900");
  expect((await verifyStoredAudit(store, () => 7)).faults[0]).toMatch(/entry 900 was changed/);
});
