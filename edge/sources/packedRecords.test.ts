import { expect, test } from 'vitest';
import { arrivalLines } from './arrivalText.ts';
import { decode } from './decode.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { splitName, splitSchema } from './splitName.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const S = NOW_MS / 1000;

function show(payload: object, message: unknown, names: object = { asset: 'm' }): string[] {
  const route = new Router([subscriptionSchema.parse({ topic: 't', ...names, payload })]).find('t');
  if (route === null) throw new Error('no route');
  const bytes = message instanceof Uint8Array ? message : Buffer.from(JSON.stringify(message));
  const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };
  return decode(route, bytes, limits)
    .flatMap(arrivalLines)
    .map((line) => line.replace('2026-11-27T', ''));
}

/** Records of a time, two numbers and a flag: 9 bytes each. */
function records(...rows: [s: number, x: number, y: number, flag: number][]): Buffer {
  return Buffer.concat(
    rows.map(([s, x, y, flag]) => {
      const own = Buffer.alloc(9);
      own.writeUInt32LE(s);
      own.writeInt16LE(x, 4);
      own.writeInt16LE(y, 6);
      own.writeUInt8(flag, 8);
      return own;
    }),
  );
}

const packed = {
  type: 'scalar',
  byteOrder: 'little',
  every: 9,
  time: { at: 0, byteOrder: 'little' },
  values: { x: { at: 4, as: 'int16', scale: 0.1 }, on: { at: 8, as: 'uint8', bits: { from: 1, length: 1 } } },
};

test('records of a fixed size in base64, each with its time', () => {
  const data = records([S - 2, 10, 0, 0], [S - 1, -20, 0, 2]).toString('base64');
  expect(show({ ...packed, value: 'data', bytes: 'base64' }, { data })).toEqual([
    'm/x = 1 at 11:59:58.000Z',
    'm/x = -2 at 11:59:59.000Z',
    'm/on = 0 at 11:59:58.000Z',
    'm/on = 1 at 11:59:59.000Z',
  ]);
});

test('records after a header; a truncated one is reported, and does not affect the others', () => {
  const payload = { ...packed, format: 'binary', value: '', skipBytes: 3, values: { y: { at: 6, as: 'int16' } } };
  const bytes = Buffer.concat([Buffer.from([1, 2, 3]), records([S, 0, 7, 0]), Buffer.from([1, 2])]);
  expect(show(payload, bytes)).toEqual(['m/y = 7 at 12:00:00.000Z', 'm/y: truncated']);
  expect(show(payload, Buffer.from([1]))).toEqual(['m/y: empty']);
});

test('consecutive numbers at one interval, with the time of the first or the last', () => {
  const payload = { type: 'scalar', value: 'd', bytes: 'hex', as: 'int16', every: 2, intervalMs: 1000, time: 't' };
  const message = { t: S - 10, d: '000a 000b' };
  const names = { asset: 'm', point: 'p' };
  expect(show(payload, message, names)).toEqual(['m/p = 10 at 11:59:49.000Z', 'm/p = 11 at 11:59:50.000Z']);
  expect(show({ ...payload, timeIs: 'first' }, message, names)).toEqual([
    'm/p = 10 at 11:59:50.000Z',
    'm/p = 11 at 11:59:51.000Z',
  ]);
});

test('a missing time in bytes is refused: the arrival is not a substitute', () => {
  const payload = { ...packed, every: undefined, format: 'binary', value: '', time: { at: 20 } };
  expect(show(payload, records([S, 1, 2, 3]))).toEqual(['m/x: wrong_type', 'm/on: wrong_type']);
});

test('the machine and the point in one text', () => {
  const payload = {
    type: 'scalar',
    split: { path: 'id', pattern: '*.{asset}.{point}' },
    each: { path: 'values' },
    value: 'v',
  };
  const values = [
    { id: 'Ch1.P101.Motor.Temp', v: 61 },
    { id: 'Ch1.P102.Speed', v: 1480 },
    { id: 'System', v: 1 },
  ];
  expect(show(payload, { values }, {})).toEqual([
    'P101/Motor.Temp = 61',
    'P102/Speed = 1480',
    '(no point): bad_topic, nothing at id fits *.{asset}.{point}',
  ]);
});

