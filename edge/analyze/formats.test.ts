import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RecordingFormatError, readSamples } from './readSamples.ts';

const folder = mkdtempSync(join(tmpdir(), 'formats-'));
const written = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const read = (file: string, channel = '0') => readSamples(file, { channel });
const VALUES = Array.from({ length: 8 }, (_, i) => i / 4 - 1);

/** Written by scipy.io.savemat: two vectors, a matrix, a structure, scalars, a text and a cell array. */
describe.each(['plain.mat', 'compressed.mat'])('%s', (name) => {
  const file = new URL(`fixtures/${name}`, import.meta.url).pathname;

  test('variables by number and by name, the rate by the scalar beside them', () => {
    expect([...read(file).samples]).toEqual(VALUES);
    expect(read(file)).toMatchObject({ sampleRateHz: 12_000, notes: [expect.stringContaining('X097_DE_time of ')] });
    expect([...read(file, 'X097_FE_time').samples]).toEqual(VALUES.map((v) => 2 * v));
    expect([...read(file, 'xyz[2]').samples]).toEqual(VALUES.map((v) => 3 * v));
  });

  test('fields of a structure, with its own rate', () => {
    expect([...read(file, 'bearing.gs').samples]).toEqual(VALUES);
    expect(read(file, 'bearing.gs').sampleRateHz).toBe(97_656);
  });

  test('a missing variable is answered with the list of those present; a truncated file is refused', () => {
    expect(() => read(file, 'DE')).toThrow(
      /channel DE: there are 6 variables, X097_DE_time, X097_FE_time, bearing.gs, xyz\[0\]/,
    );
    const cut = readFileSync(file).subarray(0, 500);
    expect(() => read(written(`cut-${name}`, cut))).toThrow(RecordingFormatError);
  });
});

test('gzipped files of any of these formats, and one recognised by its content', () => {
  const bytes = readFileSync(new URL('fixtures/plain.mat', import.meta.url).pathname);
  expect([...read(written('a.mat.gz', gzipSync(bytes))).samples]).toEqual(VALUES);
  expect([...read(written('recording.001', bytes)).samples]).toEqual(VALUES);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['a.mat', Buffer.concat([Buffer.from('MATLAB 7.3 MAT-file'.padEnd(512)), Buffer.from('\x89HDF', 'latin1')]), /-v7/],
  ['b.h5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /7\.3 \(HDF5\) are not read.*-v7/],
  ['c.mat', readFileSync(new URL('fixtures/version4.mat', import.meta.url).pathname), /version 5; save it with -v7/],
  ['d.tdms', Buffer.from('TDSm\x0e\0\0\0', 'latin1'), /TDMS files are not read: export/],
  ['e.wibble', new Uint8Array([0, 1, 2, 3]), /--format: one of f32, int16, csv, wav, npy, mat, uff/],
])('%s is refused with the remedy', (name, content, message) => {
  expect(() => read(written(name, content))).toThrow(message);
});

/** A dataset 58 by the format's columns. */
function dataset(o: {
  head?: string;
  name?: string;
  kind?: number;
  even?: number;
  axis?: number;
  response?: number;
  data: Buffer;
}): Buffer {
  const { head = '    58', name = 'DE', kind = 2, even = 1, axis = 17, response = 1, data } = o;
  const i = (v: number, width: number) => String(v).padStart(width);
  const e = (v: number) =>
    v
      .toExponential(5)
      .replace(/e([+-])(\d)$/, 'e$10$2')
      .padStart(13);
  const text = (v: string) => ` ${v.padEnd(20)}`;
  const axisLine = (type: number, label: string, unit: string) =>
    `${i(type, 10)}${i(0, 5)}${i(0, 5)}${i(0, 5)}${text(label)}${text(unit)}`;
  const lines = [
    '    -1',
    head,
    'pump',
    'NONE',
    'NONE',
    'NONE',
    'NONE',
    `${i(response, 5)}${i(0, 10)}${i(1, 5)}${i(0, 10)} ${name.padEnd(10)}${i(1, 10)}${i(3, 4)} ${'NONE'.padEnd(10)}${i(0, 10)}${i(0, 4)}`,
    `${i(kind, 10)}${i(VALUES.length, 10)}${i(even, 10)}${e(0)}${e(1 / 12_800)}${e(0)}`,
    axisLine(axis, 'Time', 's'),
    axisLine(12, 'Acceleration', 'm/s^2'),
    axisLine(0, 'NONE', 'NONE'),
    axisLine(0, 'NONE', 'NONE'),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), data, Buffer.from('\n    -1\n')]);
}
const ascii = (width: number, perLine: number, digits: number) => {
  const cells = VALUES.map((v) =>
    v
      .toExponential(digits)
      .replace(/e([+-])(\d)$/, 'e$10$2')
      .padStart(width),
  );
  const rows = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, r) =>
    cells.slice(r * perLine, (r + 1) * perLine),
  );
  return Buffer.from(rows.map((row) => row.join('')).join('\n'));
};
const binary = (order: 1 | 2, bytes: 4 | 8) => {
  const data = Buffer.alloc(VALUES.length * bytes);
  const view = new DataView(data.buffer, data.byteOffset);
  VALUES.forEach((v, i) => {
    if (bytes === 4) view.setFloat32(4 * i, v, order === 1);
    else view.setFloat64(8 * i, v, order === 1);
  });
  const head = `    58b${[order, 2].map((v) => String(v).padStart(6)).join('')}${[11, data.length].map((v) => String(v).padStart(12)).join('')}     0     0           0           0`;
  return { head, data };
};

