import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { encodeFrame } from '#models/contracts/frame.ts';
import { LEVEL_DEFAULTS } from '#models/health/levelDetector.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { freePort } from '../freePort.ts';
import { startMosquittoOn } from '../mosquitto.ts';
import { installed, Restartable } from './servers.ts';
import { COMMAND, Gateway } from './services.ts';
import { until } from './until.ts';

/**
 * Edge and gateway in two network namespaces, connected by a link that is cut: in CI for 30 s, with `npm run soak:cut`
 * for ten minutes, while each point runs at a thousand times its normal rate.
 */
const CUT_S = Number(process.env.MILLWRIGHT_CUT_S ?? 30);
const FRAMES_PER_S = Number(process.env.MILLWRIGHT_CUT_FRAMES_PER_S ?? 100);
const POINTS = 8;
/** Frames for each point's baseline, with a margin. */
const LEARN = LEVEL_DEFAULTS.skipWindows + LEVEL_DEFAULTS.learnWindows + 10;
const SAMPLES = 512;
const RATE_HZ = 5120;
/** Interval of a recording's frames in a point's own time: at a thousand times this is a frame each 10 ms. */
const EVERY_S = 10;
const NETWORK = 'mwcut';
const PLANT = { outside: '10.213.7.1', inside: '10.213.7.2' };
const UPLINK = { outside: '10.213.8.1', inside: '10.213.8.2' };
const TOKEN = 'cut-token';

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
const ready = () =>
  process.getuid?.() === 0 && spawnSync('ip', ['netns', 'add', NETWORK], { stdio: 'ignore' }).status === 0;

/** Two links into the edge's namespace: one from its machines, one to its gateway. */
function createLink(name: string, { outside, inside }: typeof PLANT): void {
  ip('link', 'add', `${name}o`, 'type', 'veth', 'peer', 'name', `${name}i`);
  ip('link', 'set', `${name}i`, 'netns', NETWORK);
  ip('addr', 'add', `${outside}/30`, 'dev', `${name}o`);
  ip('link', 'set', `${name}o`, 'up');
  ip('netns', 'exec', NETWORK, 'ip', 'addr', 'add', `${inside}/30`, 'dev', `${name}i`);
  ip('netns', 'exec', NETWORK, 'ip', 'link', 'set', `${name}i`, 'up');
}

const there = installed('mosquitto') && ready();
if (!there)
  process.stderr.write('network namespaces cannot be made here (not root, or not allowed): the cut is skipped\n');

