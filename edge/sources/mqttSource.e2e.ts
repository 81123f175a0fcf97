import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '#simulators/endToEnd/certificates.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort, listens } from '#simulators/freePort.ts';
import { startMosquittoOn } from '#simulators/mosquitto.ts';
import { edgeConfigSchema } from '../config.ts';
import { ChunkStore } from './chunkStore.ts';
import { MqttSource } from './mqttSource.ts';
import type { Arrival, OnceSink } from './source.ts';

/** Debian's own clients publish, over TLS with a certificate each; the broker requires one. */
describe.skipIf(!installed('mosquitto') || !installed('mosquitto_pub')).each(['3.1.1', '5'] as const)(
  'MQTT %s over TLS with client certificates',
  (protocol) => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-mqtt-'));
    const files = makeCertificates(directory, ['server', 'edge', 'gateway', 'device']);
    let broker: Broker;
    let gateway: Gateway;
    let edge: Edge;
    const publish = (topic: string, message: string, ...more: string[]) => {
      const { cert, key } = files.of('device');
      const as = ['--cafile', files.ca, '--cert', cert, '--key', key, '-p', String(broker.port), '-h', 'localhost'];
      const version = protocol === '5' ? 'mqttv5' : 'mqttv311';
      return spawnSync('mosquitto_pub', [...as, '-V', version, '-q', '1', '-t', topic, '-m', message, ...more]);
    };

    beforeAll(async () => {
      const { cert, key } = files.of('server');
      broker = await startMosquitto(
        directory,
        `cafile ${files.ca}\ncertfile ${cert}\nkeyfile ${key}\nrequire_certificate true\nuse_identity_as_username true\n`,
      );
      const url = `mqtts://localhost:${broker.port}`;
      const as = (name: string) => {
        const own = files.of(name);
        return { url, caFile: files.ca, certificateFile: own.cert, keyFile: own.key };
      };
      gateway = await Gateway.start(directory, url, { broker: as('gateway') });
      const payload = {
        type: 'scalar',
        values: { temperature: 'temp', speed: 'drive.rpm' },
        time: 'at',
        quality: 'q',
        unit: 'unit',
      };
      const source = {
        type: 'mqtt',
        ...as('edge'),
        protocol,
        timeFormat: 'dd.MM.yyyy HH:mm:ss.SSS',
        timeZone: 'America/New_York',
        subscriptions: [{ topic: 'plant/+/{asset}', payload }],
      };
      const points = { temperature: { unit: 'degC' }, speed: { unit: 'degC', role: 'speed' } };
      const assets = { 'pump-1': { points } };
      edge = await Edge.start(directory, url, {
        sources: [source],
        uplink: { ...as('edge'), protocol },
        assets,
        slowIntervalS: 1,
      });
    });
    afterAll(async () => {
      await edge?.process.end('SIGTERM');
      await gateway?.process.end('SIGTERM');
      await broker?.process.end('SIGKILL');
    });

    test('every value is accounted for: accepted, refused by quality or unit, retained, duplicate', async () => {
      expect(
        spawnSync('mosquitto_pub', ['-h', 'localhost', '-p', String(broker.port), '-t', 'a', '-m', 'b']).status,
      ).not.toBe(0);
      const at = (ms: number) => {
        const parts = new Intl.DateTimeFormat('de-DE', {
          timeZone: 'America/New_York',
          day: '2-digit',
          month: '2-digit',
          year: 'numeric',
          hour: '2-digit',
          minute: '2-digit',
          second: '2-digit',
          fractionalSecondDigits: 3,
        }).format(ms);
        return parts.replace(', ', ' ').replace(',', '.');
      };
      const began = Math.floor(Date.now() / 1000) * 1000 - 60_000;
      const message = (i: number, more: object = {}) =>
        JSON.stringify({
          temp: 60 + (i % 4),
          drive: { rpm: 1480 },
          at: at(began + i * 500),
          q: 'Good',
          unit: '°C',
          ...more,
        });
      for (let i = 0; i < 12; i++) expect(publish('plant/hall/pump-1', message(i)).status).toBe(0);
      publish('plant/hall/pump-1', message(11));
      publish('plant/hall/pump-1', message(12, { q: 'Bad' }));
      publish('plant/hall/pump-1', message(13, { unit: 'bar' }));
      publish('plant/hall/pump-1', message(14, { at: 'soon' }));
      publish('plant/hall/pump-1', 'not JSON');
      const point = async (name: string) => (await gateway.ledger()).points.find((p) => p.point === name);
      await until(
        async () => (await point('temperature'))?.received === 17,
        30_000,
        () => point('temperature'),
      );
      expect(await point('temperature')).toMatchObject({
        delivered: 12,
        duplicate: 1,
        rejected: { bad_quality: 1, unit_mismatch: 1, wrong_type: 1, bad_json: 1 },
        unexplained: 0,
      });
      expect(await point('speed')).toMatchObject({ received: 17, unexplained: 0 });
      // Twelve values over six seconds: the first five are whole intervals by their own times.
      expect((await point('temperature'))?.windows).toBe(5);
    });

    test('while the edge is away the broker queues messages at QoS 1', async () => {
      const before = (await gateway.ledger()).points.find((p) => p.point === 'temperature')?.received ?? 0;
      await edge.process.end('SIGKILL');
      for (let i = 0; i < 5; i++) publish('plant/hall/pump-1', 'not JSON');
      await edge.process.crash();
      await until(
        async () => (await gateway.ledger()).points.find((p) => p.point === 'temperature')?.received === before + 5,
        30_000,
      );
    });
  },
);

