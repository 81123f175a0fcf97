import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { OpcuaPlant } from '#simulators/opcuaServer.ts';
import { listCertificates } from '../certificates/certificateStore.ts';

const skip = !installed('mosquitto');
const directory = mkdtempSync(join(tmpdir(), 'millwright-opcua-secured-'));
const machine = new SimulatedMachine(scenario.machines[0], scenario.seed);
let port: number;
let plant: OpcuaPlant;
let broker: Broker;
let ticking: NodeJS.Timeout;

beforeAll(async () => {
  if (skip) return;
  port = await freePort();
  broker = await startMosquitto(directory);
  plant = new OpcuaPlant([machine], scenario, port, directory);
  await plant.start();
  let timeS = 0;
  ticking = setInterval(() => plant.update(timeS++, Date.now()), 250);
});
afterAll(async () => {
  clearInterval(ticking);
  await broker?.process.end('SIGKILL');
  await plant?.stop();
});

const rejected = (pki: string) => listCertificates(pki, Date.now()).filter((c) => c.place === 'rejected');

test.skipIf(skip).each(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])(
  'signed and encrypted by %s, once the server is trusted',
  async (securityPolicy) => {
    const folder = join(directory, securityPolicy);
    mkdirSync(folder);
    const name = machine.config.name;
    const nodes = [{ nodeId: `ns=1;s=${name}.temperature`, asset: name, point: 'temperature', samplingIntervalMs: 50 }];
    const security = { securityMode: 'SignAndEncrypt', securityPolicy };
    const sources = [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, ...security, nodes }];
    const edge = await Edge.start(folder, broker.url, { sources, slowIntervalS: 1 }, 503);
    try {
      const own = join(folder, 'edge/pki');
      await until(() => rejected(own).length > 0, 30_000);
      const [{ thumbprint }] = rejected(own);
      await runMillwright(folder, 'trust', ['edge', 'certificates', 'trust', join(folder, 'edge.yaml'), thumbprint]);
      const delivered = async () => (await edge.metrics()).get('millwright_edge_messages_delivered_total') ?? 0;
      await until(async () => (await delivered()) > 5, 30_000);
      expect(listCertificates(own, Date.now()).map((c) => c.place)).toEqual(['own', 'trusted']);
    } finally {
      await edge.process.end('SIGTERM');
    }
  },
);
