import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import sparkplugPayload from 'sparkplug-payload';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { until } from '#simulators/endToEnd/until.ts';
import type { HealthBody } from '../pipeline/health/healthReport.ts';
import { PlantPublisher } from './plantPublisher.ts';
import { publishSchema } from './publishConfig.ts';

interface Metric {
  name: string;
  type: string;
  value: unknown;
}
const { decodePayload, encodePayload } = sparkplugPayload.get('spBv1.0') as {
  decodePayload(bytes: Buffer): { metrics: Metric[] };
  encodePayload(payload: { timestamp: number; metrics: Metric[] }): Uint8Array;
};

const health = (index: number): HealthBody => ({
  ...{ asset: 'pump', kind: 'pump', displayName: 'Pumpe Süd', area: 'Halle 3/4', status: 'NORMAL', index, points: [] },
  remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'r' },
  ...{ timeMs: Date.now(), timeQuality: 'source' },
});

describe.skipIf(!installed('mosquitto'))('publishing the condition in the plant’s namespace', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-publish-'));
  const received: { topic: string; text: string; retained: boolean; metrics: Metric[] }[] = [];
  let broker: Broker;
  let listener: MqttClient;
  let publisher: PlantPublisher;
  const observe = (index: number) => {
    publisher.observe([{ kind: 'health', topic: 't', body: health(index) }]);
    publisher.flush();
  };
  const listen = async () => {
    listener = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 });
    listener.on('message', (topic, payload, { retain }) =>
      received.push({
        topic,
        text: String(payload),
        retained: retain,
        metrics: topic.startsWith('spBv1.0') ? decodePayload(payload).metrics : [],
      }),
    );
    await listener.subscribeAsync('#', { qos: 1 });
  };
  const latest = (topic: string) => received.findLast((message) => message.topic === topic);
  const arrives = (topic: string, holds: (m: (typeof received)[number]) => boolean = () => true) =>
    until(
      async () => received.some((m) => m.topic === topic && holds(m)),
      20_000,
      async () => received.map(({ topic: at }) => at),
    );

  beforeAll(async () => {
    broker = await startMosquitto(directory);
    await listen();
    const config = publishSchema.parse({
      url: broker.url,
      messages: [
        { of: 'condition', topic: 'acme/{site}/{area}/{line}/{asset}', payload: { i: '{index}', s: '{status}' } },
      ],
      sparkplug: { group: 'Plant1', node: 'condition' },
    });
    const log = pino({ level: 'silent' });
    publisher = new PlantPublisher(config, { site: 'hall', edge: 'e1' }, 'publisher', new Map(), Date.now, log);
    publisher.start();
    await arrives('spBv1.0/Plant1/NBIRTH/condition');
  });
  afterAll(async () => {
    await publisher?.stop();
    await listener?.endAsync(true);
    await broker?.process.end('SIGKILL');
  });

  test('a template fills JSON, without a level for an unknown line, and a device is born', async () => {
    observe(0.5);
    await arrives('acme/hall/Halle 3-4/pump');
    expect(JSON.parse(latest('acme/hall/Halle 3-4/pump')?.text ?? '')).toEqual({ i: 0.5, s: 'NORMAL' });
    await arrives('spBv1.0/Plant1/DBIRTH/condition/pump');
    const born = latest('spBv1.0/Plant1/DBIRTH/condition/pump')?.metrics;
    expect(born).toContainEqual(expect.objectContaining({ name: 'Condition/index', type: 'Double', value: 0.5 }));
    expect(born).toContainEqual(expect.objectContaining({ name: 'Condition/fault', type: 'String', value: null }));
  });

  test('a host that requests births gets them', async () => {
    received.length = 0;
    const metrics = [{ name: 'Node Control/Rebirth', type: 'Boolean', value: true }];
    const command = Buffer.from(encodePayload({ timestamp: Date.now(), metrics }));
    await listener.publishAsync('spBv1.0/Plant1/NCMD/condition', command);
    await arrives('spBv1.0/Plant1/NBIRTH/condition');
    await arrives('spBv1.0/Plant1/DBIRTH/condition/pump');
  });

  test('while the broker is away only the latest condition is queued, and published afterwards', async () => {
    await broker.process.end('SIGKILL');
    await until(async () => !publisher.connected, 10_000);
    for (const index of [0.6, 0.7, 0.8]) observe(index);
    expect(publisher.waiting).toBe(1);
    expect(publisher.replaced).toBeGreaterThanOrEqual(2);
    received.length = 0;
    await broker.process.crash();
    await listen();
    await arrives('acme/hall/Halle 3-4/pump', ({ text }) => JSON.parse(text).i === 0.8);
    expect(received.some(({ text }) => text.includes('0.6'))).toBe(false);
    await arrives('spBv1.0/Plant1/NBIRTH/condition');
  });
});
