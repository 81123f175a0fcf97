import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { edgeConfigSchema } from '../config.ts';
import { SetupError, withBasics, withMachine, withNodes, withSubscriptions } from './editConfig.ts';

const basics = { site: 'plant', edge: 'edge-1', dataDirectory: '/var/tmp/e', uplinkUrl: 'mqtt://127.0.0.1:1883' };
const subscription = { topic: 'plant/{asset}/{point}', payload: { type: 'scalar', value: 'v' } };
const broker = { url: 'mqtt://broker:1883' };

test('an empty file becomes a valid edge configuration', () => {
  const text = withSubscriptions(withBasics('', basics), broker, [subscription]);
  const config = edgeConfigSchema.parse(parse(text));
  expect(config).toMatchObject({ site: 'plant', uplink: { url: 'mqtt://127.0.0.1:1883' } });
  expect(config.sources).toMatchObject([
    { type: 'mqtt', url: broker.url, subscriptions: [{ topic: subscription.topic }] },
  ]);
  // Block style, as a person writes it.
  expect(text).toContain('sources:\n  - type: mqtt\n');
});

describe('an existing file', () => {
  const file = `# Line 1
site: plant # ours
edge: edge-1
dataDirectory: /var/tmp/e
sources:
  - type: mqtt
    url: mqtt://broker:1883 # in the cabinet
    subscriptions:
      - { topic: "a/{asset}/{point}", payload: { type: scalar } }
uplink: { url: mqtt://127.0.0.1:1883 }
`;
  test('keeps comments, order and unchanged settings', () => {
    const text = withSubscriptions(file, broker, [subscription]);
    for (const line of file.split('\n')) expect(text).toContain(line);
    expect(parse(text).sources[0].subscriptions).toHaveLength(2);
  });

  test('gets a separate source for another address', () => {
    const { sources } = parse(withSubscriptions(file, { url: 'mqtt://other:1883', username: 'eve' }, [subscription]));
    expect(sources).toHaveLength(2);
    expect(sources[1]).toMatchObject({ url: 'mqtt://other:1883', username: 'eve' });
  });

  test('collects nodes of one endpoint in one source', () => {
    const node = (point: string) => ({ nodeId: `ns=2;s=${point}`, asset: 'pump-1', point });
    const once = withNodes(file, 'opc.tcp://plc:4840', [node('speed')]);
    const { sources } = parse(withNodes(once, 'opc.tcp://plc:4840', [node('flow')]));
    expect(sources[1]).toMatchObject({ type: 'opcua', nodes: [{ point: 'speed' }, { point: 'flow' }] });
    expect(edgeConfigSchema.safeParse(parse(once)).success).toBe(true);
  });

  test('gets the known facts of a machine, the bearing by its geometry', () => {
    const points = [
      { point: 'DE', unit: 'g', bearing: '6205' },
      { point: 'speed', role: 'speed' },
    ];
    const text = withMachine(file, { asset: 'pump-1', kind: 'pump', points });
    const { assets } = edgeConfigSchema.parse(parse(text));
    expect(assets['pump-1']).toMatchObject({ kind: 'pump', points: { speed: { role: 'speed' } } });
    expect(assets['pump-1'].points.DE.bearing?.bpfo).toBeCloseTo(3.585, 2);
    expect(assets['pump-1'].ratedRpm).toBeUndefined();
    const again = withMachine(text, { asset: 'pump-1', ratedRpm: 1480, points: [] });
    expect(parse(again).assets['pump-1']).toMatchObject({ kind: 'pump', ratedRpm: 1480 });
  });
});

test('an impossible change is reported', () => {
  const points = [{ point: 'DE', bearing: 'no-such' }];
  expect(() => withMachine('', { asset: 'a', points })).toThrow(SetupError);
  expect(() => withBasics('a: [', basics)).toThrow(/no YAML/);
});
