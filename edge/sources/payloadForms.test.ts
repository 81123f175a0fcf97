import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode } from './decode.ts';
import type { DecodeLimits } from './decoded.ts';
import { Router } from './route.ts';
import type { Arrival } from './source.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const limits: DecodeLimits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };

function arrivals(payload: object, message: unknown, more: object = { asset: 'm', point: 'p' }): Arrival[] {
  const subscription = subscriptionSchema.parse({ topic: 't', ...more, payload });
  const route = new Router([subscription]).find('t');
  if (route === null) throw new Error('no route');
  const bytes =
    message instanceof Uint8Array
      ? message
      : Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return decode(route, bytes, limits);
}

/** The results of a message: `asset/point=values`, with `@` and milliseconds from now, or why there are none. */
function show(...args: Parameters<typeof arrivals>): string[] {
  return arrivals(...args).map((a) => {
    if (!a.ok) return a.point ? `${a.point.asset}/${a.point.point}: ${a.rejection}` : a.rejection;
    const { block } = a;
    if (block.kind !== 'scalars') return `${block.asset}/${block.point}: ${block.samples.length} samples`;
    const at = block.timeQuality === 'received' ? '' : `@${Math.round(block.timesUs[0] / 1000 - NOW_MS)}`;
    return `${block.asset}/${block.point}=${[...block.values].join(',')}${at}`;
  });
}

describe('values', () => {
  const scalar = { type: 'scalar' };
  test.each<[string, unknown, object, string[]]>([
    ['a number in quotes', { value: '61.2' }, {}, ['m/p=61.2']],
    ['true and false', { value: true }, {}, ['m/p=1']],
    ['ON and OFF', { value: 'OFF' }, {}, ['m/p=0']],
    ['words of a machine', { value: 'RUN' }, { states: { RUN: 1, STOP: 0 } }, ['m/p=1']],
    ['an unknown word', { value: 'maybe' }, {}, ['m/p: wrong_type']],
    ['NaN as a text', { value: 'NaN' }, {}, ['m/p: not_finite']],
    ['scale and offset', { value: 100 }, { scale: 0.1, offset: -5 }, ['m/p=5']],
    ['hexadecimal process data', { value: '0x03C9' }, { hex: true, scale: 0.1 }, ['m/p=96.9']],
    ['a decimal comma', { value: '1.480,5' }, { decimal: ',' }, ['m/p=1480.5']],
    ['thousands under a decimal comma', { value: '1.480' }, { decimal: ',' }, ['m/p=1480']],
    ['a point that parts no thousands there', { value: '61.2' }, { decimal: ',' }, ['m/p: wrong_type']],
    ['a date as .NET writes it', { value: 1, time: `/Date(${NOW_MS - 5}+0100)/` }, {}, ['m/p=1@-5']],
    [
      'JSON in a text',
      { name: 'x', body: JSON.stringify({ t: 61.2 }) },
      { json: ['body'], value: 'body.t' },
      ['m/p=61.2'],
    ],
    [
      'JSON in base64',
      { message: { data: Buffer.from(JSON.stringify({ t: 61.2 })).toString('base64') } },
      { json: ['message.data'], value: 'message.data.t' },
      ['m/p=61.2'],
    ],
    ['a text that should be JSON', { body: 'x y' }, { json: ['body'], value: 'body.t' }, ['m/p: bad_json']],
    ['some bits of it', { value: 'A5' }, { hex: true, bits: { from: 4, length: 4 } }, ['m/p=10']],
    ['a decimal comma is refused', '61,2', { value: '' }, ['m/p: bad_json']],
    ['a byte-order mark', `\ufeff${JSON.stringify({ value: 1 })}`, {}, ['m/p=1']],
    ['UTF-16 is refused', Buffer.from(JSON.stringify({ value: 1 }), 'utf16le'), {}, ['m/p: bad_json']],
    ['gzip', gzipSync(JSON.stringify({ value: 7 })), {}, ['m/p=7']],
    ['zlib', deflateSync(JSON.stringify({ value: 7 })), {}, ['m/p=7']],
    [
      'an array with one null',
      { v: [1, 2, null, 4], time: NOW_MS },
      { value: 'v', intervalMs: 100 },
      ['m/p=1,2,4@-300', 'm/p: missing_value'],
    ],
  ])('%s', (_, message, spec, expected) => {
    expect(show({ ...scalar, ...spec }, message)).toEqual(expected);
  });

  test('unquoted NaN affects only its own value', () => {
    const spec = { type: 'scalar', values: { a: 'a', b: 'b' } };
    expect(show(spec, '{"a": NaN, "b": 5, "note": "NaN"}', { asset: 'm' })).toEqual(['m/a: missing_value', 'm/b=5']);
  });

  test('a compression bomb is refused', () => {
    expect(show(scalar, gzipSync(Buffer.alloc(20_000_000)))).toEqual(['m/p: bad_payload']);
  });
});

