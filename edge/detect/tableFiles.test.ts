import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { detectFiles } from './detectFile.ts';
import { readLabelledFiles, readTableFiles } from './tableFiles.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'tables-'));
const wave = (t: number) => Math.sin(12.9898 * (t + 1) * (t + 3));
const HEADER = 'time,flow,noise\n';
const row = (t: number, offset = 0) => `${t},${(10 + wave(t) + offset).toFixed(4)},${(wave(t) ** 2).toFixed(4)}\n`;
const rows = (from: number, to: number, offset = 0) =>
  Array.from({ length: to - from }, (_, i) => row(from + i, offset)).join('');

async function detect(paths: string[]) {
  const [lines, said]: [string[], string[]] = [[], []];
  const options = { trainRows: 60, timeColumn: 'time', ignore: [], method: 'auto' as const };
  detectFiles(
    await readTableFiles(paths),
    { ...options, jsonl: true },
    (line) => lines.push(line),
    (line) => said.push(line),
  );
  return { verdicts: lines.map((line) => JSON.parse(line)), said };
}

test('the files of a folder are one table, in the order of their names; rows count over all, lines per file', async () => {
  const directory = folder();
  writeFileSync(join(directory, 'day-2.csv'), HEADER + rows(0, 80));
  // Columns in another order, and packed.
  const swapped = rows(80, 160, 9).replace(/^([^,]*),([^,]*),(.*)$/gm, '$3,$2,$1');
  writeFileSync(join(directory, 'day-10.csv.gz'), gzipSync(`noise,flow,time\n${swapped}`));
  writeFileSync(join(directory, 'notes.md'), 'no table');
  mkdirSync(join(directory, 'archive'));
  const { verdicts } = await detect([directory]);
  expect(verdicts.map((v) => v.row)).toEqual(Array.from({ length: 100 }, (_, i) => 60 + i));
  expect(verdicts[0]).toMatchObject({ file: join(directory, 'day-2.csv'), line: 62, anomaly: 0 });
  expect(verdicts[20]).toMatchObject({ file: join(directory, 'day-10.csv.gz'), line: 2 });
  expect(verdicts.slice(0, 20).every((v) => v.anomaly === 0)).toBe(true);
  expect(verdicts.slice(40).every((v) => v.anomaly === 1 && v.channels[0] === 'flow')).toBe(true);
});

test('files out of time order are refused, with both named', async () => {
  const directory = folder();
  const [a, b] = [join(directory, 'a.csv'), join(directory, 'b.csv')];
  writeFileSync(a, HEADER + rows(80, 160));
  writeFileSync(b, HEADER + rows(0, 80));
  await expect(detect([a, b])).rejects.toThrow(
    `${b}: line 2: 0 lies before the end of the file before it: give the files in order of time`,
  );
});

test('Parquet is recognised by its content; an invalid file is an error', async () => {
  const snappy = new URL('../../models/tables/fixtures/snappy.parquet', import.meta.url).pathname;
  const [{ bytes }] = await readTableFiles([snappy]);
  expect(Buffer.from(bytes).toString('utf8').split('\n')[0]).toBe('time,flow,count,running,state,level');
  const broken = join(folder(), 'x.parquet');
  writeFileSync(broken, 'PAR1 and nothing more');
  await expect(readTableFiles([broken])).rejects.toThrow(`${broken}: a damaged Parquet file`);
});

test('a missing path and a folder without tables are errors that name it', async () => {
  const directory = folder();
  await expect(readTableFiles([directory])).rejects.toThrow(`${directory}: no file that ends in .csv`);
  await expect(readTableFiles([join(directory, 'x.csv')])).rejects.toThrow(/x\.csv: ENOENT/);
});

test('with labels in one of two files both are one table; with labels in each, each is judged by itself', async () => {
  const directory = folder();
  const path = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const fast = path('fast.csv', 'time,flow,label\n0,1,0\n1,2,0\n2,3,1\n');
  const slow = path('slow.csv', 'time,heat\n0,50\n2,60\n');
  const options = { label: 'label', timeColumn: 'time' };
  const [both, ...none] = await readLabelledFiles([fast, slow], options, () => undefined);
  expect(none).toEqual([]);
  expect(Buffer.from(both.bytes).toString()).toBe('time,flow,label,heat\n0,1,0,50\n1,2,0,50\n2,3,1,60\n');
  const other = path('other.csv', 'time,level,label\n0,1,0\n');
  expect(await readLabelledFiles([fast, other], options, () => undefined)).toHaveLength(2);
});
