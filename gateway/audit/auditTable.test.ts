import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { AuditTable } from './auditTable.ts';
import { verifyAudit } from './verifyAudit.ts';

/** A log of five entries; `tamper` is what somebody does to it who can write the file. */
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

test('a log that nobody touched is sound, also with an entry that was noted', async () => {
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

test('a log that was written anew as a whole is found by an entry that was noted', async () => {
  const { head } = await faultsAfter(() => undefined);
  const { faults, file } = await faultsAfter((db) => {
    db.exec('DELETE FROM audit_log; DELETE FROM audit_head');
    const table = new AuditTable(db);
    for (let i = 1; i <= 5; i++) table.add(i, 'Eve', 'acknowledge', `alert ${i}`, null);
  });
  expect(faults).toEqual([]);
  expect((await verifyAudit(file, head)).faults).toEqual(['entry 5 differs from --head']);
});

test('the database refuses to change or remove an entry, and takes over a log of before', () => {
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
