import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testPlace } from '../store/testPlace.fixture.ts';
import type { Run } from '../thread/runInThread.ts';
import { doTask } from '../thread/tasks.ts';
import { importSupply } from './importSupply.ts';
import { SupplyFolder, tableNameOf } from './supplyFolder.ts';
import { SupplyIntake } from './supplyIntake.ts';
import { SupplyStore } from './supplyStore.ts';

/** Small tables are imported in the main thread, so no worker may run. */
const refusing: Run = async () => {
  throw new Error('in a thread');
};
const directory = () => mkdtempSync(join(tmpdir(), 'millwright-supply-'));
const open = (mostRows = 1000) => new SupplyStore(testPlace(directory()), mostRows, () => 5);
const origin = { source: 'test', by: 'Ann' };
const DEMAND = 'item,date,quantity,reference\na,2026-01-02,3,1\na,2026-01-02,4,2\nb,2026-02-01,1,3\n';

test('importing the same file twice changes nothing; a corrected one changes only the corrected rows', () => {
  const store = open();
  const take = (text: string) => importSupply(store, 'demand', Buffer.from(text), origin);
  expect(take(DEMAND)).toMatchObject({ rows: 3, added: 3, changed: 0, unchanged: 0, by: 'Ann', atMs: 5 });
  const before = store.table('demand');
  expect(take(DEMAND)).toMatchObject({ added: 0, changed: 0, unchanged: 3 });
  expect(store.table('demand')).toEqual(before);
  expect(take(DEMAND.replace(',4,2', ',9,2'))).toMatchObject({ added: 0, changed: 1, unchanged: 2 });
  expect(store.table('demand').map((r) => r.quantity)).toEqual([3, 9, 1]);
  expect(store.imports()).toHaveLength(3);
});

test('rows without a reference are totals of their day: imported again, they do not add up', () => {
  const store = open();
  const text = 'item,date,quantity\na,2026-01-02,3\na,2026-01-02,4\n';
  importSupply(store, 'demand', Buffer.from(text), origin);
  importSupply(store, 'demand', Buffer.from(text), origin);
  expect(store.table('demand')).toMatchObject([{ quantity: 7 }]);
});

test('stating a default explicitly does not make a different row', () => {
  const store = open();
  const take = (text: string) => importSupply(store, 'demand', Buffer.from(text), origin);
  importSupply(store, 'items', Buffer.from('item,unit\na,pcs\n'), origin);
  take('item,date,quantity,reference\na,2026-01-02,3,1\n');
  expect(take('item,date,quantity,reference,kind,unit\na,2026-01-02,3,1,order,PCS\n')).toMatchObject({ unchanged: 1 });
  expect(take('item,date,quantity,reference,unit\na,2026-01-02,3,1,box\n')).toMatchObject({ added: 1 });
});

test('a file that is read with more columns than before does not count twice', () => {
  const store = open();
  const take = (text: string) => importSupply(store, 'demand', Buffer.from(text), origin);
  take('item,date,quantity\na,2026-01-02,3\na,2026-01-05,4\nab,2026-01-02,3\n');
  const report = take('item,date,quantity,site\na,2026-01-02,3,W1\na,2026-01-05,4,W1\na,2026-01-09,2,W1\n');
  expect(report).toMatchObject({ added: 3 });
  expect(report.notes).toContain('2 rows of an earlier import are replaced: the same demand with more columns');
  expect(store.table('demand').map((r) => `${r.item} ${r.site} ${r.quantity}`)).toEqual([
    'a W1 3',
    'a W1 4',
    'a W1 2',
    'ab undefined 3',
  ]);
});

test('an invalid file is refused as a whole', () => {
  const store = open();
  const broken = `${DEMAND}c,soon,1,4\n`;
  expect(() => importSupply(store, 'demand', Buffer.from(broken), origin)).toThrow(/line 5, column 2/);
  expect(() => importSupply(store, 'demand', Buffer.from('[{"item":'), origin)).toThrow(/JSON/);
  expect(store.rows()).toBe(0);
  expect(store.imports()).toEqual([]);
});

test('so is a file that would exceed the row limit', () => {
  const store = open(2);
  expect(() => importSupply(store, 'demand', Buffer.from(DEMAND), origin)).toThrow(/more than 2 rows/);
  expect(store.rows()).toBe(0);
});

test('an older inventory count does not replace a newer one, unless that is dated in the future', () => {
  const store = new SupplyStore(testPlace(directory()), 1000, () => Date.parse('2026-03-01'));
  const take = (rows: object[]) => importSupply(store, 'stock', Buffer.from(JSON.stringify(rows)), origin);
  take([{ item: 'a', quantity: 5, date: '2026-02-01' }]);
  expect(take([{ item: 'a', quantity: 9, date: '2026-01-01' }])).toMatchObject({ older: 1, changed: 0 });
  expect(take([{ item: 'a', quantity: 4, date: '2026-02-02' }])).toMatchObject({ changed: 1 });
  expect(store.table('stock')).toEqual([{ item: 'a', quantity: 4, date: '2026-02-02' }]);
  take([{ item: 'a', quantity: 3, date: '2062-02-02' }]);
  expect(take([{ item: 'a', quantity: 2, date: '2026-02-20' }])).toMatchObject({ changed: 1, older: 0 });
});

test('imported tables survive a restart', () => {
  const where = directory();
  const first = new SupplyStore(testPlace(where), 1000, () => 5);
  importSupply(first, 'demand', Buffer.from(DEMAND), origin);
  first.close();
  const second = new SupplyStore(testPlace(where), 1000, () => 6);
  expect(second.counts()).toMatchObject({ demand: 3, items: 0 });
  expect(second.all().demand).toHaveLength(3);
});

