import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { arrivalLines } from './arrivalText.ts';
import { decode } from './decode.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const at = (ms: number) => ` at ${new Date(NOW_MS + ms).toISOString()}`;

function show(payload: object, message: unknown, more: object = { asset: 'm', point: 'p' }): string[] {
  const subscription = subscriptionSchema.parse({ topic: 't', ...more, payload });
  const route = new Router([subscription]).find('t');
  if (route === null) throw new Error('no route');
  const bytes = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };
  return decode(route, bytes, limits).flatMap(arrivalLines);
}

const scalar = (more: object = {}) => ({ type: 'scalar', ...more });

describe('bytes', () => {
  test.each<[string, unknown, object, string]>([
    ['registers', [0x4274, 0xcccd], { as: 'float32' }, 'm/p = 61.2'],
    ['registers with swapped words', [0xcccd, 0x4274], { as: 'float32', byteOrder: 'CDAB' }, 'm/p = 61.2'],
    ['registers with swapped bytes', [0x7442, 0xcdcc], { as: 'float32', byteOrder: 'BADC' }, 'm/p = 61.2'],
    ['registers with both', [0xcdcc, 0x7442], { as: 'float32', byteOrder: 'DCBA' }, 'm/p = 61.2'],
    ['registers in hexadecimal digits', ['0x4274', '0xCCCD'], { as: 'float32' }, 'm/p = 61.2'],
    ['a register below 0', [-2], { as: 'int16' }, 'm/p = -2'],
    ['the bits of a float as a whole number', 0x4274cccd, { as: 'float32' }, 'm/p = 61.2'],
    ['64 bits', [0, 0, 1, 0], { as: 'uint64' }, 'm/p = 65536'],
    ['what is no register', [70_000], { as: 'int16' }, 'm/p: wrong_type'],
    ['swapped words of one byte', [1], { as: 'uint8', byteOrder: 'CDAB' }, 'm/p: truncated'],
  ])('%s', (_, value, spec, expected) => {
    expect(show(scalar({ bytes: 'words', ...spec }), { value })).toEqual([expected]);
  });
});

describe('texts', () => {
  test("a unit behind the number becomes the value's unit", () => {
    expect(show(scalar({ unitInText: true }), { value: '61.2 °C' })).toEqual(['m/p = 61.2']);
    expect(show(scalar({ unitInText: true, decimal: ',' }), { value: '61,2bar' })).toEqual(['m/p = 61.2']);
    expect(show(scalar({ unitInText: true }), { value: '12:30' })).toEqual(['m/p: wrong_type']);
    expect(show(scalar(), { value: '61.2 °C' })).toEqual(['m/p: wrong_type']);
  });

  test('a terminating zero', () => {
    expect(show(scalar(), '{"value":61.2}\0')).toEqual(['m/p = 61.2']);
    expect(show(scalar({ format: 'text', value: '' }), '61.2\0')).toEqual(['m/p = 61.2']);
  });

  test('an invalid JSON line does not affect the others', () => {
    const spec = scalar({ format: 'json_lines', each: {}, values: { p: 'v' } });
    expect(show(spec, '{"v":1}\nx\n{"v":2}', { asset: 'm' })).toEqual(['m/p = 1', 'm/p: missing_value', 'm/p = 2']);
    expect(show(spec, 'x', { asset: 'm' })).toEqual(['(no point): bad_json']);
  });

  test('JSON and samples compressed within a text', () => {
    const packed = (bytes: Buffer | string) => gzipSync(bytes).toString('base64');
    expect(show(scalar({ json: ['d'], value: 'd.t' }), { d: packed('{"t":61.2}') })).toEqual(['m/p = 61.2']);
    const wave = { type: 'waveform', framing: 'json', encoding: 'int16', sampleRateHz: 100 };
    const samples = packed(Buffer.from(Int16Array.from([1, -2]).buffer));
    expect(show(wave, { samples })).toEqual(['m/p = 2 samples [1, -2] at 100 Hz']);
  });
});

describe('times', () => {
  test.each<[string, unknown, number]>([
    ['seconds and nanoseconds', { seconds: NOW_MS / 1000, nanos: 250_000_000 }, 250],
    ['of ROS, as texts', { secs: `${NOW_MS / 1000}`, nsecs: '5000000' }, 5],
    ['a blank before the offset', '2026-11-27 13:00:00.5 +0100', 500],
    ['UTC by its name', '2026-11-27 12:00:00 UTC', 0],
    ['a decimal comma', '2026-11-27T12:00:00,250Z', 250],
  ])('%s', (_, time, expected) => {
    expect(show(scalar(), { value: 1, time })).toEqual([`m/p = 1${at(expected)}`]);
  });

  test.each([[{ seconds: NOW_MS / 1000 }], [{ seconds: 1, nanos: 2e9 }], ['12:00:00'], ['2026-02-30 12:00:00 UTC']])(
    '%j is not a time',
    (time) => {
      expect(show(scalar(), { value: 1, time })).toEqual(['m/p: wrong_type']);
    },
  );

  test('each value by its own offset, in its unit', () => {
    const each = { path: 'm', point: 'n' };
    const m = [
      { n: 'a', dt: -0.5, v: 1 },
      { n: 'b', dt: '2', v: 2 },
    ];
    const spec = scalar({ each, value: 'v', time: '^.^.bt', deltas: 'dt', deltasIn: 's' });
    expect(show(spec, { bt: NOW_MS, m }, { asset: 'm' })).toEqual([`m/a = 1${at(-500)}`, `m/b = 2${at(2000)}`]);
    expect(show(spec, { bt: NOW_MS, m: [{ n: 'a', dt: 'soon', v: 1 }] }, { asset: 'm' })).toEqual(['m/a: wrong_type']);
  });
});

describe('several points in a message', () => {
  test.each([
    ['ch', [1, 2]],
    ['NodeId', ['ns=2;s=A', 'ns=2;s=B']],
    ['Register', [100, 102]],
  ])('elements with different "%s" are not one point', (key, [a, b]) => {
    const rows = [
      { [key]: a, v: 1, t: NOW_MS },
      { [key]: b, v: 2, t: NOW_MS },
    ];
    const spec = scalar({ value: 'rows.*.v', time: 'rows.*.t' });
    expect(show(spec, { rows })).toEqual(['m/p: several_points']);
    expect(show(spec, { rows: rows.map((row) => ({ ...row, [key]: a })) })).toHaveLength(2);
  });

  test('consecutively numbered elements are', () => {
    const rows = [
      { id: 1, v: 1, t: NOW_MS - 1 },
      { id: 2, v: 2, t: NOW_MS },
    ];
    expect(show(scalar({ value: 'rows.*.v', time: 'rows.*.t' }), { rows })).toHaveLength(2);
  });
});