test.each([
  ['a/b_c', '{asset}_{point}', { asset: 'a/b', point: 'c' }],
  ['a--b', '{asset}-{point}', { asset: 'a', point: '-b' }],
  ['x[a].b!', 'x[{asset}].{point}!', { asset: 'a', point: 'b' }],
  ['a.', '{asset}.{point}', null],
  ['.a', '{asset}.{point}', null],
  ['ab!', '{asset}.{point}!', null],
])('%j by %j', (text, pattern, expected) => {
  expect(splitName(text, { path: '', pattern })).toEqual(expected);
});

test.each(['{asset}{point}', '{a}.{a}', 'name', '*.x', '{a}*'])('not a pattern: %j', (pattern) => {
  expect(splitSchema.safeParse({ path: 'id', pattern }).success).toBe(false);
});

test('a flat message: its time is not a point; the first of several paths counts; texts of qualities', () => {
  const flat = { type: 'scalar', each: { point: '$key' }, value: '', time: 'ts' };
  expect(show(flat, { ts: NOW_MS, temp: 61 })).toEqual(['m/temp = 61 at 12:00:00.000Z']);
  const variant = {
    type: 'scalar',
    each: { path: 'm', point: 'n' },
    value: 'f | i | b',
    quality: 'q',
    where: { kind: 3 },
  };
  const m = [
    { n: 'a', f: 1.5, q: '192' },
    { n: 'b', i: 2, f: null, q: 'true' },
    { n: 'c', b: true, q: '0' },
  ];
  expect(show(variant, { kind: '3', m })).toEqual(['m/a = 1.5', 'm/b = 2', 'm/c: bad_quality']);
});

test('a table of rows keeps its first column, whatever the name of the time', () => {
  const payload = { type: 'scalar', each: {}, values: { v: '1' }, time: '0' };
  expect(
    show(payload, [
      [NOW_MS, 1],
      [NOW_MS + 1, 2],
    ]),
  ).toEqual(['m/v = 1 at 12:00:00.000Z', 'm/v = 2 at 12:00:00.001Z']);
});

test('a waveform with slow values beside it, stamped at its end; rate with its unit, numbers as texts', () => {
  const payload = {
    type: 'waveform',
    framing: 'json',
    timeIs: 'last',
    keys: { samples: 'd', sampleRate: 'fs', time: 't', scale: 'k' },
    values: { temperature: 'temp', battery: { path: 'bat', unitInText: true } },
  };
  const message = { fs: '1 kHz', t: NOW_MS, k: '0.5', d: ['2', 4, '-6', '8'], temp: 61, bat: '99 %' };
  expect(show(payload, message, { asset: 'm', point: '2H' })).toEqual([
    'm/2H = 4 samples [1, 2, -3, 4] at 1000 Hz at 11:59:59.996Z',
    'm/temperature = 61 at 12:00:00.000Z',
    'm/battery = 99 at 12:00:00.000Z',
  ]);
});

test('the header of a raw frame gives its rate, time and scale', () => {
  const frame = Buffer.alloc(16);
  frame.writeUInt16BE(3200, 2);
  frame.writeUInt32LE(S - 1, 4);
  frame.writeFloatLE(0.5, 8);
  frame.writeInt16LE(10, 12);
  frame.writeInt16LE(-20, 14);
  const header = {
    sampleRate: { at: 2, byteOrder: 'big' },
    time: { at: 4, type: 'uint32' },
    scale: { at: 8, type: 'float32' },
  };
  const payload = { type: 'waveform', framing: 'raw', encoding: 'int16', skipBytes: 12, header, scale: 2 };
  const names = { asset: 'm', point: '2H' };
  expect(show(payload, frame, names)).toEqual(['m/2H = 2 samples [10, -20] at 3200 Hz at 11:59:59.000Z']);
  const late = { ...payload, skipBytes: 0, header: { sampleRate: { at: 15 } } };
  expect(show(late, frame, names)).toEqual(['m/2H: truncated, the frame ends within payload.header']);
});

test('UTF-16, as Windows programs write it', () => {
  const text = Buffer.from('\ufeff{"value":61}', 'utf16le');
  const names = { asset: 'm', point: 'p' };
  expect(show({ type: 'scalar' }, text, names)).toEqual(['m/p = 61']);
  expect(show({ type: 'scalar' }, Buffer.from(text).swap16(), names)).toEqual(['m/p = 61']);
});