describe('bytes', () => {
  const binary = { type: 'scalar', format: 'binary', value: '' };
  test.each<[string, string, object, string[]]>([
    ['signed bits', 'fff8', { as: 'uint16', bits: { from: 2, length: 14, signed: true } }, ['m/p=-2']],
    ['BCD', '1234', { as: 'uint16', bcd: true }, ['m/p=1234']],
    ['what is no BCD', '12a4', { as: 'uint16', bcd: true }, ['m/p: wrong_type']],
    ['no value', '7fff', { as: 'int16', none: [32767], scale: 0.1 }, ['m/p: missing_value']],
    ['from the end', '000000ff', { as: 'uint8', at: -1 }, ['m/p=255']],
    ['beyond the end', '00', { as: 'int16' }, ['m/p: truncated']],
  ])('%s', (_, hex, spec, expected) => {
    expect(show({ ...binary, ...spec }, Buffer.from(hex, 'hex'))).toEqual(expected);
  });

  test('hexadecimal digits are never read as base64, or text as bytes of an unnamed kind', () => {
    const hex = Buffer.from('0102030405060708').toString('hex');
    expect(show({ type: 'scalar', as: 'uint16', bytes: 'base64' }, { value: hex })).toEqual(['m/p: wrong_type']);
    expect(show({ type: 'scalar', as: 'uint16' }, { value: 'AAEC' })).toEqual(['m/p: wrong_type']);
    expect(show({ type: 'scalar', as: 'uint16', bytes: 'base64' }, { value: 'AAEC' })).toEqual(['m/p=1']);
  });

  test('records up to an unknown one, which is named', () => {
    const types = { '01': { values: { t: { as: 'int16', scale: 0.1 } } }, '02': { length: 3 } };
    const spec = { ...binary, records: { headerBytes: 1, types } };
    const all = arrivals(spec, Buffer.from('010100' + '02ffffff' + '01fff6' + '0900', 'hex'), { asset: 'm' });
    expect(all.map((a) => (a.ok && a.block.kind === 'scalars' ? a.block.values[0] : a))).toEqual([
      25.6,
      -1,
      { ok: false, rejection: 'unsupported_type', point: null, detail: 'record 09 at byte 10 is not configured' },
    ]);
    expect(show(spec, Buffer.from('0101', 'hex'), { asset: 'm' })).toEqual(['unsupported_type']);
  });
});

describe('formats', () => {
  test('a payload in another than the configured format is refused', () => {
    for (const format of ['cbor', 'msgpack', 'line_protocol'])
      expect(show({ type: 'scalar', format, value: '' }, Buffer.from([0xc1, 0xff, 0x41]))).toEqual([
        'm/p: bad_payload',
      ]);
  });

  test('a megabyte of nested arrays is refused', () => {
    expect(show({ type: 'scalar', format: 'cbor' }, Buffer.alloc(1_000_000, 0x81))).toEqual(['m/p: bad_payload']);
    expect(show({ type: 'scalar', format: 'msgpack' }, Buffer.alloc(1_000_000, 0x91))).toEqual(['m/p: bad_payload']);
  });

  test('excluded messages and elements bring nothing', () => {
    const spec = { type: 'scalar', where: { event: ['up', 'join'] }, value: 'v' };
    expect(show(spec, { event: 'up', v: 1 })).toEqual(['m/p=1']);
    expect(show(spec, { event: 'ack', v: 1 })).toEqual([]);
    const each = { path: 'd', point: 'n', where: { ok: true } };
    const d = [
      { n: 'a', v: 1, ok: true },
      { n: 'b', v: 2, ok: false },
    ];
    expect(show({ type: 'scalar', each, value: 'v' }, { d }, { asset: 'm' })).toEqual(['m/a=1']);
  });

  test('keys with dots anywhere in a path', () => {
    expect(show({ type: 'scalar', value: 'd.Ch1.Dev.Temp.v' }, { d: { 'Ch1.Dev.Temp': { v: 3 } } })).toEqual(['m/p=3']);
  });
});

