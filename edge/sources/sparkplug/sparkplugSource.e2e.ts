import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import sparkplugPayload from 'sparkplug-payload';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { Arrival, Sink } from '../source.ts';
import type { SparkplugSourceConfig } from './sparkplugConfig.ts';
import { SparkplugSource } from './sparkplugSource.ts';

const spB = sparkplugPayload.get('spBv1.0')!;
const there = installed('mosquitto');
let broker: Broker;
let node: MqttClient;

beforeAll(async () => {
  if (!there) return;
  broker = await startMosquitto(mkdtempSync(join(tmpdir(), 'millwright-sparkplug-')));
  node = await mqtt.connectAsync(broker.url);
});
afterAll(async () => {
  await node?.endAsync(true);
  await broker?.process.end('SIGKILL');
});

const encode = (payload: object) => Buffer.from(spB.encodePayload(payload as never));
const timestamp = () => Date.now();

test.skipIf(!there)(
  'a node and its device by another encoder: births requested, data by alias, STATE published',
  async () => {
    const config = edgeConfigSchema.parse({
      site: 's',
      edge: 'e',
      dataDirectory: 'unused',
      sources: [
        {
          type: 'sparkplug',
          url: broker.url,
          groups: ['Plant1'],
          hostId: 'millwright',
          metrics: [
            { from: 'Plant1/+/{asset}', metric: 'Vibration/2H', point: '2H', sampleRateHz: 1000 },
            { from: 'Plant1/+/{asset}', metric: '{point}' },
          ],
        },
      ],
      uplink: { url: broker.url },
    });
    const arrivals: Arrival[] = [];
    const sink: Sink = { accept: (arrival) => arrivals.push(arrival), whenReady: (resume) => resume() };
    const [settings] = config.sources as SparkplugSourceConfig[];
    const source = new SparkplugSource(settings, config.limits, 'host-1', () => Date.now(), pino({ level: 'silent' }));

    const states: unknown[] = [];
    let rebirths = 0;
    node.on('message', (topic, payload) => {
      if (topic.includes('/STATE/')) states.push(JSON.parse(payload.toString()));
      if (topic.endsWith('/NCMD/Line1')) {
        const [request] = spB.decodePayload(payload).metrics ?? [];
        expect(request).toMatchObject({ name: 'Node Control/Rebirth', value: true });
        rebirths++;
      }
    });
    await node.subscribeAsync(['spBv1.0/STATE/millwright', 'spBv1.0/Plant1/NCMD/#'], { qos: 1 });
    await source.start(sink);
    await expect.poll(() => states.at(-1)).toMatchObject({ online: true });

    const data = (seq: number, metrics: object[]) => encode({ timestamp: timestamp(), seq, metrics });
    await node.publishAsync('spBv1.0/Plant1/DDATA/Line1/pump-1', data(9, [{ alias: 2, type: 'Double', value: 1 }]));
    await expect.poll(() => rebirths).toBe(1);
    expect(arrivals).toEqual([{ ok: false, rejection: 'unknown_metric', point: null }]);

    await node.publishAsync('spBv1.0/Plant1/NBIRTH/Line1', data(0, [{ name: 'bdSeq', type: 'UInt64', value: 1 }]));
    await node.publishAsync(
      'spBv1.0/Plant1/DBIRTH/Line1/pump-1',
      data(1, [
        { name: 'temperature', alias: 2, type: 'Double', value: 60.5, timestamp: timestamp() },
        { name: 'Serial', alias: 3, type: 'String', value: 'A-1', timestamp: timestamp() },
      ]),
    );
    await node.publishAsync(
      'spBv1.0/Plant1/DDATA/Line1/pump-1',
      data(2, [{ alias: 2, type: 'Double', value: 61.5, timestamp: timestamp() }]),
    );
    await node.publishAsync('spBv1.0/Plant1/DDATA/Line1/pump-1', Buffer.from('no protobuf'));
    const samples = new Uint8Array(Float32Array.from({ length: 500 }, (_, i) => Math.sin(i)).buffer);
    const wave = create(PayloadSchema, {
      timestamp: BigInt(timestamp()),
      seq: 3n,
      metrics: [{ name: 'Vibration/2H', datatype: 30, value: { case: 'bytesValue', value: samples } }],
    });
    await node.publishAsync('spBv1.0/Plant1/DDATA/Line1/pump-1', Buffer.from(toBinary(PayloadSchema, wave)));
    await expect.poll(() => arrivals.length).toBe(6);
    expect(arrivals.at(-1)).toMatchObject({ ok: true, block: { kind: 'waveform', point: '2H', sampleRateHz: 1000 } });
    const values = arrivals.flatMap((a) =>
      a.ok && a.block.kind === 'scalars' ? [[a.block.asset, a.block.values[0]]] : [],
    );
    expect(values).toEqual([
      ['pump-1', 60.5],
      ['pump-1', 61.5],
    ]);
    expect(arrivals.flatMap((a) => (a.ok ? [] : [a.rejection]))).toEqual([
      'unknown_metric',
      'unsupported_type',
      'bad_payload',
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const lie = JSON.stringify({ online: false, timestamp: 1 });
    await node.publishAsync('spBv1.0/STATE/millwright', lie, { qos: 1, retain: true });
    await expect.poll(() => states.slice(-2)).toMatchObject([{ online: false, timestamp: 1 }, { online: true }]);
    await source.stop();
    await expect.poll(() => states.at(-1)).toMatchObject({ online: false });
  },
);

test.skipIf(!there)('a compressed node, and its stored values, marked as historical', async () => {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    sources: [
      {
        type: 'sparkplug',
        url: broker.url,
        groups: ['Plant2'],
        metrics: [{ from: 'Plant2/{asset}', metric: '{point}' }],
      },
    ],
    uplink: { url: broker.url },
  });
  const arrivals: Arrival[] = [];
  const [settings] = config.sources as SparkplugSourceConfig[];
  const source = new SparkplugSource(settings, config.limits, 'host-2', () => Date.now(), pino({ level: 'silent' }));
  await source.start({ accept: (arrival) => arrivals.push(arrival), whenReady: (resume) => resume() });
  await expect.poll(() => source.state).toBe('connected');
  const compressed = (seq: number, metrics: object[]) =>
    encode({
      timestamp: timestamp(),
      uuid: 'SPBV1.0_COMPRESSED',
      body: gzipSync(encode({ timestamp: timestamp(), seq, metrics })),
      metrics: [{ name: 'algorithm', type: 'String', value: 'GZIP' }],
    });
  const metric = (value: number, more: object = {}) => ({
    name: 'temperature',
    type: 'Double',
    value,
    timestamp: timestamp(),
    ...more,
  });
  const birth = compressed(0, [metric(60)]);
  // Subscriptions follow the connection: the birth is resent until it is received.
  await expect
    .poll(async () => {
      if (arrivals.length === 0) await node.publishAsync('spBv1.0/Plant2/NBIRTH/pump', birth);
      return arrivals.length;
    })
    .toBeGreaterThan(0);
  const hourAgo = timestamp() - 3_600_000;
  await node.publishAsync(
    'spBv1.0/Plant2/NDATA/pump',
    compressed(1, [metric(20, { timestamp: hourAgo, isHistorical: true }), metric(61)]),
  );
  await expect.poll(() => arrivals.at(-1)).toMatchObject({ ok: true, block: { values: Float64Array.of(61) } });
  expect(arrivals.at(-2)).toMatchObject({
    ok: true,
    block: { historical: true, timesUs: Float64Array.of(hourAgo * 1000), values: Float64Array.of(20) },
  });
  expect(arrivals.at(-1)).not.toHaveProperty('block.historical');
  expect(source.events.get('missing_messages')).toBe(0);
  await source.stop();
});