describe('universal files, dataset 58', () => {
  const UNITS = Buffer.from('    -1\n   164\n         1  SI\n    -1\n');
  test.each<[string, Buffer]>([
    ['ASCII, single precision', dataset({ data: ascii(13, 6, 5) })],
    ['ASCII, double precision', dataset({ kind: 4, data: ascii(20, 4, 11) })],
    ['binary, little-endian, single precision', dataset(binary(1, 4))],
    ['binary, big-endian, single precision', dataset(binary(2, 4))],
    ['binary, little-endian, double precision', dataset({ kind: 4, ...binary(1, 8) })],
  ])('%s', (_, bytes) => {
    const found = read(written('a.uff', Buffer.concat([UNITS, bytes])));
    expect([...found.samples]).toEqual(VALUES);
    expect(found).toMatchObject({ sampleRateHz: 12_800, notes: ["the file's unit is m/s^2"] });
  });

  test('signals by number or response; other datasets are skipped and named', () => {
    const spectrum = dataset({ axis: 18, response: 2, name: 'FFT', data: ascii(13, 6, 5) });
    const both = [dataset({ name: 'NDE', ...binary(1, 4) }), spectrum, dataset({ name: 'DE', data: ascii(13, 6, 5) })];
    const file = written('two.unv', Buffer.concat([UNITS, ...both]));
    expect([...read(file, '1').samples]).toEqual(VALUES);
    expect([...read(file, 'NDE').samples]).toEqual(VALUES);
    expect(() => read(file, 'XX')).toThrow(
      /there are 2 time signals, NDE, DE; not read: dataset 164, a dataset 58 over another axis/,
    );
  });

  test('an unsupported dataset is refused with the reason', () => {
    const one = (change: Partial<Parameters<typeof dataset>[0]>) =>
      written('no.uff', dataset({ data: ascii(13, 6, 5), ...change }));
    expect(() => read(one({ even: 0 }))).toThrow(/uneven spacing: export it evenly/);
    expect(() => read(one({ kind: 5 }))).toThrow(/a complex dataset 58/);
    expect(() => read(one({ data: Buffer.from('    what is it') }))).toThrow(/a number is needed/);
    expect(() => read(one({ data: Buffer.from('  1.00000e+00') }))).toThrow(/a number is needed|ends within/);
  });
});

const SAMPLES = Array.from({ length: 40 }, (_, i) => Math.sin(i));
const clock = (i: number) => `12:00:0${Math.floor(i / 1000)}.${String(i % 1000).padStart(3, '0')}`;
test.each<[string, string, (i: number) => string]>([
  ['a unit in the name', 'Time (ms),acc (g)', (i) => `${i},`],
  ['a unit behind an underscore', 'timestamp_ms,acc', (i) => `${1.7e12 + i},`],
  ['nanoseconds', 'time_ns,acc', (i) => `${1_700_000_000}${String(i).padStart(3, '0')}000000,`],
  ['a time of day', 'time,acc', (i) => `${clock(i)},`],
  ['a date beside it', 'date,time,acc', (i) => `2026-03-01,${clock(i)},`],
  ['a German date and decimal commas', 'Datum;Uhrzeit;Wert', (i) => `01.03.2026;${clock(i).replace('.', ',')};`],
  ['an American date', 'timestamp,acc', (i) => `03/01/2026 ${clock(i)},`],
])('rate and signal are read from a table with %s', (_, names, before) => {
  const rows = SAMPLES.map((v, i) => `${before(i)}${v.toFixed(6)}`);
  const found = read(written('timed.csv', [names, ...rows].join('\n')));
  expect(found.sampleRateHz).toBeCloseTo(1000, 0);
  expect(found.samples[1]).toBeCloseTo(SAMPLES[1], 5);
});

test('a counter column is not vibration', () => {
  const rows = SAMPLES.map((v, i) => `${i},${v},${-v}`);
  const file = written('counted.csv', ['n,x,y', ...rows].join('\n'));
  expect(() => read(file)).toThrow(/column n rises evenly.*one of x, y/);
  expect(read(file, 'y').samples[1]).toBeCloseTo(-SAMPLES[1], 5);
});
