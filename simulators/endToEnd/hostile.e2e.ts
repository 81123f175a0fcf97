import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { Refusal } from '#models/contracts/message.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { residentMegabytes } from '../processUsage.ts';
import { type Broker, installed, startMosquitto } from './servers.ts';
import { Edge, Gateway } from './services.ts';
import { until } from './until.ts';

const MESSAGES = 10_000;
const GOOD_FRAMES = 200;
const random = randomOf(20260105);
const nowUs = Date.now() * 1000;
const bytes = (n: number) => Buffer.from(Uint8Array.from({ length: n }, () => 1 + Math.floor(random() * 255)));
const text = (value: string) => Buffer.from(value);
const samples = (fill: (i: number) => number) => Float32Array.from({ length: 64 }, (_, i) => fill(i));

function frame(
  header: { sampleRateHz?: number; startUs?: number; scale?: number },
  data = samples(() => random()),
): Buffer {
  return Buffer.from(
    encodeFrame({ encoding: 'float32', sampleRateHz: 1000, scale: 1, startUs: nowUs, ...header }, data),
  );
}

/** Kinds of garbage for waveform and value topics, each with the reason under which it must be counted. */
const WAVEFORMS: [Rejection, () => Buffer][] = [
  ['bad_header', () => bytes(32 + Math.floor(random() * 500))],
  ['truncated', () => bytes(1 + Math.floor(random() * 30))],
  ['truncated', () => frame({}).subarray(0, 32 + 1 + 4 * Math.floor(random() * 20))],
  ['empty', () => Buffer.alloc(0)],
  ['empty', () => frame({}).subarray(0, 32)],
  [
    'bad_rate',
    () => frame({ sampleRateHz: [0, -5, Number.NaN, 1e9, Number.POSITIVE_INFINITY][Math.floor(random() * 5)] }),
  ],
  [
    'not_finite',
    () =>
      frame(
        {},
        samples((i) => (i === 7 ? Number.NaN : 1)),
      ),
  ],
  [
    'not_finite',
    () =>
      frame(
        {},
        samples((i) => (i === 9 ? Number.NEGATIVE_INFINITY : 1)),
      ),
  ],
  [
    'out_of_range',
    () =>
      frame(
        {},
        samples((i) => (i === 3 ? 1e30 : 0)),
      ),
  ],
  ['bad_header', () => frame({ scale: Number.NaN })],
  ['bad_header', () => frame({ startUs: Number.POSITIVE_INFINITY })],
  ['time_too_old', () => frame({ startUs: Date.UTC(1960, 0, 2) * 1000 })],
  ['time_in_future', () => frame({ startUs: Date.UTC(2100, 0, 1) * 1000 })],
];
const VALUES: [Rejection, () => Buffer][] = [
  [
    'bad_json',
    () => bytes(1 + Math.floor(random() * 200)).map((b) => (b === 0x5b || b === 0x7b ? 0x78 : b | 0x80)) as Buffer,
  ],
  ['bad_json', () => text('{"value": 1')],
  ['missing_value', () => text('{"value": NaN}')],
  ['too_deep', () => text('['.repeat(10_000))],
  ['too_deep', () => text(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)],
  ['missing_value', () => text('{}')],
  ['missing_value', () => text('[]')],
  ['missing_value', () => text('{"value": null}')],
  ['wrong_type', () => text('"text"')],
  ['wrong_type', () => text('{"value": "many"}')],
  ['not_finite', () => text('{"value": "NaN"}')],
  ['wrong_type', () => text('{"value": {"value": 1}}')],
  ['wrong_type', () => text('{"value": 1, "time": "yesterday"}')],
  ['wrong_type', () => text('{"value": 1, "time": []}')],
  ['not_finite', () => text('{"value": 1e999}')],
  ['out_of_range', () => text('{"value": -1e300}')],
  ['time_too_old', () => text('{"value": 1, "time": "1960-01-01T00:00:00Z"}')],
  ['time_in_future', () => text('{"value": 1, "time": "2100-01-01T00:00:00Z"}')],
  ['empty', () => Buffer.alloc(0)],
];
const GATEWAY: [Refusal, () => Buffer][] = [
  ['bad_json', () => bytes(50)],
  ['bad_json', () => text('{"v": 1')],
  ['unknown_version', () => text('{"v": 2}')],
  ['unknown_version', () => text('null')],
  ['contract_broken', () => text('{"v": 1, "site": "test"}')],
  ['bad_json', () => text('['.repeat(200_000))],
];

