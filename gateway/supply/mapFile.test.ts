import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Shell } from '#models/configuration/shell.ts';
import { type MapOptions, mapFile } from './mapFile.ts';
import { SupplyFolder } from './supplyFolder.ts';
import { SupplyIntake } from './supplyIntake.ts';
import { SupplyStore } from './supplyStore.ts';
import { readTableFile, readUpload } from './tableFile.ts';

const directory = () => mkdtempSync(join(tmpdir(), 'millwright-map-'));
const none: MapOptions = { set: [], movement: [], fiscalYear: [], fiscalPattern: '4-4-5' };

function shellOf() {
  const [said, written]: string[][] = [[], []];
  const shell = {
    bytes: (file: string) => readFileSync(file),
    info: (line: string) => said.push(line),
    write: (line: string) => written.push(line),
    usage: (message: string) => new Error(`usage: ${message}`),
    failure: (message: string) => new Error(`failure: ${message}`),
  } as unknown as Shell;
  return { shell, said, written };
}

/** An export with unknown column names and company-specific movement types. */
const EXPORT = `Bewegungen Werk 7;;;;
Code;Wann;Was;Stueck;Wert
10001;31.01.2026;901;4-;50,00
10001;01.02.2026;Z62;1.200,5-;50,00
10002;02.02.2026;101;20;9,00
`;
const SAID = {
  ...none,
  set: ['kind=Was', 'quantity=Stueck', 'item=Code'],
  movement: ['901=usage', 'Z62=shipment'],
};
const rowsOf = (file: string, shell: Shell) =>
  readTableFile('demand', file, {}, shell).rows.map((r) => Object.values(r).join(' '));

test('a list that identifies items only by number is mapped to it, and account lines are skipped', () => {
  const file = join(directory(), 'demand.csv');
  const header = 'Document Type,Document No.,Sell-to Customer No.,Type,No.,Description,Quantity,Shipment Date';
  writeFileSync(
    file,
    `${header}\nOrder,SO-1,C1,Item,BRG,Bearing,4,1/31/2026\nOrder,SO-1,C1,G/L Account,8100,Freight,1,1/31/2026\n`,
  );
  const { shell, said } = shellOf();
  mapFile(file, none, shell);
  expect(said).toContain('item: No.');
  expect(rowsOf(file, shell)).toEqual(['BRG 2026-01-31 4 SO-1']);
});

test('a map is proposed, completed by options, and used for the next export beside it', () => {
  const folder = directory();
  const file = join(folder, 'moves-2026-01.csv');
  writeFileSync(file, EXPORT);
  const { shell, said, written } = shellOf();
  mapFile(file, SAID, shell);
  expect(said).toContain('movement 101: none');
  expect(said.join('\n')).toMatch(/guessed: date is taken to be "Wann"/);
  expect(written).toEqual([
    'item   date        quantity  kind',
    '10001  2026-01-31  4         usage',
    '10001  2026-02-01  1200.5    shipment',
  ]);
  expect(readFileSync(join(folder, 'demand.map.yaml'), 'utf8')).toMatch(
    /kind: Was\n[\s\S]*decimal: ","[\s\S]*"901": usage/,
  );
  const next = join(folder, 'moves-2026-02.csv');
  writeFileSync(next, 'Wert;Stueck;Code;Was;Wann\n1;7-;10001;901;28.02.2026\n');
  expect(rowsOf(next, shell)).toEqual(['10001 2026-02-28 7 usage']);
  expect(JSON.parse(String(readUpload('demand', next, {}, shell)))).toEqual([
    { item: '10001', date: '2026-02-28', quantity: 7, kind: 'usage' },
  ]);
});

test('undetermined columns become open questions, and such a map refuses rows that it cannot read', () => {
  const folder = directory();
  const file = join(folder, 'moves.csv');
  writeFileSync(file, EXPORT);
  const { shell, said } = shellOf();
  expect(() => mapFile(file, { ...none, set: SAID.set }, shell)).toThrow(/failure: 2 questions/);
  expect(said).toContain('to be decided: movement "901": say order, shipment, usage, return or none');
  expect(() => rowsOf(file, shell)).toThrow(/line 3.*"901"/);
  expect(() => mapFile(file, SAID, shell)).toThrow(/usage: .*--replace/);
  mapFile(file, { ...SAID, replace: true }, shell);
  expect(rowsOf(file, shell)).toHaveLength(2);
});

