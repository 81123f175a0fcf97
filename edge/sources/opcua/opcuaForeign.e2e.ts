import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataType,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  StatusCodes,
  type UAVariable,
  Variant,
} from 'node-opcua';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { Arrival } from '../source.ts';
import { OpcuaSource } from './opcuaSource.ts';

/** Another server than the simulator's: standard nodes, ten thousand of them, of types that a plant may have. */
const NODES = 10_000;
const directory = mkdtempSync(join(tmpdir(), 'millwright-foreign-'));
const variables: UAVariable[] = [];
let server: OPCUAServer;
let port: number;
const sources: OpcuaSource[] = [];

beforeAll(async () => {
  port = await freePort();
  server = new OPCUAServer({
    port,
    host: '127.0.0.1',
    nodeset_filename: [nodesets.standard],
    serverCapabilities: {
      minSupportedSampleRate: 0,
      maxMonitoredItemsPerSubscription: 20_000,
      maxMonitoredItemsQueueSize: 5,
    },
    serverCertificateManager: new OPCUACertificateManager({ rootFolder: join(directory, 'pki') }),
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  const namespace = space.getOwnNamespace();
  const folder = namespace.addFolder(space.rootFolder.objects, { browseName: 'Line' });
  for (let i = 0; i < NODES; i++) {
    const variable = namespace.addVariable({
      organizedBy: folder,
      browseName: `v${i}`,
      nodeId: `s=v${i}`,
      dataType: DataType.Double,
    });
    variable.setValueFromSource({ dataType: DataType.Double, value: 0 });
    variables.push(variable);
  }
  await server.start();
});
afterAll(async () => {
  for (const source of sources) await source.stop();
  await server?.shutdown(100);
});

/** Subscribes, and gathers what arrives by point. */
async function listen(nodes: object[]): Promise<Map<string, Arrival[]>> {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: join(directory, `edge-${sources.length}`),
    sources: [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, publishingIntervalMs: 200, nodes }],
    uplink: { url: 'mqtt://x' },
  });
  const [its] = config.sources;
  if (its.type !== 'opcua') throw new Error('no OPC UA');
  const source = new OpcuaSource(its, config, () => Date.now(), pino({ level: 'silent' }));
  sources.push(source);
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

const node = (i: number, more: object = {}) => ({
  nodeId: `ns=1;s=v${i}`,
  asset: 'line',
  point: `v${i}`,
  samplingIntervalMs: 0,
  ...more,
});
const write = (i: number, value: number) => variables[i].setValueFromSource({ dataType: DataType.Double, value });
const valuesOf = (arrivals: Arrival[] = []) =>
  arrivals.map((a) => (a.ok && a.block.kind === 'scalars' ? a.block.values[0] : null));

test('ten thousand nodes in one source, each of which is heard', async () => {
  const arrived = await listen(Array.from({ length: NODES }, (_, i) => node(i)));
  await until(
    () => arrived.size === NODES,
    60_000,
    () => arrived.size,
  );
  for (let i = 0; i < NODES; i++) write(i, i + 1);
  const heard = () => [...arrived.values()].filter((a) => a.length > 1).length;
  await until(() => heard() === NODES, 30_000, heard);
  expect(valuesOf(arrived.get('v9999')).at(-1)).toBe(10_000);
  await sources.pop()?.stop();
}, 120_000);

test('a deadband keeps small changes away; a queue that overflows is told', async () => {
  const arrived = await listen([
    node(1, { deadband: { type: 'absolute', value: 5 }, queueSize: 100 }),
    node(2, { queueSize: 2, discard: 'oldest' }),
    node(3, { queueSize: 2, discard: 'newest' }),
  ]);
  await until(() => arrived.size === 3, 20_000);
  for (const [i, value] of [100, 101, 103, 110, 112, 90].entries()) {
    write(1, value);
    write(2, 1000 + i);
    write(3, 1000 + i);
  }
  await until(
    () => valuesOf(arrived.get('v1')).at(-1) === 90 && (arrived.get('v3')?.length ?? 0) > 2,
    20_000,
    () => [...arrived],
  );
  expect(valuesOf(arrived.get('v1')).slice(1)).toEqual([100, 110, 90]);
  const flaws = (point: string) => (arrived.get(point) ?? []).flatMap((a) => (a.ok && a.flaw ? [a.flaw] : []));
  expect(flaws('v2')).toContain('overflow');
  expect(valuesOf(arrived.get('v2')).at(-1)).toBe(1005);
  expect(flaws('v3')).toContain('overflow');
  expect(valuesOf(arrived.get('v3'))).not.toContain(1003);
});

test('status codes become qualities, odd types their reasons', async () => {
  const arrived = await listen([node(10), node(11), node(12), node(13)]);
  await until(() => arrived.size === 4, 20_000);
  variables[10].setValueFromSource({ dataType: DataType.Double, value: 5 }, StatusCodes.BadSensorFailure);
  variables[11].setValueFromSource(
    new Variant({ dataType: DataType.Double, value: 6 }),
    StatusCodes.UncertainSensorNotAccurate,
  );
  variables[12].setValueFromSource({ dataType: DataType.Double, value: Number.NaN });
  variables[13].setValueFromSource(
    { dataType: DataType.Double, value: 7 },
    StatusCodes.Good,
    new Date(Date.UTC(1960, 0, 2)),
  );
  const last = (point: string) => arrived.get(point)?.at(-1);
  await until(() => ['v10', 'v11', 'v12', 'v13'].every((p) => (arrived.get(p)?.length ?? 0) > 1), 20_000);
  expect(last('v10')).toMatchObject({ ok: false, rejection: 'bad_quality' });
  expect(last('v11')).toMatchObject({ ok: true });
  expect(last('v12')).toMatchObject({ ok: false, rejection: 'not_finite' });
  expect(last('v13')).toMatchObject({ ok: false, rejection: 'time_too_old' });
});