describe('times', () => {
  test.each<[string, unknown, number]>([
    ['seconds', NOW_MS / 1000, 0],
    ['milliseconds', NOW_MS - 5, -5],
    ['microseconds', (NOW_MS - 5) * 1000, -5],
    ['nanoseconds, quoted', `${NOW_MS - 5}000000`, -5],
    ['seconds, quoted', String(NOW_MS / 1000), 0],
    ['ISO of .NET', new Date(NOW_MS).toISOString().replace('Z', '1234Z'), 0],
    ['RFC 2822', new Date(NOW_MS).toUTCString(), 0],
  ])('%s', (_, time, expected) => {
    expect(show({ type: 'scalar' }, { value: 1, time })).toEqual([`m/p=1@${expected}`]);
  });
});

describe('several points in a message', () => {
  test('elements with an id: a message with only one does not affect the others', () => {
    const each = { path: 'values', point: 'id' };
    const spec = { type: 'scalar', each, value: 'v', time: 't', quality: 'q' };
    const speed = { id: 'Ch1.Dev1.Speed', v: 1480, q: true, t: NOW_MS - 10 };
    const temperature = { id: 'Ch1.Dev1.Temp', v: 61.2, q: true, t: NOW_MS - 20 };
    expect(show(spec, { timestamp: NOW_MS, values: [speed, temperature] }, { asset: 'm' })).toEqual([
      'm/Ch1.Dev1.Speed=1480@-10',
      'm/Ch1.Dev1.Temp=61.2@-20',
    ]);
    expect(show(spec, { values: [temperature] }, { asset: 'm' })).toEqual(['m/Ch1.Dev1.Temp=61.2@-20']);
    expect(show(spec, { values: [{ ...speed, q: false }, temperature] }, { asset: 'm' })).toEqual([
      'm/Ch1.Dev1.Speed: bad_quality',
      'm/Ch1.Dev1.Temp=61.2@-20',
    ]);
  });

  test('a wildcard never merges elements of several points into one', () => {
    const values = [
      { id: 'a', v: 1 },
      { id: 'b', v: 2 },
    ];
    const spec = { type: 'scalar', value: 'values.*.v', intervalMs: 10 };
    expect(show(spec, { values })).toEqual(['m/p: several_points']);
    expect(show(spec, { values: values.map((e) => ({ ...e, id: 'a' })) })).toEqual(['m/p=1,2']);
  });

  test('entries of an object, with the time of the message, filtered', () => {
    const spec = { type: 'scalar', each: { path: 'data', point: '$key', only: ['temp', 'Drehzahl'] }, value: '' };
    expect(
      show(spec, { time: NOW_MS - 7, data: { temp: '61.2', Drehzahl: 1480, state: 'RUN' } }, { asset: 'm' }),
    ).toEqual(['m/temp=61.2@-7', 'm/Drehzahl=1480@-7']);
  });

  test('machine and point named in the message', () => {
    const spec = { type: 'scalar', assetPath: 'deviceId', pointPath: 'tag' };
    expect(show(spec, { deviceId: 'Pumpe 7', tag: 'temp', value: 5 }, {})).toEqual([
      expect.stringMatching(/^Pumpe-7\.[0-9a-f]{4}\/temp=5$/),
    ]);
    expect(show(spec, { value: 5 }, {})).toEqual(['missing_value']);
  });

  test('SenML: base names and times, relative times', () => {
    const pack = [
      { bn: 'urn:dev:mac:01:', bt: NOW_MS / 1000, n: 'temp', u: 'Cel', v: 61.2 },
      { n: 'speed', u: '1/min', t: -1, v: 1480 },
      { n: 'door', vb: true },
      { n: 'label', vs: 'x' },
    ];
    expect(show({ type: 'senml' }, pack, { asset: 'm' })).toEqual([
      'm/temp=61.2@0',
      'm/speed=1480@-1000',
      'm/door=1@0',
      'm/label: unsupported_type',
    ]);
  });

  test('line protocol: fields, escapes, a tag for the machine', () => {
    const spec = { type: 'line_protocol', assetTag: 'asset' };
    const line = `vib\\ ration,asset=pump-1,hall=3 temp=61.2,count=5i,ok=true,bad=i,note="a b,c=d" ${NOW_MS}000000`;
    expect(show(spec, line, {})).toEqual([
      'pump-1/temp=61.2@0',
      'pump-1/count=5@0',
      'pump-1/ok=1@0',
      'pump-1/bad: wrong_type',
      'pump-1/note: wrong_type',
    ]);
    expect(show(spec, 'not a line', {})).toEqual(['bad_payload']);
  });
});