test('an ambiguous order of days and months is an open question', () => {
  const file = join(directory(), 'demand.csv');
  writeFileSync(file, 'item,date,quantity\na,03/04/2026,2\n');
  const { shell, said, written } = shellOf();
  expect(() => mapFile(file, none, shell)).toThrow(/1 questions/);
  expect(said.join('\n')).toMatch(/"03\/04\/2026" can be read in two ways/);
  mapFile(file, { ...none, dates: 'dmy', replace: true }, shell);
  expect(written[1]).toMatch(/2026-04-03/);
});

test('fiscal periods are dated by the fiscal years in the map', () => {
  const file = join(directory(), 'demand.csv');
  writeFileSync(file, 'Item,Fiscal Year,Fiscal Period,Qty\nA,2026,P01,4\nA,2026,P03,5\nA,2026,P12,6\nA,2027,P01,7\n');
  const { shell } = shellOf();
  const years = ['2026=2025-12-29', '2027=2026-12-28'];
  mapFile(file, { ...none, fiscalYear: years }, shell);
  const months = () =>
    readTableFile('demand', file, {}, shell).rows.map((r) => String('date' in r && r.date).slice(0, 7));
  expect(months()).toEqual(['2026-01', '2026-03', '2026-12', '2027-01']);
  mapFile(
    file,
    { ...none, replace: true, fiscalPattern: 'months', fiscalYear: ['2026=2025-07-01', '2027=2026-07-01'] },
    shell,
  );
  expect(months()).toEqual(['2025-07', '2025-09', '2026-06', '2026-07']);
  expect(() => mapFile(file, { ...none, replace: true, fiscalYear: ['2026=2025-12-29'] }, shell)).toThrow(
    /no first day of the fiscal year 2027/,
  );
});

test('a map that does not fit the file is skipped; one given by name must fit', () => {
  const folder = directory();
  const map = join(folder, 'demand-odoo.map.yaml');
  writeFileSync(map, 'table: demand\ncolumns: { item: Product, date: When, quantity: Done }\n');
  const file = join(folder, 'demand.csv');
  writeFileSync(file, 'item,date,quantity\na,2026-01-02,2\n');
  const { shell } = shellOf();
  expect(rowsOf(file, shell)).toEqual(['a 2026-01-02 2']);
  expect(() => readTableFile('demand', file, { map }, shell)).toThrow(
    /no row has all columns of the map: Product, When, Done/,
  );
  writeFileSync(map, 'table: demand\ncolumns: { item: Product }\nnumber: 1\n');
  expect(() => rowsOf(file, shell)).toThrow(/map\.yaml:3: number: found 1/);
});

test('a folder applies the maps in it to its tables, and leaves the maps in place', async () => {
  const folder = join(directory(), 'in');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'demand.map.yaml'),
    'table: demand\ncolumns: { item: Code, date: Wann, quantity: Stueck }\n',
  );
  writeFileSync(join(folder, 'demand-1.csv'), 'Code;Wann;Stueck\n1;31.01.2026;4\n');
  const log = pino({ level: 'silent' });
  const store = new SupplyStore(directory(), 1000, () => 5);
  const run = async () => {
    throw new Error('in a thread');
  };
  const parts = { place: '', mostRows: 1, store, dates: undefined, now: () => 5, run, taken: () => undefined };
  const watch = new SupplyFolder(folder, new SupplyIntake(parts, log), log, 1e8);
  await watch.look();
  await watch.look();
  watch.stop();
  expect(store.table('demand')).toEqual([{ item: '1', date: '2026-01-31', quantity: 4 }]);
  expect(readdirSync(folder).sort()).toEqual(['demand.map.yaml', 'imported']);
});
