import { create, toBinary } from '@bufbuild/protobuf';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { MetricSchema, TemplateSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { pointByPattern } from './metricPattern.ts';
import { PointOwners } from './pointOwners.ts';
import { sparkplugSourceSchema } from './sparkplugConfig.ts';
import { withMembers } from './templateMembers.ts';

const parse = (mapping: object) =>
  sparkplugSourceSchema.safeParse({ type: 'sparkplug', url: 'mqtt://x', groups: ['G'], metrics: [mapping] });
const mappingOf = (mapping: object) => {
  const { data } = parse({ from: 'G/+', ...mapping });
  if (data === undefined) throw new Error('no mapping');
  return data.metrics[0];
};

test.each<[object, string, object | null]>([
  [{ metric: '{asset}/{point}' }, 'Motor1/Temp', { asset: 'Motor1', point: 'Temp' }],
  [{ metric: '{asset}/{point}' }, 'Temp', null],
  [{ metric: '{asset}/{point}' }, 'Node Control/Rebirth', null],
  [{ metric: '#/{asset}/Out/{point}' }, 'A/B/M1/Out/Speed', { asset: 'M1', point: 'Speed' }],
  [{ metric: '#/{p}', asset: 'm', point: '{rest}-{p}' }, 'A/B/Speed', { asset: 'm', point: 'A.B-Speed' }],
  [{ metric: 'Pump {n}/*/{point}', asset: 'pump-{n}' }, 'Pump 7/x/Speed', { asset: 'pump-7', point: 'Speed' }],
])('%j of %s', (mapping, name, expected) => {
  expect(pointByPattern(mappingOf(mapping), name, undefined)).toEqual(expected);
});

test('names that are invalid in topics are converted; the machine may be that of the device', () => {
  const point = pointByPattern(mappingOf({ from: 'G/{asset}', metric: 'Out/{point}' }), 'Out/Öl °C', 'Presse 1');
  expect(point?.asset).toMatch(/^Presse-1\.[0-9a-f]{4}$/);
  expect(point?.point).toMatch(/^Oel-C\.[0-9a-f]{4}$/);
});

test.each([
  [{ from: 'G/+', metric: '{a}/{point}' }, 'from'],
  [{ from: 'G/+', metric: '#/#/{asset}' }, 'metric'],
  [{ from: 'G/+', metric: '{asset}/{point}', point: '{motor}' }, 'point'],
])('%j is refused', (mapping, at) => {
  const { error } = parse(mapping);
  expect(error?.issues.map(({ path }) => path.at(-1))).toContain(at);
});

const member = (name: string, datatype: number, value: number) =>
  create(MetricSchema, { name, datatype, value: { case: 'doubleValue', value } });
const template = (name: string, metrics: ReturnType<typeof member>[], isDefinition = false) => ({
  name,
  datatype: 19,
  metric: create(MetricSchema, {
    name,
    timestamp: 5n,
    isHistorical: true,
    value: {
      case: 'templateValue',
      value: toBinary(TemplateSchema, create(TemplateSchema, { metrics, isDefinition })),
    },
  }),
});

test('members of templates, also nested; a member without a type has that of the birth', () => {
  const types = new Map<string, number>();
  const { metric: inner } = template('bearing', [member('temp', 10, 61)]);
  inner.datatype = 19;
  const all = withMembers([template('M1', [member('speed', 10, 1480), inner])], types);
  expect(all.map(({ name, datatype, metric }) => [name, datatype, metric.value.value, metric.timestamp])).toEqual([
    ['M1/speed', 10, 1480, 5n],
    ['M1/bearing/temp', 10, 61, 5n],
  ]);
  expect(all[0].metric.isHistorical).toBe(true);
  types.set('M1/speed', 9);
  expect(withMembers([template('M1', [member('speed', 0, 1)])], types)[0]).toMatchObject({ datatype: 9 });
});

test('a definition has no values; unreadable members stay, to be refused', () => {
  expect(withMembers([template('_types_/M', [member('speed', 10, 0)], true)], new Map())).toEqual([]);
  const broken = {
    name: 'M1',
    datatype: 19,
    metric: create(MetricSchema, { value: { case: 'templateValue', value: Uint8Array.of(0xff) } }),
  };
  expect(withMembers([broken], new Map())).toEqual([broken]);
});

test('nothing is dropped in silence: a template beyond the limit stays whole, to be refused; other metrics have none', () => {
  const large = template(
    'large',
    Array.from({ length: 20_001 }, (_, i) => member(`m${i}`, 10, i)),
  );
  expect(withMembers([large], new Map())).toEqual([large]);
  const plain = Array.from({ length: 20_001 }, (_, i) => ({ name: `p${i}`, datatype: 10, metric: member('p', 10, i) }));
  expect(withMembers(plain, new Map())).toHaveLength(20_001);
});

test('a point belongs to the first metric received', () => {
  const owners = new PointOwners(pino({ level: 'silent' }));
  const point = { asset: 'm', point: 'Temp' };
  expect(['A/Temp', 'B/Temp', 'A/Temp'].map((metric) => owners.isOf(point, metric))).toEqual([true, false, true]);
  owners.forget();
  expect(owners.isOf(point, 'B/Temp')).toBe(true);
});
