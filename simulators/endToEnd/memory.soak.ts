import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { residentMegabytes } from '../processUsage.ts';
import { startMosquitto } from './servers.ts';
import { Edge, Gateway, startMillwright } from './services.ts';

const SCENARIO = fileURLToPath(new URL('../scenarios/demo.yaml', import.meta.url));
const SPEED = 10;
const MINUTES = Number(process.env.MILLWRIGHT_SOAK_MINUTES ?? 60);
const SAMPLE_MS = 15_000;

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** `npm run soak:memory`: an hour of the demo's plant at ten times its speed; edge and gateway must not grow. */
test(`memory over ${MINUTES} minutes at ${SPEED} times the demo's speed`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-memory-'));
  const broker = await startMosquitto(directory);
  const gateway = await Gateway.start(directory, broker.url);
  const edge = await Edge.start(directory, broker.url);
  const begin = new Date(Date.now() - MINUTES * 60_000 * SPEED).toISOString();
  const plant = startMillwright(directory, 'plant', [
    'simulate',
    SCENARIO,
    '--mqtt',
    broker.url,
    '--speed',
    String(SPEED),
    '--begin',
    begin,
  ]);
  const samples: { edge: number; gateway: number }[] = [];
  const endMs = Date.now() + MINUTES * 60_000;
  while (Date.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    samples.push({ edge: residentMegabytes(edge.process.pid), gateway: residentMegabytes(gateway.process.pid) });
    if (samples.length % 20 === 0)
      process.stderr.write(`${samples.length / 4} min: ${JSON.stringify(samples.at(-1))}\n`);
  }
  const { points } = await gateway.ledger();
  plant.kill('SIGTERM');
  for (const one of [edge, gateway]) await one.process.end('SIGTERM');
  await broker.process.end('SIGKILL');
  // The first sixth is warm-up; the second sixth is compared with the last.
  const sixth = Math.floor(samples.length / 6);
  for (const name of ['edge', 'gateway'] as const) {
    const early = median(samples.slice(sixth, 2 * sixth).map((s) => s[name]));
    const late = median(samples.slice(-sixth).map((s) => s[name]));
    process.stderr.write(`${name}: ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late\n`);
    expect(late / early, name).toBeLessThan(1.1);
  }
  expect(points.every((p) => p.unexplained === 0)).toBe(true);
});
