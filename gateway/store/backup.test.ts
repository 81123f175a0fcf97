import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { Routing } from '../notify/routing.ts';
import { createBackup, MANIFEST } from './backup.ts';
import { holdDirectory } from './holdDirectory.ts';
import { restore } from './restore.ts';
import { SqliteStore } from './sqliteStore.ts';

const NOW = Date.UTC(2026, 5, 1);
let [directory, to] = ['', ''];
let store: SqliteStore;
let historian: SqliteHistorian;
const openAll = () => {
  store = new SqliteStore(directory, {
    maxQueueBytes: 1e6,
    maxEvidenceBytes: 1e6,
    routing: new Routing([]),
    now: () => NOW,
  });
  historian = new SqliteHistorian(directory, 30, 30, () => NOW);
};
const closeAll = async () => {
  store.close();
  await historian.close();
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millwright-data-'));
  to = join(mkdtempSync(join(tmpdir(), 'millwright-backup-')), 'backup');
  openAll();
});
afterEach(closeAll);

const row = (i: number) => ({
  measurement: 'millwright_plan' as const,
  tags: { item: 'seal', site: 's' },
  timeUs: (NOW + i) * 1000,
  fields: { stock: i },
});
const query = { ...row(0), field: 'stock', fromMs: NOW, toMs: NOW + 1000, points: 1000 };

test('a backup of stores in use is restored unchanged; the previous databases are set aside', async () => {
  store.enqueueRows([row(1)]);
  await historian.write([row(1), row(2)]);
  const { files } = await createBackup(directory, to, '1.2.3', NOW);
  expect(files.map(({ name }) => name)).toEqual(['gateway.db', 'historian.db']);
  expect(readdirSync(to).toSorted()).toEqual(['gateway.db', 'historian.db', MANIFEST]);
  for (const name of readdirSync(to)) expect(statSync(join(to, name)).mode & 0o777, name).toBe(0o600);
  await historian.write([row(3)]);
  store.unqueue(99);
  await closeAll();
  // As from a medium without file permissions.
  for (const name of readdirSync(to)) chmodSync(join(to, name), 0o644);
  const { former, manifest } = await restore(to, directory, NOW + 5);
  for (const name of ['gateway.db', 'historian.db'])
    expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  expect(manifest.version).toBe('1.2.3');
  expect(readdirSync(former ?? '')).toContain('historian.db');
  openAll();
  expect(store.queueSize().rows).toBe(1);
  expect((await historian.read(query)).mean).toEqual([1, 2]);
});

test('a backup is consistent while rows are written to its source', async () => {
  let isDone = false;
  const writing = (async () => {
    for (let i = 0; !isDone; i++) {
      await historian.write([row(2 * i), row(2 * i + 1)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await createBackup(directory, to, '0', NOW);
  isDone = true;
  await writing;
  await closeAll();
  await restore(to, directory, NOW);
  openAll();
  // Each pair was written in one transaction, so it is copied completely or not at all.
  expect((await historian.read({ ...query, toMs: NOW + 1e6, points: 1e6 })).mean.length % 2).toBe(0);
});

test('an invalid backup is refused, and the directory stays unchanged', async () => {
  await historian.write([row(1)]);
  await createBackup(directory, to, '0', NOW);
  await expect(createBackup(directory, to, '0', NOW)).rejects.toThrow(/is not empty/);
  await expect(createBackup(join(to, 'none'), to, '0', NOW)).rejects.toThrow(/contains no database/);
  const release = holdDirectory(directory);
  await expect(restore(to, directory, NOW)).rejects.toThrow(/in use by a running gateway/);
  release();
  const manifest = readFileSync(join(to, MANIFEST), 'utf8');
  writeFileSync(join(to, MANIFEST), manifest.replace(/"schema": \d+/, '"schema": 99'));
  await expect(restore(to, directory, NOW)).rejects.toThrow(
    /schema version 99, and this version of Millwright supports/,
  );
  writeFileSync(join(to, MANIFEST), manifest.replace('"gateway.db"', '"../gateway.db"'));
  await expect(restore(to, directory, NOW)).rejects.toThrow(/not the manifest/);
  writeFileSync(join(to, MANIFEST), manifest);
  appendFileSync(join(to, 'historian.db'), 'x');
  await expect(restore(to, directory, NOW)).rejects.toThrow(/historian\.db differs from its manifest/);
  rmSync(join(to, MANIFEST));
  await expect(restore(to, directory, NOW)).rejects.toThrow(/not a complete backup/);
  expect((await historian.read(query)).mean).toEqual([1]);
});
