import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, nodesets, OPCUACertificateManager, OPCUAServer, StatusCodes, type UAVariable } from 'node-opcua';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { Arrival } from '../source.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';
import { OpcuaSource } from './opcuaSource.ts';

const directory = mkdtempSync(join(tmpdir(), 'millwright-history-'));
const variables: UAVariable[] = [];
const sockets = new Set<Socket>();
let server: OPCUAServer;
let source: OpcuaSource;
let isCut = false;
/** A network between edge and server that can be cut. */
const network = createServer((socket) => {
  if (isCut) {
    socket.destroy();
    return;
  }
  const onward = connect(serverPort, '127.0.0.1');
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ]) {
    sockets.add(one);
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => sockets.delete(one));
  }
});
let serverPort: number;

beforeAll(async () => {
  serverPort = await freePort();
  server = new OPCUAServer({
    port: serverPort,
    host: '127.0.0.1',
    nodeset_filename: [nodesets.standard],
    serverCapabilities: { minSupportedSampleRate: 0, operationLimits: { maxNodesPerHistoryReadData: 1 } },
    serverCertificateManager: new OPCUACertificateManager({ rootFolder: join(directory, 'pki') }),
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  for (const name of ['kept', 'not-kept']) {
    const variable = space.getOwnNamespace().addVariable({
      organizedBy: space.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: DataType.Double,
    });
    if (name === 'kept') space.installHistoricalDataNode(variable);
    variables.push(variable);
  }
  await server.start();
});
afterAll(async () => {
  await source?.stop();
  network.close();
  await server?.shutdown(0);
});

const write = (value: number, timeMs = Date.now()) => {
  for (const variable of variables)
    variable.setValueFromSource({ dataType: DataType.Double, value }, StatusCodes.Good, new Date(timeMs));
};

test('values that the server stored while the network was cut are read and marked as historical', async () => {
  const port = await freePort();
  network.listen(port, '127.0.0.1');
  const nodes = ['kept', 'not-kept'].map((name) => ({ nodeId: `ns=1;s=${name}`, asset: 'a', point: name }));
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: directory,
    sources: [
      { type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, history: true, publishingIntervalMs: 100, nodes },
    ],
    uplink: { url: 'mqtt://x' },
  });
  const arrivals: Arrival[] = [];
  const settings = config.sources[0] as OpcuaSourceConfig;
  source = new OpcuaSource(settings, config, () => Date.now(), pino({ level: 'silent' }));
  const valuesOf = (isHistorical: boolean) =>
    arrivals.flatMap((a) =>
      a.ok && a.block.kind === 'scalars' && (a.block.historical ?? false) === isHistorical
        ? [`${a.block.point} ${a.block.values[0]}`]
        : [],
    );
  write(1);
  await source.start({ accept: (arrival) => arrivals.push(arrival), whenReady: (resume) => resume() });
  await until(
    () => valuesOf(false).includes('kept 1'),
    30_000,
    () => arrivals,
  );
  isCut = true;
  for (const socket of sockets) socket.destroy();
  for (const value of [2, 3, 4]) {
    write(value);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Longer than a lost connection can be repaired with its session.
  await until(() => source.events.get('connections_lost') === 1, 20_000);
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  isCut = false;
  await until(
    () => valuesOf(true).length >= 3,
    60_000,
    () => [source.state, valuesOf(true), valuesOf(false)],
  );
  expect(valuesOf(true)).toEqual(['kept 2', 'kept 3', 'kept 4']);
  expect(source.events.get('values_backfilled')).toBe(3);
  // Another edge, after downtime: its last values are known from its store.
  await source.stop();
  const newestMs = Date.now();
  arrivals.length = 0;
  for (const value of [5, 6]) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    write(value);
  }
  source = new OpcuaSource(settings, config, () => Date.now(), pino({ level: 'silent' }));
  await source.start({
    accept: (arrival) => arrivals.push(arrival),
    whenReady: (resume) => resume(),
    newestMs: (_, point) => (point === 'kept' ? newestMs : null),
  });
  await until(
    () => valuesOf(true).length >= 2,
    30_000,
    () => [source.state, valuesOf(true), valuesOf(false)],
  );
  expect(valuesOf(true)).toEqual(['kept 5', 'kept 6']);
});
