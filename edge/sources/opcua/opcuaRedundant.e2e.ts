import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataType,
  MessageSecurityMode,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type UAVariable,
  Variant,
} from 'node-opcua';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { trustFile } from '../../certificates/certificateStore.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';
import { OpcuaSource } from './opcuaSource.ts';

/** Two servers of one plant that require encryption, also for discovery, with a host name that cannot be resolved. */
const SERVICE_LEVEL = 'ns=0;i=2267';
const directory = mkdtempSync(join(tmpdir(), 'millwright-redundant-'));
const servers: OPCUAServer[] = [];
const levels = [255, 255];
const ports: number[] = [];
let source: OpcuaSource;

async function serve(i: number): Promise<void> {
  const server = new OPCUAServer({
    port: ports[i],
    host: '127.0.0.1',
    hostname: 'plc-7.invalid',
    nodeset_filename: [nodesets.standard],
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.Basic256Sha256],
    disableDiscovery: true,
    serverCertificateManager: new OPCUACertificateManager({
      rootFolder: join(directory, `server-${i}`),
      automaticallyAcceptUnknownCertificate: true,
    }),
  });
  servers[i] = server;
  await server.initialize();
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  space
    .getOwnNamespace()
    .addVariable({
      organizedBy: space.rootFolder.objects,
      browseName: 'value',
      nodeId: 's=value',
      dataType: DataType.Double,
    })
    .setValueFromSource({ dataType: DataType.Double, value: i });
  (space.findNode(SERVICE_LEVEL) as UAVariable).bindVariable(
    { get: () => new Variant({ dataType: DataType.Byte, value: levels[i] }) },
    true,
  );
  await server.start();
}

beforeAll(async () => {
  ports.push(await freePort(), await freePort());
  await serve(0);
  await serve(1);
});
afterAll(async () => {
  await source?.stop();
  for (const server of servers) await server.shutdown(0);
});

test('trusted certificates connect to a server without unencrypted discovery; another takes over, and the switch is counted', async () => {
  const [endpoint, standby] = ports.map((port) => `opc.tcp://127.0.0.1:${port}`);
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: join(directory, 'edge'),
    sources: [
      {
        type: 'opcua',
        endpoint,
        standby: [standby],
        securityMode: 'SignAndEncrypt',
        securityPolicy: 'Basic256Sha256',
        publishingIntervalMs: 100,
        nodes: [{ nodeId: 'ns=1;s=value', asset: 'a', point: 'value' }],
      },
    ],
    uplink: { url: 'mqtt://x' },
  });
  for (const server of servers) trustFile(join(directory, 'edge/pki'), server.getCertificate(), Date.now());
  const values: number[] = [];
  source = new OpcuaSource(config.sources[0] as OpcuaSourceConfig, config, () => Date.now(), pino({ level: 'silent' }));
  await source.start({
    accept: (arrival) => {
      if (arrival.ok && arrival.block.kind === 'scalars') values.push(...arrival.block.values);
    },
    whenReady: (resume) => resume(),
  });
  const describe = () => [source.state, [...source.events], values];
  await until(() => values.length > 0 && source.state === 'connected', 60_000, describe);
  const first = values[0];
  const switches = source.events.get('server_switched') ?? 0;
  await servers[first].shutdown(0);
  await until(() => values.at(-1) === 1 - first && source.state === 'connected', 60_000, describe);
  expect(source.events.get('server_switched')).toBeGreaterThan(switches);
  // The remaining server goes into maintenance once the other is back.
  await serve(first);
  levels[1 - first] = 0;
  await until(() => values.at(-1) === first && source.state === 'connected', 60_000, describe);
});
