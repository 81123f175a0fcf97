import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { benchFrame, RATE_HZ, SAMPLES } from '../bench/benchFrame.ts';
import { cpuSeconds, residentMegabytes } from '../processUsage.ts';
import { startMosquitto } from './servers.ts';
import { Edge, Gateway } from './services.ts';
import { until } from './until.ts';

const CHANNELS = Number(process.env.MILLWRIGHT_CHANNELS ?? 1000);
const MINUTES = Number(process.env.MILLWRIGHT_SOAK_MINUTES ?? 10);
const POINTS = 8;
const TICK_MS = 10;

/** `npm run soak:channels`: every channel's frames through Mosquitto at QoS 0; all must be in the gateway's ledger. */
test(`${CHANNELS} channels at 25.6 kHz for ${MINUTES} minutes`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-channels-'));
  const broker = await startMosquitto(directory);
  const gateway = await Gateway.start(directory, broker.url);
  const payload = { type: 'waveform', framing: 'raw', encoding: 'float32', sampleRateHz: RATE_HZ };
  const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
  const points = Object.fromEntries(Array.from({ length: POINTS }, (_, i) => [`p${i}`, { unit: 'g', bearing }]));
  const assets = Array.from({ length: Math.ceil(CHANNELS / POINTS) }, (_, i) => [
    `m${i}`,
    { ratedRpm: 1480, iso: { group: 2, foundation: 'rigid' }, points },
  ]);
  const edge = await Edge.start(directory, broker.url, {
    sources: [{ type: 'mqtt', url: broker.url, subscriptions: [{ topic: 'in/{asset}/{point}', qos: 0, payload }] }],
    windows: { length: SAMPLES, hop: SAMPLES },
    assets: Object.fromEntries(assets),
  });
  const processes = { edge: edge.process.pid, gateway: gateway.process.pid, broker: broker.process.pid };
  const before = Object.values(processes).map(cpuSeconds);
  const beganMs = performance.now();
  const sent = await publish(broker.url);
  const tookS = (performance.now() - beganMs) / 1000;
  const windowsProcessed = async () => (await edge.metrics()).get('millwright_edge_windows_total') ?? 0;
  process.stderr.write(`sent ${sent} frames in ${tookS.toFixed(1)} s; the edge has ${await windowsProcessed()}\n`);
  Object.entries(processes).forEach(([name, pid], i) => {
    const core = (cpuSeconds(pid) - before[i]) / tookS;
    process.stderr.write(`${name}: ${core.toFixed(2)} of a core, ${residentMegabytes(pid).toFixed(0)} MB\n`);
  });
  const windowsInLedger = async () => (await gateway.ledger()).points.reduce((sum, p) => sum + p.windows, 0);
  await until(
    async () => (await windowsInLedger()) >= sent,
    120_000,
    () => ({ sent }),
  );
  const { points: ledger } = await gateway.ledger();
  for (const one of [edge, gateway]) await one.process.end('SIGTERM');
  await broker.process.end('SIGKILL');
  expect(ledger).toHaveLength(CHANNELS);
  expect(ledger.reduce((sum, p) => sum + p.received, 0)).toBe(sent);
  expect(ledger.reduce((sum, p) => sum + p.windows, 0)).toBe(sent);
  expect(ledger.every((p) => p.unexplained === 0)).toBe(true);
});

/** Publishes frames of all channels in turn, by the clock; returns the number of frames. */
async function publish(url: string): Promise<number> {
  const client = await mqtt.connectAsync(url);
  const frames = Array.from({ length: 32 }, (_, i) => benchFrame(i));
  const perMs = (CHANNELS * RATE_HZ) / SAMPLES / 1000;
  const total = Math.floor((CHANNELS * RATE_HZ * 60 * MINUTES) / SAMPLES);
  const beganMs = performance.now();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor((performance.now() - beganMs) * perMs));
    for (; sent < due; sent++) {
      const channel = sent % CHANNELS;
      const topic = `in/m${Math.floor(channel / POINTS)}/p${channel % POINTS}`;
      client.publish(topic, frames[sent % frames.length], { qos: 0 });
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await client.endAsync();
  return sent;
}
