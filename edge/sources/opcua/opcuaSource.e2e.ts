import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpcuaPlant } from '#simulators/devices/opcuaServer.ts';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { SimulatedMachine } from '#simulators/machine.ts';

const skip = !installed('mosquitto');
const directory = mkdtempSync(join(tmpdir(), 'millwright-opcua-'));
const machines = scenario.machines.slice(0, 2).map((m) => new SimulatedMachine(m, scenario.seed));
let port: number;
let plant: OpcuaPlant;
let broker: Broker;
let gateway: Gateway;
let edge: Edge;
let timeS = 0;
let ticking: NodeJS.Timeout;

async function startPlant() {
  plant = new OpcuaPlant(machines, scenario, port, directory);
  await plant.start();
}

beforeAll(async () => {
  if (skip) return;
  port = await freePort();
  broker = await startMosquitto(directory);
  gateway = await Gateway.start(directory, broker.url);
  const node = (asset: string, point: string, extra = {}) => ({
    nodeId: `ns=1;s=${asset}.${point}`,
    asset,
    point,
    samplingIntervalMs: 50,
    ...extra,
  });
  const nodes = machines.flatMap(({ config: { name } }) => [
    node(name, '2H', { sampleRateHz: scenario.waveform.sampleRateHz, queueSize: 5 }),
    node(name, 'temperature'),
    node(name, 'speed'),
    node(name, 'not-there'),
  ]);
  // The edge starts before its server and has to wait.
  edge = await Edge.start(
    directory,
    broker.url,
    {
      sources: [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, publishingIntervalMs: 100, nodes }],
      slowIntervalS: 1,
    },
    503,
  );
  await startPlant();
  ticking = setInterval(() => {
    timeS += 0.5;
    plant.update(timeS, Date.now());
  }, 250);
});
afterAll(async () => {
  clearInterval(ticking);
  await edge?.process.end('SIGTERM');
  await gateway?.process.end('SIGTERM');
  await broker?.process.end('SIGKILL');
  await plant?.stop();
});

const points = async () => new Map((await gateway.ledger()).points.map((p) => [`${p.asset}/${p.point}`, p]));

test.skipIf(skip)('arrays become windows, values become rows, a missing node does not affect the others', async () => {
  const stored = async (name: string) => (await points()).get(name)?.stored ?? 0;
  await until(
    async () => (await stored('pump-101/2H')) > 10 && (await stored('pump-102/temperature')) > 2,
    40_000,
    points,
  );
  const all = await points();
  for (const { config } of machines) {
    expect(all.get(`${config.name}/2H`)).toMatchObject({ unexplained: 0, late: 0 });
    expect(all.get(`${config.name}/temperature`)?.stored).toBeGreaterThan(0);
    expect(all.has(`${config.name}/not-there`)).toBe(false);
  }
});

test.skipIf(skip)('a server that goes away and returns is subscribed to again', async () => {
  await plant.stop();
  await until(async () => (await edge.metrics()).get('millwright_edge_source_connected{source="0"}') === 0, 30_000);
  await startPlant();
  const before = (await points()).get('pump-101/2H')?.stored ?? 0;
  await until(async () => ((await points()).get('pump-101/2H')?.stored ?? 0) > before + 5, 60_000, points);
});

test.skipIf(skip)('a subscription that the server ends is recreated once, and not forever', async () => {
  const log = () => readFileSync(join(directory, 'edge.log'), 'utf8').match(/source failed/g)?.length ?? 0;
  const before = log();
  plant.endSubscriptions();
  await until(() => log() > before, 10_000);
  const stored = (await points()).get('pump-101/2H')?.stored ?? 0;
  await until(async () => ((await points()).get('pump-101/2H')?.stored ?? 0) > stored + 5, 20_000, points);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(log()).toBe(before + 1);
});
