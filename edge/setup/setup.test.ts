import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Setup, type SetupWorld } from './setup.ts';

const variable = {
  path: 'Pump/Temperature',
  nodeId: 'ns=2;s=T',
  dataType: 'Double',
  length: null,
  unit: 'degC',
  value: 41,
  status: 'Good',
};
const spectrum = null;
const group = {
  subscription: { topic: 'hall/{asset}/{point}', payload: { type: 'scalar', value: 'v' } },
  topics: ['hall/saw/temperature'],
  points: [{ asset: 'saw', point: 'temperature', kind: 'value' as const, shown: '41', spectrum }],
  refused: [],
};

function setupOf(stored = '', more: Partial<SetupWorld> = {}) {
  const world = {
    stored,
    started: [] as string[],
    browsedWith: [] as object[],
  };
  const setup = new Setup({
    read: () => world.stored,
    start: async (text) => {
      world.started.push(text);
      world.stored = text;
    },
    listen: async () => ({ groups: [group], unknown: [] }),
    browse: async (_endpoint, settings) => {
      world.browsedWith.push(settings);
      return [variable];
    },
    ...more,
  });
  return { setup, world };
}
const basics = { site: 'plant', edge: 'e', dataDirectory: '/var/tmp/e', uplinkUrl: 'mqtt://127.0.0.1:1883' };
const broker = { url: 'mqtt://127.0.0.1:1883' };

test('a draft is stored and started only once it is valid', async () => {
  const { setup, world } = setupOf();
  setup.setBasics(basics);
  expect(setup.faults()).toEqual([expect.stringContaining('sources')]);
  await expect(setup.start()).rejects.toThrow('not valid yet');
  await setup.listen(broker, '#', 1);
  setup.addGroups([0]);
  expect([setup.faults(), world.started]).toEqual([[], []]);
  expect(setup.diff()).toContain('+site: plant');
  await setup.start();
  expect(parse(world.started[0])).toMatchObject({ site: 'plant', sources: [{ subscriptions: [group.subscription] }] });
  expect([setup.diff(), setup.isRunning]).toEqual(['', true]);
});

test('an edge that fails to start is not shown as running', async () => {
  const { setup } = setupOf('', { start: () => Promise.reject(new Error('the port is taken')) });
  setup.setBasics(basics);
  await setup.listen(broker, '#', 1);
  setup.addGroups([0]);
  await expect(setup.start()).rejects.toThrow('the port is taken');
  expect(setup.isRunning).toBe(false);
});

test('machines are those of the file and the mapped ones, each with the known facts of its points', async () => {
  const { setup } = setupOf('assets: { pump: { kind: pump, points: { DE: { unit: g, bearing: "6205" } } } }\n');
  await setup.listen(broker, '#', 1);
  setup.addGroups([0]);
  await setup.browse('opc.tcp://plc:4840');
  setup.addNodes([{ nodeId: 'ns=2;s=T', asset: 'pump', point: 'temperature' }]);
  expect(setup.machines()).toEqual([
    {
      asset: 'pump',
      kind: 'pump',
      ratedRpm: undefined,
      points: [
        { point: 'DE', kind: undefined, unit: 'g', role: undefined, hasBearing: true },
        { point: 'temperature', kind: 'value', unit: undefined, role: undefined, hasBearing: false },
      ],
    },
    {
      asset: 'saw',
      kind: undefined,
      ratedRpm: undefined,
      points: [{ point: 'temperature', kind: 'value', unit: undefined, role: undefined, hasBearing: false }],
    },
  ]);
});

test('a server is browsed with its settings in the file', async () => {
  const source = { type: 'opcua', endpoint: 'opc.tcp://plc:4840', username: 'eve', nodes: [] };
  const { setup, world } = setupOf(JSON.stringify({ sources: [source] }));
  await setup.browse('opc.tcp://plc:4840');
  await setup.browse('opc.tcp://other:4840');
  expect(world.browsedWith).toEqual([source, {}]);
});

test('only discovered items can be added', async () => {
  const { setup } = setupOf();
  expect(() => setup.addGroups([0])).toThrow('no mapping was selected');
  expect(() => setup.addNodes([])).toThrow('no node was selected');
  await setup.listen(broker, '#', 1);
  expect(() => setup.addGroups([7])).toThrow('no mapping was selected');
});
