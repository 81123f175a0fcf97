import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';

/** The edge's data are on a disk of three megabytes, and its gateway is away. */
const directory = mkdtempSync(join(tmpdir(), 'millwright-disk-'));
const disk = join(directory, 'edge');
mkdirSync(disk);
const mounted = () =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' }).status === 0;
const there = installed('mosquitto') && mounted();
if (!there)
  process.stderr.write('no small disk can be mounted here (not root, or not allowed): the full disk is skipped\n');

describe.skipIf(!there)('a full disk', () => {
  const POINTS = 4;
  const random = randomOf(8);
  const startUs = (Date.now() - 86_400_000) * 1000;
  let machines: Broker;
  let edge: Edge;
  let device: mqtt.MqttClient;
  let gatewayPort: number;
  let sent = 0;
  let acknowledged = 0;

  const send = () => {
    const data = Float32Array.from({ length: 512 }, () => gaussian(random));
    const at = startUs + Math.floor(sent / POINTS) * 1e6;
    const frame = encodeFrame({ encoding: 'float32', sampleRateHz: 5120, scale: 1, startUs: at }, data);
    const topic = `plant/m/p${sent++ % POINTS}/waveform`;
    device.publish(topic, Buffer.from(frame), { qos: 1 }, () => {
      acknowledged++;
    });
  };
  const metric = async (name: string) => (await edge.metrics()).get(`millwright_edge_${name}`);

  beforeAll(async () => {
    machines = await startMosquitto(directory);
    gatewayPort = await freePort();
    edge = await Edge.start(directory, machines.url, {
      windows: { length: 512 },
      uplink: { url: `mqtt://127.0.0.1:${gatewayPort}` },
    });
    device = await mqtt.connectAsync(machines.url);
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await edge?.process.end('SIGKILL');
    await machines?.process.end('SIGKILL');
    spawnSync('umount', [disk]);
  });

  test('is reported, stops the sources, crashes nothing; with space again nothing was lost', async () => {
    await until(
      async () => {
        for (let i = 0; i < 100; i++) send();
        return (await metric('outbox_failing')) === 1;
      },
      60_000,
      () => ({ sent }),
    );
    const delivered = await metric('messages_delivered_total');
    for (let i = 0; i < 400; i++) send();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(edge.process.alive).toBe(true);
    // It reads on only as far as it can buffer.
    expect(((await metric('messages_delivered_total')) ?? 0) - (delivered ?? 0)).toBeLessThan(600);
    expect(await metric('outbox_failing')).toBe(1);

    execFileSync('mount', ['-o', 'remount,size=200m', disk]);
    await until(
      async () => (await metric('outbox_failing')) === 0 && acknowledged === sent,
      30_000,
      () => ({ acknowledged, sent }),
    );
    const broker = await startMosquitto(join(directory, 'gateway-side'), `listener ${gatewayPort} 127.0.0.1\n`);
    const gateway = await Gateway.start(join(directory, 'gateway-side'), broker.url);
    try {
      const stored = async () => (await gateway.ledger()).points.reduce((sum, p) => sum + p.stored, 0);
      await until(
        async () => (await stored()) === sent,
        60_000,
        () => ({ sent }),
      );
      for (const point of (await gateway.ledger()).points)
        expect(point).toMatchObject({ unexplained: 0, late: 0, duplicate: 0, delivered: sent / POINTS });
    } finally {
      await gateway.process.end('SIGTERM');
      await broker.process.end('SIGKILL');
    }
  });
});