describe.skipIf(!there)(`the link between edge and gateway is cut for ${CUT_S} s`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-cut-'));
  const random = randomOf(5);
  const startUs = (Date.now() - 8 * 86_400_000) * 1000;
  const arrived = new Map<string, number[]>();
  let gatewayBroker: Restartable;
  let machineBroker: Restartable;
  let edge: Restartable;
  let gateway: Gateway;
  let device: mqtt.MqttClient;
  let listener: mqtt.MqttClient;
  let metricsUrl: string;
  let sent = 0;

  const frame = (scale: number) => {
    const point = `p${sent % POINTS}`;
    const at = startUs + Math.floor(sent / POINTS) * EVERY_S * 1e6;
    const data = Float32Array.from({ length: SAMPLES }, () => scale * gaussian(random));
    sent++;
    const header = { encoding: 'float32', sampleRateHz: RATE_HZ, scale: 1, startUs: at } as const;
    return { topic: `plant/m-${point}/${point}/waveform`, payload: Buffer.from(encodeFrame(header, data)) };
  };
  const send = async (scale: number) => {
    const { topic, payload } = frame(scale);
    await device.publishAsync(topic, payload, { qos: 1 });
  };
  const metric = async (name: string) => {
    const text = await fetch(metricsUrl, { headers: { authorization: `Bearer ${TOKEN}` } }).then((r) => r.text());
    return Number(
      text
        .split('\n')
        .find((l) => l.startsWith(`${name} `))
        ?.split(' ')[1] ?? Number.NaN,
    );
  };

  beforeAll(async () => {
    createLink('mwp', PLANT);
    createLink('mwu', UPLINK);
    ip('netns', 'exec', NETWORK, 'ip', 'link', 'set', 'lo', 'up');
    const outer = await freePort();
    const [outside, inside] = [join(directory, 'outside'), join(directory, 'inside')];
    for (const folder of [outside, inside]) mkdirSync(folder);
    const reaches = (host: string, port: number) => async () => {
      const client = await mqtt
        .connectAsync(`mqtt://${host}:${port}`, { reconnectPeriod: 0, connectTimeout: 1000 })
        .catch(() => null);
      await client?.endAsync(true);
      return client !== null;
    };
    gatewayBroker = await new Restartable(
      () => startMosquittoOn(outer, outside, `listener ${outer} ${UPLINK.outside}\n`),
      reaches(UPLINK.outside, outer),
    ).ready();
    // A second Mosquitto, in the edge's namespace.
    const broker = join(inside, 'mosquitto.conf');
    writeFileSync(broker, `listener 1883 0.0.0.0\nallow_anonymous true\nuser root\nmax_queued_messages 100000\n`);
    machineBroker = await new Restartable(
      () => spawn('ip', ['netns', 'exec', NETWORK, 'mosquitto', '-c', broker], { stdio: 'ignore' }),
      reaches(PLANT.inside, 1883),
    ).ready();
    gateway = await Gateway.start(outside, `mqtt://127.0.0.1:${outer}`);
    const tokenFile = join(inside, 'token');
    writeFileSync(tokenFile, TOKEN);
    const file = join(inside, 'edge.yaml');
    const subscriptions = [
      { topic: 'plant/{asset}/{point}/waveform', payload: { type: 'waveform', framing: 'header' } },
    ];
    const config = {
      site: 'test',
      edge: 'edge-1',
      dataDirectory: join(inside, 'edge'),
      sources: [{ type: 'mqtt', url: 'mqtt://127.0.0.1:1883', subscriptions }],
      windows: { length: SAMPLES },
      ledgerIntervalMs: 1000,
      outbox: { maxMegabytes: 4096 },
      uplink: { url: `mqtt://${UPLINK.outside}:${outer}` },
      http: { host: PLANT.inside, port: 9101, tokenFile },
    };
    writeFileSync(file, stringify(config));
    metricsUrl = `http://${PLANT.inside}:9101/metrics`;
    edge = await new Restartable(
      () => spawn('ip', ['netns', 'exec', NETWORK, process.execPath, COMMAND, 'edge', file], { stdio: 'ignore' }),
      () =>
        metric('millwright_edge_uplink_connected').then(
          (v) => v === 1,
          () => false,
        ),
    ).ready();
    device = await mqtt.connectAsync(`mqtt://${PLANT.inside}:1883`);
    listener = await mqtt.connectAsync(`mqtt://${UPLINK.outside}:${outer}`);
    listener.on('message', (topic, payload) => {
      const { startUs: starts } = JSON.parse(payload.toString()) as { startUs: number[] };
      arrived.set(topic, [...(arrived.get(topic) ?? []), ...starts]);
    });
    await listener.subscribeAsync('millwright/v1/test/edge-1/features/#', { qos: 1 });
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await listener?.endAsync(true);
    await edge?.end('SIGTERM');
    await gateway?.process.end('SIGTERM');
    await machineBroker?.end('SIGKILL');
    await gatewayBroker?.end('SIGKILL');
    spawnSync('ip', ['netns', 'del', NETWORK]);
  });

  test(
    'nothing is lost, each point keeps its order, the backlog drains fast, and a live alert overtakes it',
    async () => {
      for (let i = 0; i < LEARN * POINTS; i++) await send(1);
      await until(async () => (await metric('millwright_edge_outbox_rows')) < 50, 30_000);
      ip('link', 'set', 'mwuo', 'down');
      const cutAtMs = performance.now();
      const sentBefore = sent;
      while (performance.now() - cutAtMs < CUT_S * 1000) {
        const due = sentBefore + Math.floor(((performance.now() - cutAtMs) / 1000) * FRAMES_PER_S);
        while (sent < due) await send(1);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const backlog = sent - sentBefore;
      const waiting = await metric('millwright_edge_outbox_rows');
      // A machine fails during the cut, and keeps failing.
      ip('link', 'set', 'mwuo', 'up');
      for (let i = 0; i < 30 * POINTS; i++) await send(30);
      const alertsSince = performance.now();
      await until(async () => (await metric('millwright_edge_uplink_connected')) === 1, 60_000);
      const drainSince = performance.now();
      let waitingAtAlert = Number.NaN;
      let alertMs = Number.NaN;
      const drained = async () => {
        const left = await metric('millwright_edge_outbox_rows');
        if (Number.isNaN(alertMs) && (await gateway.alerts()).length === POINTS) {
          alertMs = performance.now() - drainSince;
          waitingAtAlert = left;
        }
        return left < 50;
      };
      await until(drained, 1_200_000);
      const drainS = (performance.now() - drainSince) / 1000;
      await until(
        async () => (await gateway.ledger()).points.reduce((sum, p) => sum + p.stored, 0) === sent,
        120_000,
        () => ({ sent }),
      );
      const pace = (backlog * EVERY_S) / POINTS / drainS;
      process.stderr.write(
        `${backlog} frames, ${waiting} messages waited; drained in ${drainS.toFixed(1)} s (${pace.toFixed(0)} times real time, ` +
          `${(CUT_S / drainS).toFixed(0)} times as fast as they came); all ${POINTS} alerts ${(alertMs / 1000).toFixed(2)} s after the ` +
          `connection was back, with ${waitingAtAlert} messages still waiting (${((performance.now() - alertsSince) / 1000).toFixed(0)} s in all)\n`,
      );
      const { points } = await gateway.ledger();
      expect(points).toHaveLength(POINTS);
      for (const point of points)
        expect(point).toMatchObject({ unexplained: 0, late: 0, duplicate: 0, stored: point.delivered });
      expect(points.reduce((sum, p) => sum + p.delivered, 0)).toBe(sent);
      // Resent messages are duplicates: for each point, new rows arrive in order.
      for (const starts of arrived.values()) {
        let newest = 0;
        const fresh = [...new Set(starts)];
        for (const start of fresh) {
          expect(start).toBeGreaterThan(newest);
          newest = start;
        }
      }
      expect(pace).toBeGreaterThan(20);
      expect(CUT_S / drainS).toBeGreaterThan(1);
      // Alerts are sent first: most of the backlog is still waiting when the last alert arrives.
      expect(waitingAtAlert).toBeGreaterThan(waiting / 2);
    },
    40 * 60_000,
  );
});
