import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { type Broker, installed, Restartable, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway, runMillwright, startMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort, listens } from '#simulators/freePort.ts';
import { listCertificates } from '../../certificates/certificateStore.ts';

/** `npm run soak:opcua` sets 50. */
const RESTARTS = Number(process.env.MILLWRIGHT_RESTARTS ?? 3);
const MAX_MS = 5000;
const skip = !installed('mosquitto');
const directory = mkdtempSync(join(tmpdir(), 'millwright-restarts-'));
const [machine] = scenario.machines;
const server = join(directory, 'server');
let broker: Broker;
let gateway: Gateway;
let edge: Edge;
let plant: Restartable;
let port: number;

beforeAll(async () => {
  if (skip) return;
  port = await freePort();
  broker = await startMosquitto(directory);
  gateway = await Gateway.start(directory, broker.url);
  const file = join(directory, 'plant.yaml');
  writeFileSync(file, stringify({ ...scenario, valuesEveryS: 0.1, machines: [machine] }));
  const args = ['simulate', file, '--mqtt', broker.url, '--opcua', String(port), '--opcua-data', server];
  plant = await new Restartable(
    () => startMillwright(directory, 'plant', args),
    () => listens(port),
  ).ready();
  const point = (name: string) => ({
    nodeId: `ns=1;s=${machine.name}.${name}`,
    asset: machine.name,
    point: name,
    samplingIntervalMs: 50,
  });
  const security = { securityMode: 'SignAndEncrypt', securityPolicy: 'Basic256Sha256' };
  const sources = [
    {
      type: 'opcua',
      endpoint: `opc.tcp://127.0.0.1:${port}`,
      ...security,
      publishingIntervalMs: 100,
      nodes: ['temperature', 'current'].map(point),
    },
  ];
  edge = await Edge.start(directory, broker.url, { sources, slowIntervalS: 1 }, 503);
  await trustServer();
});
afterAll(async () => {
  await edge?.process.end('SIGTERM');
  await gateway?.process.end('SIGTERM');
  await plant?.end('SIGKILL');
  await broker?.process.end('SIGKILL');
});

/** As an administrator would, with the server's certificate in a file. */
async function trustServer(): Promise<void> {
  const [{ file }] = listCertificates(join(server, 'pki'), Date.now()).filter((c) => c.place === 'own');
  await runMillwright(directory, 'trust', ['edge', 'certificates', 'trust', join(directory, 'edge.yaml'), file]);
}

const delivered = async () => (await edge.metrics()).get('millwright_edge_messages_delivered_total') ?? 0;

/** Time from the server's return until new data are delivered. */
async function flowsAfterReturn(): Promise<number> {
  const beganMs = performance.now();
  const before = await delivered();
  await until(async () => (await delivered()) > before, 30_000);
  return performance.now() - beganMs;
}

test.skipIf(skip)(
  `a server killed and started ${RESTARTS} times, once with another certificate`,
  async () => {
    // A gap is detected only once the points' rhythm is known.
    await until(async () => (await delivered()) > 60, 20_000);
    const took: number[] = [];
    for (let i = 0; i < RESTARTS; i++) {
      const replaced = i === Math.floor(RESTARTS / 2);
      await plant.end('SIGKILL');
      if (replaced) rmSync(join(server, 'pki/own/certs'), { recursive: true });
      // Some return before the edge has noticed, some after it has abandoned the connection.
      await new Promise((resolve) => setTimeout(resolve, i % 5 === 4 ? 12_000 : 500 + 700 * (i % 4)));
      await plant.ready();
      if (replaced) await trustServer();
      took.push(await flowsAfterReturn());
      // Until the points' rhythm is known again.
      await new Promise((resolve) => setTimeout(resolve, 2500));
    }
    process.stderr.write(`flows again after ${took.map((ms) => (ms / 1000).toFixed(1)).join(' ')} s\n`);
    expect(Math.max(...took)).toBeLessThan(MAX_MS);
    const gaps = async () => (await gateway.ledger()).points.map((p) => p.flaws?.gap ?? 0);
    await until(async () => Math.min(...(await gaps())) >= RESTARTS, 10_000, gaps);
    for (const point of (await gateway.ledger()).points) expect(point.unexplained).toBe(0);
  },
  30 * 60_000,
);
