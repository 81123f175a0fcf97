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
  VariantArrayType,
} from 'node-opcua';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../../config.ts';
import type { Arrival } from '../source.ts';
import { browseTaken } from './browse.ts';
import { type OpcuaSourceConfig, opcuaSourceSchema } from './opcuaConfig.ts';
import { OpcuaSource } from './opcuaSource.ts';

/** A server independent of the simulator: ten thousand standard nodes of types that a plant may have. */
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
  addHall(server);
  await server.start();
});
afterAll(async () => {
  for (const source of sources) await source.stop();
  await server?.shutdown(100);
});

/** Two pumps, one of a subtype, and a fan, in a hall; each has measurements. */
function addHall({ engine }: OPCUAServer): void {
  const space = engine.addressSpace;
  if (!space) throw new Error('the server has no address space');
  const types = space.registerNamespace('urn:test:machinery');
  const pump = types.addObjectType({ browseName: 'PumpType' });
  const dosing = types.addObjectType({ browseName: 'DosingPumpType', subtypeOf: pump });
  const fan = types.addObjectType({ browseName: 'FanType' });
  const namespace = space.getOwnNamespace();
  const hall = namespace.addFolder(space.rootFolder.objects, { browseName: 'Hall' });
  const line = namespace.addFolder(hall, { browseName: 'Line 1' });
  for (const [i, [browseName, typeDefinition]] of (
    [
      ['Pump 1', pump],
      ['P2', dosing],
      ['F1', fan],
    ] as const
  ).entries()) {
    const machine = namespace.addObject({ organizedBy: i === 0 ? hall : line, browseName, typeDefinition });
    const measurements = namespace.addObject({ componentOf: machine, browseName: 'Measurements' });
    const add = (name: string, dataType: DataType, value: unknown, more: object = {}) =>
      namespace.addVariable({ componentOf: measurements, browseName: name, dataType, ...more }).setValueFromSource({
        dataType,
        value,
        ...(Array.isArray(value) ? { arrayType: VariantArrayType.Array } : {}),
      });
    add('Speed', DataType.Double, 1480 + i);
    add('Running', DataType.Boolean, true);
    add('Name', DataType.String, 'x');
    add(
      'Signal',
      DataType.Float,
      Array.from({ length: 64 }, (_, k) => k % 7),
      { valueRank: 1 },
    );
  }
}

/** Subscribes, and collects arrivals by point. */
async function listen(nodes: object[], browse: object[] = []): Promise<Map<string, Arrival[]>> {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: join(directory, `edge-${sources.length}`),
    sources: [{ type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, publishingIntervalMs: 200, nodes, browse }],
    uplink: { url: 'mqtt://x' },
  });
  const its = config.sources[0] as OpcuaSourceConfig;
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

test('ten thousand nodes in one source all deliver', async () => {
  const arrived = await listen(Array.from({ length: NODES }, (_, i) => node(i)));
  await until(
    () => arrived.size === NODES,
    60_000,
    () => arrived.size,
  );
  for (let i = 0; i < NODES; i++) write(i, i + 1);
  const delivering = () => [...arrived.values()].filter((a) => a.length > 1).length;
  await until(() => delivering() === NODES, 30_000, delivering);
  expect(valuesOf(arrived.get('v9999')).at(-1)).toBe(10_000);
  await sources.pop()?.stop();
}, 120_000);

test('machines are found by their type at any place, and their measurements by data type', async () => {
  const pumps = { under: '/Objects/1:Hall', path: '#/{asset}/Measurements/{point}', types: { asset: 'PumpType' } };
  const browse = [
    pumps,
    { ...pumps, sampleRateHz: 1000, names: { 'Pump 1': 'P1' } },
    { under: '/Objects/1:Hall', path: 'nowhere/{asset}/{point}' },
  ];
  const arrived = await listen([], browse);
  const source = sources[sources.length - 1];
  await until(() => source.state === 'connected' && (arrived.get('Speed')?.length ?? 0) > 1, 20_000);
  const named = (point: string) =>
    (arrived.get(point) ?? []).flatMap((a) => (a.ok ? [`${a.block.asset} ${a.block.kind}`] : []));
  const [, pump1] = named('Speed');
  expect(named('Speed')).toEqual(['P2 scalars', pump1]);
  expect(pump1).toMatch(/^Pump-1\.[0-9a-f]{4} scalars$/);
  await until(() => named('Signal').length === 2, 10_000);
  expect(named('Signal').toSorted()).toEqual(['P1 waveform', 'P2 waveform']);
  expect([...arrived.keys()].toSorted()).toEqual(['Running', 'Signal', 'Speed']);
  expect(source.faults).toMatchObject([{ asset: '{asset}', point: '{point}', reason: 'nothing_selected' }]);
  const settings = { type: 'opcua', endpoint: `opc.tcp://127.0.0.1:${port}`, browse };
  const { variables } = await browseTaken(opcuaSourceSchema.parse(settings), join(directory, 'browse'));
  expect(variables.find(({ asset, point }) => asset === 'P2' && point === 'Speed')).toMatchObject({
    path: 'Line 1/P2/Measurements/Speed',
    value: 1481,
  });
});

test('a deadband suppresses small changes; a queue overflow is reported', async () => {
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

test('status codes become qualities, unsupported types reasons, structure members values', async () => {
  const status = { nodeId: 'i=2256', member: 'BuildInfo.BuildDate', asset: 'line', point: 'built' };
  const state = { ...status, member: 'State', point: 'state' };
  const arrived = await listen([node(10), node(11), node(12), node(13), status, state]);
  await until(() => arrived.size === 6, 20_000);
  expect(valuesOf(arrived.get('state'))[0]).toBe(0);
  expect(arrived.get('built')?.[0]).toMatchObject({ ok: false, rejection: 'unsupported_type' });
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
