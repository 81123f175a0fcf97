import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, nodesets, OPCUACertificateManager, OPCUAServer, type UAVariable } from 'node-opcua';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { Arrival } from '../source.ts';
import { browse } from './browse.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';
import { OpcuaSource } from './opcuaSource.ts';

/** A server with low limits, whose namespaces and nodes may change at each start. */
const NODES = 300;
const PUMPS = 'urn:test:pumps';
const FANS = 'urn:test:fans';
let directory: string;
let port: number;
let server: OPCUAServer | null = null;
let source: OpcuaSource | null = null;
let variables: Map<string, UAVariable>;
let config: ReturnType<typeof edgeConfigSchema.parse>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'millwright-limits-'));
  port = await freePort();
});
afterEach(async () => {
  await source?.stop();
  await server?.shutdown(0);
  server = null;
});

/**
 * Namespaces in the order of `uris`; each has `count` nodes `v0`, `v1` … whose value is the number for a pump, 1000
 * more for a fan.
 */
async function serve(uris: string[], count = NODES): Promise<void> {
  server = new OPCUAServer({
    port,
    host: '127.0.0.1',
    nodeset_filename: [nodesets.standard],
    serverCapabilities: {
      minSupportedSampleRate: 0,
      operationLimits: {
        maxMonitoredItemsPerCall: 200,
        maxNodesPerRead: 60,
        maxNodesPerBrowse: 7,
        maxNodesPerTranslateBrowsePathsToNodeIds: 30,
      },
    },
    serverCertificateManager: new OPCUACertificateManager({ rootFolder: join(directory, 'server-pki') }),
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  variables = new Map();
  for (const uri of uris) {
    const namespace = space.registerNamespace(uri);
    const folder = namespace.addFolder(space.rootFolder.objects, { browseName: uri.slice(9) });
    for (let i = 0; i < count; i++) {
      const variable = namespace.addVariable({
        organizedBy: folder,
        browseName: `v${i}`,
        nodeId: `s=v${i}`,
        minimumSamplingInterval: 100,
        dataType: DataType.Double,
      });
      variable.setValueFromSource({ dataType: DataType.Double, value: uri === FANS ? i + 1000 : i });
      variables.set(`${uri} v${i}`, variable);
    }
  }
  await server.start();
}

async function listen(nodes: object[], browse: object[] = []): Promise<Map<string, Arrival[]>> {
  config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: join(directory, 'edge'),
    sources: [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, publishingIntervalMs: 100, nodes, browse }],
    uplink: { url: 'mqtt://x' },
  });
  source = new OpcuaSource(config.sources[0] as OpcuaSourceConfig, config, () => Date.now(), pino({ level: 'silent' }));
  const arrived = new Map<string, Arrival[]>();
  await source.start({
    accept(arrival) {
      const point = arrival.ok ? arrival.block.point : (arrival.point?.point ?? '');
      arrived.set(point, [...(arrived.get(point) ?? []), arrival]);
    },
    whenReady: (resume) => resume(),
  });
  return arrived;
}

const node = (id: string, i: number) => ({
  nodeId: `${id};s=v${i}`,
  asset: 'line',
  point: `v${i}`,
  samplingIntervalMs: 50,
});
const numbersOf = (arrivals: Arrival[] = []) =>
  arrivals.map((a) => (a.ok && a.block.kind === 'scalars' ? a.block.values[0] : null));
const sessions = () => source?.events.get('sessions_made');

test('300 nodes of a server with a limit of 200 per call are all delivered; slower sampling is counted', async () => {
  await serve([PUMPS]);
  const arrived = await listen(Array.from({ length: NODES }, (_, i) => node('ns=2', i)));
  await until(
    () => arrived.size === NODES,
    30_000,
    () => [arrived.size, source?.state, source?.faults],
  );
  expect(numbersOf(arrived.get('v299'))).toEqual([299]);
  expect(source?.faults).toEqual([]);
  expect(source?.events.get('intervals_revised')).toBe(NODES);
  const found = await browse(config.sources[0] as OpcuaSourceConfig, config.dataDirectory, 'RootFolder', 100_000);
  expect(found.filter(({ nodeId }) => nodeId.startsWith('ns=2;s=v'))).toHaveLength(NODES);
});

