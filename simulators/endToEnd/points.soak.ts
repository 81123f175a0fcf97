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

const MINUTES = Number(process.env.MILLWRIGHT_SOAK_MINUTES ?? 3);
const CHANNELS = 64;
const A_MACHINE = 20;

/** `npm run soak:points`: slow values at 1 Hz and waveforms once a second; the edge's memory. */
const measured = new Map<number, number>();
test.each([1000, 10_000])(
  `%i points at 1 Hz and ${CHANNELS} waveform channels for ${MINUTES} minutes`,
  async (points) => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-points-'));
    const broker = await startMosquitto(directory);
    const gateway = await Gateway.start(directory, broker.url);
    const waveform = { type: 'waveform', framing: 'raw', encoding: 'float32', sampleRateHz: RATE_HZ };
    const edge = await Edge.start(directory, broker.url, {
      sources: [
        {
          type: 'mqtt',
          url: broker.url,
          subscriptions: [
            { topic: 'value/{asset}/{point}', payload: { type: 'scalar' } },
            { topic: 'wave/{asset}/{point}', payload: waveform },
          ],
        },
      ],
      windows: { length: SAMPLES },
    });
    const before = cpuSeconds(edge.process.pid);
    const client = await mqtt.connectAsync(broker.url);
    const frames = Array.from({ length: 16 }, (_, i) => benchFrame(i));
    const beganMs = performance.now();
    let most = 0;
    let sent = 0;
    for (let second = 0; second < 60 * MINUTES; second++) {
      const time = new Date().toISOString();
      const sending: Promise<unknown>[] = [];
      for (let i = 0; i < points; i++, sent++) {
        const value = JSON.stringify({ value: 50 + Math.sin(second + i), time });
        sending.push(client.publishAsync(`value/m${Math.floor(i / A_MACHINE)}/v${i % A_MACHINE}`, value, { qos: 1 }));
      }
      for (let i = 0; i < CHANNELS; i++, sent++)
        sending.push(client.publishAsync(`wave/m${i}/w`, frames[(second + i) % frames.length], { qos: 1 }));
      await Promise.all(sending);
      most = Math.max(most, residentMegabytes(edge.process.pid));
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, beganMs + 1000 * (second + 1) - performance.now())),
      );
    }
    const tookS = (performance.now() - beganMs) / 1000;
    const core = (cpuSeconds(edge.process.pid) - before) / tookS;
    await until(async () => (await gateway.ledger()).points.reduce((sum, p) => sum + p.received, 0) === sent, 60_000);
    process.stderr.write(
      `${points} points: at most ${most.toFixed(0)} MB, ${core.toFixed(2)} of a core, ${tookS.toFixed(0)} s\n`,
    );
    const ledger = await gateway.ledger();
    await client.endAsync();
    for (const one of [edge, gateway]) await one.process.end('SIGTERM');
    await broker.process.end('SIGKILL');
    measured.set(points, most);
    expect(ledger.points.every((p) => p.unexplained === 0 && p.delivered === p.received)).toBe(true);
    if (points === 1000) expect(most).toBeLessThan(200);
    else expect(most).toBeLessThan(200 + ((measured.get(1000) ?? 200) * points) / 1000);
  },
);
