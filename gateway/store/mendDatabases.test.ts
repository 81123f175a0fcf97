import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { DATABASES } from './databases.ts';
import { holdDirectory } from './holdDirectory.ts';
import { incidentText, mendDatabases, rememberDatabases, requestFullCheck, storageIncidents } from './mendDatabases.ts';
import { openDatabase } from './openDatabase.ts';

const NAMES = Object.keys(DATABASES);
const NOW = Date.UTC(2026, 5, 1);
const POINTS = 5000;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'millwright-mend-'));
  const historian = new SqliteHistorian(directory, 30, 30, () => NOW);
  await historian.write(Array.from({ length: POINTS }, (_, i) => row(i)));
  await historian.close();
  rememberDatabases(directory, NAMES);
});

const tags = { site: 's', edge: 'e', asset: 'a', point: 'p' };
const row = (i: number) => ({
  measurement: 'millwright_features' as const,
  tags,
  timeUs: (NOW - (POINTS - i) * 1000) * 1000,
  fields: { rms: i },
});

async function pointsKept(): Promise<number> {
  const historian = new SqliteHistorian(directory, 30, 30, () => NOW);
  const query = {
    measurement: 'millwright_features',
    tags,
    field: 'rms',
    fromMs: NOW - POINTS * 1000,
    toMs: NOW,
  } as const;
  const { timeMs } = await historian.read({ ...query, points: POINTS });
  await historian.write([row(POINTS)]);
  await historian.close();
  return timeMs.length;
}

function damage(page: number): void {
  const handle = openSync(join(directory, 'historian.db'), 'r+');
  writeSync(handle, Buffer.alloc(4096, 0x5a), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
}

test('sound files are left unchanged', async () => {
  expect(mendDatabases(directory, NAMES, NOW)).toEqual([]);
  expect(await pointsKept()).toBe(POINTS);
  expect(storageIncidents(directory)).toEqual([]);
});

test('a damaged file is set aside and its readable rows kept; the incident ends when the file is moved away', async () => {
  damage(20);
  const [incident] = mendDatabases(directory, NAMES, NOW);
  expect(incident).toMatchObject({ database: 'historian.db', kind: 'damaged', file: `historian.db.damaged-${NOW}` });
  expect(incidentText(incident)).toMatch(/historian\.db was damaged at 2026.*rows are missing from row/);
  expect(await pointsKept()).toBeGreaterThan(POINTS - 200);
  expect(mendDatabases(directory, NAMES, NOW + 1)).toEqual([]);
  expect(storageIncidents(directory)).toEqual([incident]);
  rmSync(join(directory, incident.file));
  expect(storageIncidents(directory)).toEqual([]);
});

test('an unreadable file is replaced by an empty one, and reported', async () => {
  damage(1);
  const [incident] = mendDatabases(directory, NAMES, NOW);
  expect(incidentText(incident)).toMatch(/nothing was readable/);
  expect(await pointsKept()).toBe(0);
});

test('the remaining rows of a truncated file are kept', async () => {
  truncateSync(
    join(directory, 'historian.db'),
    Math.floor(statSync(join(directory, 'historian.db')).size / 8192) * 4096,
  );
  expect(mendDatabases(directory, NAMES, NOW)).toMatchObject([{ kind: 'damaged' }]);
  expect(await pointsKept()).toBeGreaterThan(0);
});

test.each([
  ['truncated to nothing', (file: string) => truncateSync(file, 0)],
  ['removed', (file: string) => rmSync(file)],
  [
    'replaced by a database without tables',
    (file: string) => {
      rmSync(file);
      const db = new Database(file);
      db.exec('CREATE TABLE t (x); DROP TABLE t;');
      db.close();
    },
  ],
])('a file that held data and was %s is an incident', async (_how, empty) => {
  empty(join(directory, 'historian.db'));
  const [incident] = mendDatabases(directory, NAMES, NOW);
  expect(incident).toMatchObject({ database: 'historian.db', kind: 'emptied' });
  expect(await pointsKept()).toBe(0);
  expect(storageIncidents(directory)).toHaveLength(1);
  expect(existsSync(join(directory, incident.file))).toBe(true);
});

test('a file that never existed is created without an incident', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'millwright-mend-'));
  expect(mendDatabases(fresh, NAMES, NOW)).toEqual([]);
});

test('after a failed read every file is checked once', () => {
  requestFullCheck(directory);
  mendDatabases(directory, NAMES, NOW);
  expect(readdirSync(directory)).not.toContain('check-databases');
});

test("only the gateway's user can access the files and their directory", () => {
  const inner = join(directory, 'gateway');
  const db = openDatabase(inner, 'x.db', []);
  db.exec('CREATE TABLE t (x)');
  for (const name of readdirSync(inner)) expect(statSync(join(inner, name)).mode & 0o777, name).toBe(0o600);
  expect(readdirSync(inner)).toContain('x.db-wal');
  expect(statSync(inner).mode & 0o777).toBe(0o700);
  db.close();
});

test('each database refuses a newer schema, and names both versions', () => {
  for (const [name, steps] of Object.entries(DATABASES)) {
    const db = new Database(join(directory, name));
    db.pragma(`user_version = ${steps.length + 4}`);
    db.close();
    const message = `${name} has schema version ${steps.length + 4}, and this version of Millwright supports ${steps.length}`;
    expect(() => openDatabase(directory, name, steps)).toThrow(message);
  }
});

test('a data directory belongs to one gateway at a time', () => {
  const release = holdDirectory(directory);
  expect(() => holdDirectory(directory)).toThrow(/in use by a running gateway/);
  release();
  holdDirectory(directory)();
});