describe('waveforms', () => {
  const sine = (n: number, scale = 1) =>
    Array.from({ length: n }, (_, i) => scale * Math.sin((2 * Math.PI * 100 * i) / 5120));
  const raw = (encoding: string, more: object = {}) => ({
    type: 'waveform',
    framing: 'raw',
    encoding,
    sampleRateHz: 5120,
    ...more,
  });
  const json = (more: object = {}) => ({ type: 'waveform', framing: 'json', sampleRateHz: 5120, ...more });
  const int16 = (values: number[], order: 'LE' | 'BE' = 'LE') => {
    const bytes = Buffer.alloc(2 * values.length);
    values.forEach((v, i) => {
      bytes[`writeInt16${order}`](Math.round(1000 * v), 2 * i);
    });
    return bytes;
  };
  const samplesOf = (...args: Parameters<typeof arrivals>) =>
    arrivals(...args).map((a) =>
      a.ok && a.block.kind === 'waveform' ? [...a.block.samples] : a.ok ? [] : a.rejection,
    );

  test('big-endian samples are read by setting, and never as little-endian ones', () => {
    const bytes = int16(sine(1024), 'BE');
    expect(show(raw('int16', { scale: 0.001 }), bytes)).toEqual(['m/p: wrong_byte_order']);
    const [samples] = samplesOf(raw('int16', { scale: 0.001, byteOrder: 'big' }), bytes);
    expect(samples[13]).toBeCloseTo(sine(1024)[13], 3);
    expect(show(raw('int16', { scale: 0.001 }), int16(sine(1024)))).toEqual(['m/p: 1024 samples']);
  });

  test('full-range noise is not mistaken for a wrong byte order', () => {
    let seed = 1;
    const noise = Array.from({ length: 1024 }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return 60 * (seed / 2 ** 31) - 30;
    });
    expect(show(raw('int16'), int16(noise))).toEqual(['m/p: 1024 samples']);
  });

  test.each<[string, (view: DataView, at: number, v: number) => void, number]>([
    ['int8', (d, at, v) => d.setInt8(at, v), 1],
    ['uint8', (d, at, v) => d.setUint8(at, v), 1],
    ['uint16', (d, at, v) => d.setUint16(at, v, true), 2],
    ['int24', (d, at, v) => [d.setUint16(at, v & 0xffff, true), d.setInt8(at + 2, v >> 16)], 3],
    ['int32', (d, at, v) => d.setInt32(at, v, true), 4],
    ['uint32', (d, at, v) => d.setUint32(at, v, true), 4],
    ['float64', (d, at, v) => d.setFloat64(at, v, true), 8],
  ])('%s', (encoding, write, width) => {
    const values = encoding.startsWith('uint') ? [1, 2, 100] : [-1, 2, -100];
    const view = new DataView(new ArrayBuffer(width * values.length));
    for (const [i, v] of values.entries()) write(view, i * width, v);
    expect(samplesOf(raw(encoding, { scale: 0.5 }), new Uint8Array(view.buffer))).toEqual([values.map((v) => v / 2)]);
  });

  test('each interleaved axis is a point', () => {
    const bytes = int16([1, 2, 3, 4, 5, 6]);
    const spec = raw('int16', { scale: 0.001, axes: ['1H', '1V', '1A'] });
    expect(show(spec, bytes, { asset: 'm' })).toEqual(['m/1H: 2 samples', 'm/1V: 2 samples', 'm/1A: 2 samples']);
    expect(samplesOf(spec, bytes, { asset: 'm' })[1]).toEqual([2, 5].map(Math.fround));
    expect(show(spec, int16([1, 2]), { asset: 'm' })).toEqual([
      'm/1H: truncated',
      'm/1V: truncated',
      'm/1A: truncated',
    ]);
  });

  test('an envelope with its own keys, and nested axes', () => {
    const spec = json({ keys: { samples: 'data', sampleRate: 'fs', time: 'ts' }, sampleRateIn: 'kHz' });
    expect(show(spec, { fs: 5.12, data: sine(512), ts: NOW_MS })).toEqual(['m/p: 512 samples']);
    const nested = json({ axes: { '1H': 'acc.x', '1V': 'acc.y' } });
    expect(show(nested, { acc: { x: sine(512), y: sine(256) } }, { asset: 'm' })).toEqual([
      'm/1H: 512 samples',
      'm/1V: 256 samples',
    ]);
  });

  test('samples as text: numbers, hexadecimal or base64 digits, never confused', () => {
    const bytes = int16(sine(512));
    const spec = json({ encoding: 'int16', scale: 0.001 });
    for (const samples of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')])
      expect(samplesOf(spec, { samples })[0][13]).toBeCloseTo(sine(512)[13], 3);
    expect(samplesOf(json(), { samples: '0.5,-0.25, 1e-3' })).toEqual([[0.5, -0.25, 1e-3].map(Math.fround)]);
    expect(show(spec, { samples: 'no samples!' })).toEqual(['m/p: bad_payload']);
  });
});
