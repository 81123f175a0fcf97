import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import { sampleBlockSchema } from '#models/contracts/sampleBlock.ts';
import { type Subscription, subscriptionSchema } from '../config.ts';
import { decode } from './decode.ts';
import type { Route } from './route.ts';

const limits = { nowMs: Date.UTC(2026, 0, 5), maxFutureMs: 1000 };
const startUs = limits.nowMs * 1000 - 1e6;
const route = (payload: unknown): Route => ({
  asset: 'pump-101',
  point: '2H',
  subscription: subscriptionSchema.parse({ topic: 'a/{asset}/{point}', payload }) as Subscription,
});
const text = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('waveforms', () => {
  const wanted = {
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
    expect(float).toMatchObject(wanted);
    expect(float.ok && float.block.kind === 'waveform' && [...float.block.samples]).toEqual([2, -4]);
    const int = decode(
      route({ type: 'waveform', framing: 'header' }),
      encodeFrame({ ...header, encoding: 'int16', scale: 0.5 }, Int16Array.of(3, -32768)),
      limits,
    );
    expect(int.ok && int.block.kind === 'waveform' && [...int.block.samples]).toEqual([1.5, -16384]);
  });

  test('raw samples end now, by the configured rate', () => {
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

  test('JSON envelopes with numbers or base64, and what they leave out from the configuration', () => {
    const spec = { type: 'waveform', framing: 'json', encoding: 'int16', sampleRateHz: 1000, scale: 0.1 };
    const startTime = new Date(startUs / 1000).toISOString();
    const numbers = decode(route(spec), text({ samples: [10, 20], startTime }), limits);
    expect(numbers).toMatchObject(wanted);
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
  test('a bare number has the time of its arrival', () => {
    const decoded = decode(route(spec), Buffer.from('7.25'), limits);
    expect(decoded).toMatchObject({ ok: true, block: { timeQuality: 'received' } });
    expect(decoded.ok && decoded.block.kind === 'scalars' && decoded.block.timesUs[0]).toBe(limits.nowMs * 1000);
  });
  test('nothing is read from where an object keeps its methods', () => {
    expect(decode(route({ type: 'scalar', value: 'constructor.length' }), text({}), limits)).toEqual({
      ok: false,
      rejection: 'missing_value',
    });
  });
});

test('no bytes make a decoder throw, and what it lets through keeps to the contract', () => {
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