test('nodes missing after a restart are named, and the others continue', async () => {
  await serve([PUMPS], 3);
  const fans = { path: 'fans/v{point}', asset: 'fan' };
  const arrived = await listen(
    [0, 1, 2].map((i) => node(`nsu=${PUMPS}`, i)),
    [fans],
  );
  await until(() => arrived.size === 3, 20_000);
  expect(source?.faults).toMatchObject([{ asset: 'fan', reason: 'nothing_selected' }]);
  await server?.shutdown(0);
  await serve([FANS, PUMPS], 2);
  await until(
    () => sessions() === 2 && source?.state === 'connected',
    40_000,
    () => source?.state,
  );
  expect(source?.faults).toEqual([
    {
      asset: 'line',
      point: 'v2',
      reason: 'BadNodeIdUnknown',
      detail: `nsu=${PUMPS};s=v2: the server refuses it: BadNodeIdUnknown`,
    },
  ]);
  // Selections search again.
  await until(() => arrived.has('0') && arrived.has('1'), 10_000);
  expect(numbersOf(arrived.get('1'))).toEqual([1001]);
  const before = arrived.get('v1')?.length ?? 0;
  variables.get(`${PUMPS} v1`)?.setValueFromSource({ dataType: DataType.Double, value: 7 });
  await until(() => (arrived.get('v1')?.length ?? 0) > before && numbersOf(arrived.get('v1')).at(-1) === 7, 10_000);
});

test('with shifted namespaces a URI still finds its node, and an index is refused instead of reading another node', async () => {
  await serve([PUMPS, FANS], 2);
  const byIndex = { ...node('ns=2', 1), point: 'by-index' };
  const path = (names: string, point: string) => ({
    path: `/Objects/${names}`,
    asset: 'line',
    point,
    samplingIntervalMs: 50,
  });
  const arrived = await listen([
    node(`nsu=${PUMPS}`, 1),
    byIndex,
    path(`nsu=${PUMPS};pumps/nsu=${PUMPS};v1`, 'path'),
    path('2:pumps/2:v1', 'path-by-index'),
    path(`nsu=${PUMPS};pumps/nsu=${PUMPS};v9`, 'no-path'),
  ]);
  await until(() => arrived.size === 4, 20_000);
  expect(numbersOf(arrived.get('by-index'))).toEqual([1]);
  expect(numbersOf(arrived.get('path-by-index'))).toEqual([1]);
  expect(source?.faults).toMatchObject([{ point: 'no-path', reason: 'BadNoMatch' }]);
  await server?.shutdown(0);
  await serve([FANS, PUMPS], 2);
  await until(
    () => sessions() === 2 && source?.state === 'connected',
    40_000,
    () => source?.state,
  );
  variables.get(`${PUMPS} v1`)?.setValueFromSource({ dataType: DataType.Double, value: 5 });
  await until(() => numbersOf(arrived.get('v1')).at(-1) === 5, 10_000);
  await until(() => numbersOf(arrived.get('path')).at(-1) === 5, 10_000);
  expect(source?.faults).toMatchObject([
    { point: 'by-index', reason: 'namespace_changed' },
    { point: 'path-by-index', reason: 'namespace_changed' },
    { point: 'no-path', reason: 'BadNoMatch' },
  ]);
  expect(source?.faults[0].detail).toContain(`write nsu=${PUMPS};s=v1`);
  for (const arrivals of arrived.values()) for (const value of numbersOf(arrivals)) expect(value).toBeLessThan(1000);
  // The namespace is also kept across a restart of the edge.
  await source?.stop();
  const later = await listen([byIndex]);
  await until(() => source?.state === 'connected', 20_000);
  expect(source?.faults).toMatchObject([{ reason: 'namespace_changed' }]);
  expect(later.size).toBe(0);
});
