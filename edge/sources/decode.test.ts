import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import { sampleBlockSchema } from '#models/contracts/sampleBlock.ts';
import { decode as decodeAll } from './decode.ts';
import type { DecodeLimits } from './decoded.ts';
import type { Route } from './route.ts';
import { type Subscription, subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const limits = { nowMs: Date.UTC(2026, 0, 5), maxFutureMs: 1000, readTime: timeReader('auto', 'UTC') };
/** For payloads with one point. */
const decode = (of: Route, payload: Uint8Array, its: DecodeLimits) => decodeAll(of, payload, its)[0];
const startUs = limits.nowMs * 1000 - 1e6;
const route = (payload: unknown): Route => ({
  asset: 'pump-101',
  point: '2H',
  subscription: subscriptionSchema.parse({ topic: 'a/{asset}/{point}', payload }) as Subscription,
});
const text = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('waveforms', () => {
  const expected = {
    ok: true,
    block: { kind: 'waveform', asset: 'pump-101', point: '2H', sampleRateHz: 1000, startUs, timeQuality: 'source' },
  };

  test('framed float32 and int16 with their scale', () => {
    const header = { sampleRateHz: 1000, startUs };
    const float = decode(
      route({ type: 'waveform', framing: 'header' }),
      encodeFrame({ ...header, encoding: 'float32', scale: 2 }, Float32Array.of(1, -2)),
      limits,
    );
    expect(float).toMatchObject(expected);
    expect(float.ok && float.block.kind === 'waveform' && [...float.block.samples]).toEqual([2, -4]);
    const int = decode(
      route({ type: 'waveform', framing: 'header' }),
      encodeFrame({ ...header, encoding: 'int16', scale: 0.5 }, Int16Array.of(3, -32768)),
      limits,
    );
    expect(int.ok && int.block.kind === 'waveform' && [...int.block.samples]).toEqual([1.5, -16384]);
  });

  test('raw samples end on arrival, at the configured rate', () => {
    const bytes = Buffer.concat([
      Buffer.from([0]),
      Buffer.from(Float32Array.from({ length: 500 }, () => 1).buffer),
    ]).subarray(1);
    const decoded = decode(route({ type: 'waveform', framing: 'raw', sampleRateHz: 1000 }), bytes, limits);
    expect(decoded).toMatchObject({
      ok: true,
      block: { timeQuality: 'received', startUs: (limits.nowMs - 500) * 1000 },
    });
  });

  test('JSON envelopes with numbers or base64, completed by the configuration', () => {
    const spec = { type: 'waveform', framing: 'json', encoding: 'int16', sampleRateHz: 1000, scale: 0.1 };
    const startTime = new Date(startUs / 1000).toISOString();
    const numbers = decode(route(spec), text({ samples: [10, 20], startTime }), limits);
    expect(numbers).toMatchObject(expected);
    expect(numbers.ok && numbers.block.kind === 'waveform' && numbers.block.samples[1]).toBeCloseTo(2, 6);
    const packed = Buffer.from(Int16Array.of(10, 20).buffer).toString('base64');
    const base64 = decode(route(spec), text({ samples: packed, startTime: startUs / 1000, scale: 1 }), limits);
    expect(base64.ok && base64.block.kind === 'waveform' && [...base64.block.samples]).toEqual([10, 20]);
  });
});

describe('values', () => {
  const spec = { type: 'scalar', value: 'data.value', time: 'data.at' };
  test('by path, with their time', () => {
    const decoded = decode(route(spec), text({ data: { value: 61.5, at: '2026-01-04T00:00:00Z' } }), limits);
    expect(decoded).toMatchObject({ ok: true, block: { kind: 'scalars', timeQuality: 'source' } });
    expect(decoded.ok && decoded.block.kind === 'scalars' && decoded.block.values[0]).toBe(61.5);
  });
  test('a bare number takes its time of arrival', () => {
    const decoded = decode(route(spec), Buffer.from('7.25'), limits);
    expect(decoded).toMatchObject({ ok: true, block: { timeQuality: 'received' } });
    expect(decoded.ok && decoded.block.kind === 'scalars' && decoded.block.timesUs[0]).toBe(limits.nowMs * 1000);
  });
  test('prototype properties are not readable by path', () => {
    expect(decode(route({ type: 'scalar', value: 'constructor.length' }), text({}), limits)).toMatchObject({
      ok: false,
      rejection: 'missing_value',
    });
  });

  const columnOf = (spec: object, payload: unknown) => {
    const decoded = decode(route({ type: 'scalar', ...spec }), text(payload), limits);
    if (!decoded.ok) return decoded.rejection;
    if (decoded.block.kind !== 'scalars') throw new Error('no values');
    return [[...decoded.block.timesUs].map((us) => us / 1000 - limits.nowMs), [...decoded.block.values]];
  };
  const stamp = (beforeMs: number) => new Date(limits.nowMs - beforeMs).toISOString();

  test('arrays by path, with a time each, or with the last one’s time and an interval', () => {
    const rows = { rows: [{ v: 1, t: stamp(200) }, { v: 2, t: stamp(100) }] }; // biome-ignore format: a payload
    expect(columnOf({ value: 'rows.*.v', time: 'rows.*.t' }, rows)).toEqual([
      [-200, -100],
      [1, 2],
    ]);
    const spaced = { value: 'v', time: 't', intervalMs: 50 };
    expect(columnOf(spaced, { v: [5, 6, 7], t: stamp(0) })).toEqual([
      [-100, -50, 0],
      [5, 6, 7],
    ]);
    expect(columnOf({ value: 'v', time: 't' }, { v: [5, 6], t: stamp(0) })).toBe('wrong_type');
    expect(columnOf({ value: 'rows.*.v', time: 'rows.*.t' }, { rows: [{ v: 1 }, { v: 2 }] })).toBe('wrong_type');
    expect(columnOf(spaced, { v: [], t: stamp(0) })).toBe('empty');
    // Each unusable value is refused individually.
    expect(columnOf(spaced, { v: [1, 'x', 3], t: stamp(0) })).toEqual([
      [-100, 0],
      [1, 3],
    ]);
  });

  test('bad quality, and units beside the value', () => {
    const spec = { quality: 'q', unit: 'u' };
    expect(columnOf(spec, { value: 1, q: 'Good', u: '°C' })).toEqual([[0], [1]]);
    for (const q of ['Bad', 0, false, undefined]) expect(columnOf(spec, { value: 1, q })).toBe('bad_quality');
    const decoded = decode(route({ type: 'scalar', unit: 'u' }), text({ value: 1, u: '°F' }), limits);
    expect(decoded.ok && decoded.block.unit).toBe('°F');
  });

  test('one message has several points, each accepted or refused on its own', () => {
    const payload = { type: 'scalar', values: { temperature: 'temp', speed: 'drive.rpm' } };
    const of = { ...route(payload), point: '' };
    const arrivals = decodeAll(of, text({ temp: 61, drive: { rpm: 'fast' } }), limits);
    expect(arrivals).toMatchObject([
      { ok: true, block: { point: 'temperature' } },
      { ok: false, rejection: 'wrong_type', point: { asset: 'pump-101', point: 'speed' } },
    ]);
    expect(decodeAll(of, Buffer.from('{'), limits)).toHaveLength(2);
    // A bare number belongs to no point.
    expect(decodeAll(of, Buffer.from('5'), limits)).toMatchObject([
      { rejection: 'missing_value' },
      { rejection: 'missing_value' },
    ]);
  });
});

test('no bytes make a decoder throw, and its output keeps to the contract', () => {
  const routes = [
    route({ type: 'waveform', framing: 'header' }),
    route({ type: 'waveform', framing: 'json', sampleRateHz: 100 }),
    route({ type: 'waveform', framing: 'raw', encoding: 'int16', sampleRateHz: 100 }),
    route({ type: 'scalar' }),
  ];
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.jsonValue().map((v) => new Uint8Array(text(v))),
    fc
      .record(
        { samples: fc.jsonValue(), sampleRateHz: fc.jsonValue(), startTime: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((v) => new Uint8Array(text(v))),
    fc
      .tuple(fc.double(), fc.double(), fc.double(), fc.array(fc.float(), { maxLength: 20 }))
      .map(([sampleRateHz, scale, at, data]) =>
        encodeFrame({ encoding: 'float32', sampleRateHz, scale, startUs: at }, Float32Array.from(data)),
      ),
  );
  fc.assert(
    fc.property(anything, fc.constantFrom(...routes), (payload, to) => {
      const decoded = decode(to, payload, limits);
      if (!decoded.ok) return;
      expect(sampleBlockSchema.safeParse(decoded.block).success).toBe(true);
      const values = decoded.block.kind === 'waveform' ? decoded.block.samples : decoded.block.values;
      expect(values.every((v) => Number.isFinite(v))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
