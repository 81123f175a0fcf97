import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { beforeAll, expect, test } from 'vitest';
import { arrivalLines } from './arrivalText.ts';
import { decode } from './decode.ts';
import { openProtobufs } from './protobufReaders.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };
const file = fileURLToPath(new URL('fixtures/report.proto', import.meta.url));
const format = { format: 'protobuf', protobuf: { file, message: 'acme.v1.Report' } };
const values = subscriptionSchema.parse({
  topic: 't',
  payload: { type: 'scalar', ...format, assetPath: 'machine', each: { path: 'values', point: 'tag' }, time: 'time_ms' },
});
const state = subscriptionSchema.parse({
  topic: 't',
  asset: 'm',
  point: 'running',
  payload: { type: 'scalar', ...format, value: 'state', states: { STOPPED: 0, RUNNING: 1 } },
});
const waveform = subscriptionSchema.parse({
  topic: 't',
  asset: 'm',
  point: '2H',
  payload: { type: 'waveform', framing: 'json', ...format, keys: { samples: 'acceleration', sampleRate: 'rate_hz' } },
});

const report = (fields: object): Uint8Array => {
  const type = new protobuf.Root().loadSync(file, { keepCase: true }).lookupType('acme.v1.Report');
  return type.encode(type.fromObject(fields)).finish();
};

function arrivalsOf(subscription: typeof values, payload: Uint8Array): string[] {
  const route = new Router([subscription]).find('t');
  return route ? decode(route, payload, limits).flatMap(arrivalLines) : [];
}

beforeAll(() => openProtobufs([values, state, waveform]));

test('values by their tags, including a 0, which is not transmitted', () => {
  const payload = report({
    time_ms: NOW_MS,
    machine: 'press-1',
    values: [
      { tag: 'temperature', value: 61.2 },
      { tag: 'speed', value: 0 },
    ],
  });
  expect(arrivalsOf(values, payload)).toEqual([
    'press-1/temperature = 61.2 at 2026-11-27T12:00:00.000Z',
    'press-1/speed = 0 at 2026-11-27T12:00:00.000Z',
  ]);
});

test('an enumeration by its names', () => {
  expect(arrivalsOf(state, report({ state: 1 }))).toEqual(['m/running = 1']);
  expect(arrivalsOf(state, report({ machine: 'x' }))).toEqual(['m/running = 0']);
});

test('a waveform of repeated floats', () => {
  expect(arrivalsOf(waveform, report({ acceleration: [0.5, -0.25], rate_hz: 3200 }))).toEqual([
    'm/2H = 2 samples [0.5, -0.25] at 3200 Hz',
  ]);
});

test('bytes that are not such a message are refused', () => {
  expect(arrivalsOf(values, Buffer.from('{"value":1}'))).toEqual(['(no point): bad_payload']);
});

test('a missing file, or one without the message, is a start-up error', async () => {
  const other = (protobuf: object) =>
    subscriptionSchema.parse({ topic: '{asset}/{point}', payload: { type: 'scalar', format: 'protobuf', protobuf } });
  await expect(openProtobufs([other({ file: '/nowhere.proto', message: 'A' })])).rejects.toThrow('/nowhere.proto');
  await expect(openProtobufs([other({ file, message: 'acme.v1.None' })])).rejects.toThrow('acme.v1.None');
  const payload = { type: 'scalar', format: 'protobuf' };
  expect(subscriptionSchema.safeParse({ topic: '{asset}/{point}', payload }).success).toBe(false);
});