/** Collects what a source delivers, as `asset/point=first value` or the reason for its rejection. */
class Collector implements OnceSink {
  readonly seen: string[] = [];
  accept(arrival: Arrival, done: (() => void) | null): void {
    this.seen.push(arrival.ok ? textOf(arrival) : arrival.rejection);
    done?.();
  }
  whenReady(resume: () => void): void {
    resume();
  }
  acceptOnce(arrivals: readonly Arrival[], _receipt: unknown, done: () => void): void {
    for (const arrival of arrivals) this.accept(arrival, null);
    done();
  }
  receiptOf(): null {
    return null;
  }
}

function textOf({ block }: Arrival & { ok: true }): string {
  const { asset, point } = block;
  return block.kind === 'waveform'
    ? `${asset}/${point}: ${block.samples.length} at ${block.sampleRateHz} Hz from ${block.startUs / 1000}`
    : `${asset}/${point}=${block.values[0]}`;
}

describe.skipIf(!installed('mosquitto'))('MQTT 5 over WebSocket, with a standby broker', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-mqtt5-'));
  const START_MS = Date.now() - 10_000;
  const children: ReturnType<typeof startMosquittoOn>[] = [];
  const clients: mqtt.MqttClient[] = [];
  const collector = new Collector();
  let source: MqttSource;
  let ports: number[];
  const client = async (i: number) => {
    const one = await mqtt.connectAsync(`ws://127.0.0.1:${ports[i]}`, { protocolVersion: 5, reconnectPeriod: 0 });
    clients.push(one);
    return one;
  };

  beforeAll(async () => {
    ports = [await freePort(), await freePort()];
    for (const port of ports) {
      const more = `listener ${port} 127.0.0.1\nprotocol websockets\n`;
      children.push(startMosquittoOn(await freePort(), mkdtempSync(join(directory, 'broker-')), more));
      await until(() => listens(port), 10_000);
    }
    const device = await client(0);
    await device.publishAsync('state/pump/mode', JSON.stringify({ value: 3, time: START_MS }), { retain: true });
    await device.publishAsync('state/pump/undated', '{"value":4}', { retain: true });
    // A device that answers requests on the response topic.
    await device.subscribeAsync('ask/fan');
    device.on('message', (_topic, payload, { properties }) => {
      if (properties?.responseTopic)
        device.publish(properties.responseTopic, JSON.stringify({ value: Number(String(payload)) }));
    });
    const config = edgeConfigSchema.parse({
      site: 's',
      edge: 'e',
      dataDirectory: directory,
      uplink: { url: 'mqtt://127.0.0.1:1' },
      sources: [
        {
          type: 'mqtt',
          protocol: '5',
          url: `ws://127.0.0.1:${ports[0]}`,
          standby: [`127.0.0.1:${ports[1]}`],
          subscriptions: [
            { topic: 'state/{asset}/{point}', retained: true, payload: { type: 'scalar' } },
            { topic: 'answers/{asset}/{point}', payload: { type: 'scalar' } },
            {
              topic: 'frames',
              asset: '{machine}',
              point: '{axis}',
              properties: { machine: 'device', axis: 'channel', rate: 'rate', start: 'start' },
              payload: {
                type: 'waveform',
                framing: 'raw',
                encoding: 'int16',
                keys: { sampleRate: '{rate}', time: '{start}' },
              },
            },
          ],
          requests: [{ topic: 'ask/fan', payload: '61.5', everyS: 0.5, responseTopic: 'answers/fan/temperature' }],
        },
      ],
    });
    const [own] = config.sources;
    if (own.type !== 'mqtt') throw new Error('not the source that was configured');
    const log = pino({ level: 'silent' });
    source = new MqttSource(own, config.limits, 'edge', Date.now, log, () => new ChunkStore(directory, 0));
    await source.start(collector);
    await until(async () => source.state === 'connected', 10_000);
  });
  afterAll(async () => {
    await source?.stop();
    for (const one of clients) await one.endAsync(true);
    for (const child of children) child.kill('SIGKILL');
  });

  test('retained values with their own time are accepted, and requests are answered and repeated', async () => {
    const answers = () => collector.seen.filter((text) => text === 'fan/temperature=61.5').length;
    await until(
      async () => answers() >= 2,
      10_000,
      async () => collector.seen,
    );
    expect(collector.seen).toContain('pump/mode=3');
    expect(collector.seen.filter((text) => text === 'retained')).toHaveLength(1);
  });

  test('user properties name machine, point, rate and time of a raw frame', async () => {
    const samples = Buffer.from(Int16Array.from({ length: 512 }, (_, i) => 1000 * Math.sin(i / 3)).buffer);
    const frame = (userProperties: Record<string, string>) =>
      clients[0].publishAsync('frames', samples, { qos: 1, properties: { userProperties } });
    await frame({ device: 'Lüfter 7', channel: '2H', rate: '3200', start: String(START_MS) });
    await frame({ channel: '2H' });
    const expected = `: 512 at 3200 Hz from ${START_MS}`;
    await until(
      async () => collector.seen.some((text) => text.endsWith(expected)) && collector.seen.includes('bad_topic'),
      10_000,
      async () => collector.seen,
    );
    expect(collector.seen.find((text) => text.endsWith(expected))).toMatch(/^Luefter-7\.[0-9a-f]{4}\/2H/);
  });

  test('the standby broker takes over, and the switch is counted', async () => {
    children[0].kill('SIGKILL');
    const device = await client(1);
    await until(
      async () => {
        await device.publishAsync('answers/fan/speed', '{"value":1480}');
        return collector.seen.includes('fan/speed=1480');
      },
      30_000,
      async () => collector.seen,
    );
    expect(source.events.get('broker_switched')).toBe(1);
  });
});
