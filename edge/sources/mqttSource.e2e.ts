import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '#simulators/endToEnd/certificates.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';

/** Debian's own clients publish, over TLS with a certificate each; nobody without one is let in. */
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

    test('every value is accounted for: taken, refused by quality or unit, retained, twice', async () => {
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

    test('while the edge is away the broker keeps what comes at QoS 1', async () => {
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