test('a folder keeps earlier files of the same name, waits for unfinished ones, and follows no links', async () => {
  const store = open();
  const folder = join(directory(), 'inbox');
  const log = pino({ level: 'silent' });
  const taken = () => undefined;
  const parts = { place: '', mostRows: 1, store, dates: undefined, now: () => 5, run: refusing, taken };
  const intake = new SupplyIntake(parts, log);
  const watch = new SupplyFolder(folder, intake, log, 1e8);
  mkdirSync(folder);
  const settle = async () => {
    await watch.look();
    await watch.look();
  };
  for (let i = 0; i < 2; i++) {
    writeFileSync(join(folder, 'demand.csv'), DEMAND);
    await settle();
  }
  for (const name of ['demand.csv.filepart', 'items.csv.tmp', '~$stock.csv']) writeFileSync(join(folder, name), DEMAND);
  symlinkSync('/etc/hostname', join(folder, 'stock.csv'));
  await settle();
  watch.stop();
  expect(readdirSync(join(folder, 'imported')).sort()).toEqual(['demand.2.csv', 'demand.csv']);
  expect(readFileSync(join(folder, 'refused', 'stock.csv.why.txt'), 'utf8')).toMatch(/a link to a file/);
  expect(readdirSync(folder).sort()).toEqual([
    'demand.csv.filepart',
    'imported',
    'items.csv.tmp',
    'refused',
    '~$stock.csv',
  ]);
  expect({ imported: intake.imported, refused: intake.refused }).toEqual({ imported: 2, refused: 1 });
});

test('JSON is recognised after a byte order mark, and a single record is a table of one row', () => {
  const store = open();
  const take = (text: string) => importSupply(store, 'stock', Buffer.from(text), origin);
  expect(take('\ufeff[{"item":"a","quantity":1}]')).toMatchObject({ added: 1 });
  expect(take('{"item":"b","quantity":1}')).toMatchObject({ added: 1 });
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('[{"item":"c","quantity":1}]', 'utf16le')]);
  expect(importSupply(store, 'stock', wide, origin)).toMatchObject({ added: 1 });
  expect(() => take('{"item":')).toThrow(/begins like JSON/);
});

test('a folder imports each file once it stops growing; refused files are stored beside the reason', async () => {
  const store = open();
  const folder = join(directory(), 'inbox');
  let taken = 0;
  const log = pino({ level: 'silent' });
  const parts = {
    place: '',
    mostRows: 1,
    store,
    dates: undefined,
    now: () => 5,
    run: refusing,
    taken: () => taken++,
  };
  const intake = new SupplyIntake(parts, log);
  const watch = new SupplyFolder(folder, intake, log, 1e8);
  mkdirSync(folder);
  writeFileSync(join(folder, 'demand-1.csv'), DEMAND.slice(0, 40));
  await watch.look();
  writeFileSync(join(folder, 'demand-1.csv'), DEMAND);
  await watch.look();
  expect(store.rows()).toBe(0);
  await watch.look();
  expect(store.rows()).toBe(3);
  expect(readdirSync(join(folder, 'imported'))).toEqual(['demand-1.csv']);
  writeFileSync(join(folder, 'Items.csv'), 'item,unit_cost\na,much\n');
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  await watch.look();
  await watch.look();
  watch.stop();
  expect(readFileSync(join(folder, 'refused', 'Items.csv.why.txt'), 'utf8')).toMatch(/line 2, column 2 \(unit_cost\)/);
  expect(readFileSync(join(folder, 'refused', 'notes.txt.why.txt'), 'utf8')).toMatch(
    /must begin with its table: demand/,
  );
  expect(existsSync(join(folder, 'notes.txt'))).toBe(false);
  expect({ taken, imported: intake.imported, refused: intake.refused }).toEqual({ taken: 1, imported: 1, refused: 2 });
  expect(watch.failure).toBeNull();
});

test('a large table is imported in a worker thread, which returns its refusal', { tags: 'slow' }, async () => {
  const where = directory();
  const store = new SupplyStore(testPlace(where), 1e6, () => 5);
  const tasks: string[] = [];
  const run: Run = async (task) => {
    tasks.push(task.kind);
    return doTask(task);
  };
  const parts = {
    place: testPlace(where),
    mostRows: 1e6,
    store,
    dates: undefined,
    now: () => 5,
    run,
    taken: () => undefined,
  };
  const intake = new SupplyIntake(parts, pino({ level: 'silent' }));
  const rows = Array.from({ length: 20_000 }, (_, i) => `item-${i},2026-01-02,3,ref-${i}`);
  const text = `item,date,quantity,reference\n${rows.join('\n')}\n`;
  expect(await intake.take('demand', Buffer.from(text), origin)).toMatchObject({ rows: 20_000, added: 20_000 });
  expect(store.counts().demand).toBe(20_000);
  await expect(intake.take('demand', Buffer.from(`${text}x,soon,1,z\n`), origin)).rejects.toThrow(
    /line 20002, column 2/,
  );
  expect(tasks).toEqual(['import', 'import']);
  expect(intake).toMatchObject({ imported: 1, refused: 1 });
});

test.each([
  ['demand.csv', 'demand'],
  ['Stock_2026-01.CSV', 'stock'],
  ['bom', 'bom'],
  ['maintenance (1).csv', 'maintenance'],
])('%s contains %s', (file, table) => {
  expect(tableNameOf(file)).toBe(table);
});
test('a name that merely starts with the letters of a table is refused', () => {
  expect(() => tableNameOf('itemsize.csv')).toThrow(/must begin with its table/);
});