describe.skipIf(!installed('mosquitto'))(`${MESSAGES} malformed messages of many kinds`, () => {
  let broker: Broker;
  let gateway: Gateway;
  let edge: Edge;
  let before: number;
  const expected = new Map<string, number>();
  const count = (reason: string) => expected.set(reason, (expected.get(reason) ?? 0) + 1);

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-hostile-'));
    broker = await startMosquitto(directory);
    gateway = await Gateway.start(directory, broker.url);
    edge = await Edge.start(directory, broker.url, { windows: { length: 256, hop: 256 } });
    await until(async () => (await edge.metrics()).get('millwright_edge_source_connected{source="0"}') === 1, 10_000);
    before = residentMegabytes(edge.process.pid, 'VmRSS');

    const sender = await mqtt.connectAsync(broker.url);
    const good = await mqtt.connectAsync(broker.url);
    const goodFrame = (i: number) =>
      frame(
        { sampleRateHz: 256, startUs: nowUs - (GOOD_FRAMES - i) * 1e6 },
        Float32Array.from({ length: 256 }, () => gaussian(random)),
      );
    for (let i = 0; i < MESSAGES; i++) {
      const kinds = i % 2 === 0 ? WAVEFORMS : VALUES;
      const [reason, make] = kinds[Math.floor(random() * kinds.length)];
      const point = `p${Math.floor(random() * 5)}`;
      count(reason);
      await sender.publishAsync(`plant/m/${point}/${i % 2 === 0 ? 'waveform' : 'value'}`, make(), { qos: 1 });
      if (i % (MESSAGES / GOOD_FRAMES) === 0) {
        await good.publishAsync('plant/good/2H/waveform', goodFrame(i / (MESSAGES / GOOD_FRAMES)), { qos: 1 });
      }
    }
    for (const topic of ['plant//x/value', 'plant/m//value', 'plant/ /x/value', `plant/${'n'.repeat(2000)}/x/value`]) {
      count('bad_topic');
      await sender.publishAsync(topic, text('{"value": 1}'), { qos: 1 });
    }
    for (let i = 0; i < 4; i++) {
      count('too_large');
      await sender.publishAsync('plant/m/p0/value', Buffer.alloc(50 * 1024 * 1024, 0x5b), { qos: 1 });
    }
    for (let i = 0; i < 600; i++) {
      const [refusal, make] = GATEWAY[i % GATEWAY.length];
      count(refusal === 'bad_json' ? 'gateway_bad_json' : refusal);
      await sender.publishAsync('millwright/v1/test/edge-9/features/a/p', make(), { qos: 1 });
    }
    await sender.endAsync();
    await good.endAsync();
  });
  afterAll(async () => {
    await edge?.process.end('SIGTERM');
    await gateway?.process.end('SIGTERM');
    await broker?.process.end('SIGKILL');
  });

  test('each is counted under its reason', async () => {
    const reasons = [
      ...new Set([...WAVEFORMS, ...VALUES].map(([reason]) => reason)),
      'bad_topic',
      'too_large',
    ] as const;
    const counted = async () => {
      const metrics = await edge.metrics();
      return Object.fromEntries(
        reasons.map((r) => [r, metrics.get(`millwright_edge_messages_rejected_total{reason="${r}"}`) ?? 0]),
      );
    };
    const expectedCounts = Object.fromEntries(reasons.map((r) => [r, expected.get(r) ?? 0]));
    const total = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
    await until(async () => total(await counted()) >= total(expectedCounts), 60_000, counted as () => unknown);
    expect(await counted()).toEqual(expectedCounts);
  });

  test('the gateway counts its rejections, too', async () => {
    const refused = async (refusal: string) =>
      (await gateway.metrics()).get(`millwright_gateway_messages_refused_total{refusal="${refusal}"}`);
    await until(async () => (await refused('bad_json')) === expected.get('gateway_bad_json'), 20_000);
    expect(await refused('bad_json')).toBe(expected.get('gateway_bad_json'));
    expect(await refused('unknown_version')).toBe(expected.get('unknown_version'));
    expect(await refused('contract_broken')).toBe(expected.get('contract_broken'));
  });

  test('valid data arrived nevertheless, every frame of them', async () => {
    await until(
      async () => (await gateway.ledger()).points.some((p) => p.asset === 'good' && p.stored === GOOD_FRAMES),
      20_000,
    );
    const point = (await gateway.ledger()).points.find((p) => p.asset === 'good');
    expect(point).toMatchObject({ received: GOOD_FRAMES, delivered: GOOD_FRAMES, rejected: {}, unexplained: 0 });
  });

  test('no process died, and memory stayed bounded', () => {
    expect(edge.process.alive && gateway.process.alive).toBe(true);
    const after = residentMegabytes(edge.process.pid, 'VmRSS');
    const peak = residentMegabytes(edge.process.pid, 'VmHWM');
    process.stderr.write(
      `edge: ${before.toFixed(0)} MB before, ${after.toFixed(0)} after, ${peak.toFixed(0)} at its peak\n`,
    );
    // A payload of 50 MB is in memory while it is refused, and a second time while the client assembles it.
    expect(peak).toBeLessThan(500);
    expect(residentMegabytes(gateway.process.pid, 'VmHWM')).toBeLessThan(500);
  });
});
