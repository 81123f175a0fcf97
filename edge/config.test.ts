import { expect, test } from 'vitest';
import { edgeConfigSchema } from './config.ts';

const problems = (source: object) => {
  const result = edgeConfigSchema.safeParse({
    site: 's',
    edge: 'e',
    dataDirectory: 'd',
    sources: [source],
    uplink: { url: 'mqtt://x' },
  });
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

test('a Sparkplug mapping must belong to a subscribed group', () => {
  const source = (from: string) => ({
    type: 'sparkplug',
    url: 'mqtt://x',
    groups: ['A'],
    metrics: [{ from, metric: 'm', asset: 'a' }],
  });
  expect(problems(source('A/node'))).toEqual([]);
  expect(problems(source('+/node'))).toEqual([]);
  expect(problems(source('B/node'))).toEqual(['sources.0.metrics.0.from: a group of "groups": A']);
});

test('a point has only one Modbus register', () => {
  const register = { asset: 'a', point: 'p', address: 0 };
  const source = (...registers: object[]) => ({
    type: 'modbus',
    host: 'h',
    groups: [{ registers }, { registers: [{ ...register, point: 'q' }] }],
  });
  expect(problems(source(register))).toEqual([]);
  expect(problems(source(register, { ...register, address: 1 }))).toHaveLength(1);
  expect(problems(source({ ...register, point: 'q' }))[0]).toContain('groups.1.registers.0.point');
});

test('a user certificate needs its key, and time zones must exist', () => {
  const nodes = [{ nodeId: 'ns=1;s=x', asset: 'a', point: 'p' }];
  expect(problems({ type: 'opcua', endpoint: 'opc.tcp://h:1', nodes, userCertificateFile: 'c' })).toHaveLength(1);
  const subscriptions = [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }];
  expect(problems({ type: 'mqtt', url: 'mqtt://x', subscriptions, timeZone: 'Middle/Earth' })).toHaveLength(1);
});

test('a machine is coupled only to machines of the same edge', () => {
  const paths = (coupledTo: string[]) => {
    const source = {
      type: 'mqtt',
      url: 'mqtt://x',
      subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }],
    };
    const assets = { motor: {}, pump: { coupledTo } };
    const config = { site: 's', edge: 'e', dataDirectory: 'd', sources: [source], uplink: { url: 'mqtt://x' }, assets };
    const result = edgeConfigSchema.safeParse(config);
    return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  };
  expect(paths(['motor'])).toEqual([]);
  for (const wrong of ['fan', 'pump', 'constructor'])
    expect(paths(['motor', wrong])).toEqual(['assets.pump.coupledTo.1: another machine of this edge: motor']);
});
