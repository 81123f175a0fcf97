import { create, fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import sparkplugPayload from 'sparkplug-payload';
import { expect, test } from 'vitest';
import { type Metric, MetricSchema, PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { metricValue } from './metricValue.ts';
import { NodeTable } from './nodeTable.ts';

const spB = sparkplugPayload.get('spBv1.0')!;
/** Encoded by another implementation, decoded by ours. */
const foreign = (payload: object) => fromBinary(PayloadSchema, spB.encodePayload(payload as never));
const bytes = (datatype: number, ...values: number[]) =>
  metricValue(create(MetricSchema, { value: { case: 'bytesValue', value: Uint8Array.from(values) } }), datatype);

test.each([
  ['Int8', -5, -5],
  ['Int16', -3000, -3000],
  ['Int32', -2_000_000_000, -2_000_000_000],
  ['UInt8', 200, 200],
  ['UInt16', 65_000, 65_000],
  ['UInt32', 4_000_000_000, 4_000_000_000],
  ['Float', 1.5, 1.5],
  ['Double', -0.1, -0.1],
  ['Boolean', true, 1],
])('%s of another encoder: %s', (type, sent, expected) => {
  const { metrics } = foreign({ timestamp: 1, seq: 0, metrics: [{ name: 'm', type, value: sent }] });
  expect(metricValue(metrics[0], metrics[0].datatype)).toEqual({ ok: true, kind: 'scalar', value: expected });
});

test('64-bit integers, signed and unsigned', () => {
  const of = (value: bigint): Metric => create(MetricSchema, { value: { case: 'longValue', value } });
  expect(metricValue(of(2n ** 64n - 2n), 4)).toMatchObject({ value: -2 });
  expect(metricValue(of(2n ** 53n), 8)).toMatchObject({ value: 2 ** 53 });
});

test('arrays are packed little-endian, booleans by bits', () => {
  expect(bytes(23, 0xfe, 0xff, 1, 0)).toMatchObject({ values: Float32Array.of(-2, 1) });
  expect(bytes(30, 0, 0, 0xc0, 0x3f)).toMatchObject({ values: Float32Array.of(1.5) });
  expect(bytes(32, 3, 0, 0, 0, 0b1010_0000)).toMatchObject({ values: Float32Array.of(1, 0, 1) });
  expect(bytes(32, 255, 255, 255, 255, 1)).toEqual({ ok: false, rejection: 'truncated' });
  expect(bytes(30, 0, 0, 0)).toEqual({ ok: false, rejection: 'truncated' });
});

test('other types than measurements are refused by name; so are null and bad quality', () => {
  const text = create(MetricSchema, { value: { case: 'stringValue', value: 'x' } });
  expect(metricValue(text, 12)).toEqual({ ok: false, rejection: 'unsupported_type' });
  const template = create(MetricSchema, { value: { case: 'templateValue', value: new Uint8Array() } });
  expect(metricValue(template, 19)).toEqual({ ok: false, rejection: 'unsupported_type' });
  expect(metricValue(text, 9)).toEqual({ ok: false, rejection: 'wrong_type' });
  expect(metricValue(create(MetricSchema, { isNull: true }), 9)).toEqual({ ok: false, rejection: 'missing_value' });
  const stale = foreign({
    metrics: [{ name: 'm', type: 'Double', value: 1, properties: { Quality: { type: 'Int32', value: 500 } } }],
  }).metrics[0];
  expect(metricValue(stale, 10)).toEqual({ ok: false, rejection: 'bad_quality' });
});

const metric = (name: string, alias: number, value: number) => ({ name, alias, type: 'Double', value });
const data = (seq: number, alias: number, value: number) =>
  create(PayloadSchema, {
    seq: BigInt(seq),
    metrics: [{ alias: BigInt(alias), value: { case: 'doubleValue', value } }],
  });

test('aliases and types are those of the birth; data without a birth requests one', () => {
  const table = new NodeTable(10);
  expect(table.take('NDATA', 'g/n', '', data(7, 0, 1))).toMatchObject({ metrics: [], unknown: 1, rebirth: true });
  table.take('NBIRTH', 'g/n', '', foreign({ seq: 0, metrics: [metric('speed', 0, 1)] }));
  expect(table.take('DBIRTH', 'g/n', 'd', foreign({ seq: 1, metrics: [metric('temp', 5, 20)] }))).toMatchObject({
    metrics: [{ name: 'temp', datatype: 10 }],
    rebirth: false,
  });
  expect(table.take('NDATA', 'g/n', '', data(2, 0, 3)).metrics).toMatchObject([{ name: 'speed', datatype: 10 }]);
  expect(table.take('DDATA', 'g/n', 'd', data(3, 5, 3)).metrics).toMatchObject([{ name: 'temp', datatype: 10 }]);
  expect(table.take('DDATA', 'g/n', 'd', data(4, 6, 3))).toMatchObject({ unknown: 1, rebirth: true });
  expect(table.online).toBe(1);
});

test('after a gap an alias may have changed, and after a lost connection no birth counts; names remain valid', () => {
  const table = new NodeTable(10);
  table.take('NBIRTH', 'g/n', '', foreign({ seq: 0, metrics: [metric('speed', 1, 1)] }));
  expect(table.take('NDATA', 'g/n', '', data(9, 1, 60))).toMatchObject({ metrics: [], unknown: 1, rebirth: true });
  const named = foreign({ seq: 10, metrics: [{ name: 'speed', type: 'Double', value: 7 }] });
  expect(table.take('NDATA', 'g/n', '', named)).toMatchObject({ metrics: [{ name: 'speed' }], rebirth: false });
  table.forget();
  expect(table.take('NDATA', 'g/n', '', data(11, 1, 60))).toMatchObject({ metrics: [], rebirth: true });
});

test('a metric that is born without a type is counted, and requests no birth', () => {
  const table = new NodeTable(10);
  table.take('NBIRTH', 'g/n', '', foreign({ seq: 0, metrics: [metric('speed', 1, 1)] }));
  const typeless = create(PayloadSchema, { seq: 1n, metrics: [{ name: 'odd', alias: 8n }] });
  expect(table.take('DBIRTH', 'g/n', 'd', typeless)).toMatchObject({ unknown: 1, rebirth: false });
  expect(table.take('DDATA', 'g/n', 'd', data(2, 8, 1))).toMatchObject({ unknown: 1, rebirth: false });
});

test('a gap in the sequence is counted and requests births; 255 is followed by 0', () => {
  const table = new NodeTable(10);
  const born = foreign({ seq: 254, metrics: [metric('speed', 0, 1)] });
  table.take('NBIRTH', 'g/n', '', born);
  expect(table.take('NDATA', 'g/n', '', data(255, 0, 1))).toMatchObject({ missing: 0, rebirth: false });
  expect(table.take('NDATA', 'g/n', '', data(0, 0, 1))).toMatchObject({ missing: 0, rebirth: false });
  expect(table.take('NDATA', 'g/n', '', data(3, 0, 1))).toMatchObject({ missing: 2, rebirth: true });
});

test('a death ends a node, unless it is that of an older session', () => {
  const table = new NodeTable(10);
  const bdSeq = (value: number) => ({ name: 'bdSeq', type: 'UInt64', value });
  table.take('NBIRTH', 'g/n', '', foreign({ seq: 0, metrics: [bdSeq(4), metric('speed', 1, 1)] }));
  table.take('NDEATH', 'g/n', '', foreign({ metrics: [bdSeq(3)] }));
  expect(table.online).toBe(1);
  table.take('NDEATH', 'g/n', '', foreign({ metrics: [bdSeq(4)] }));
  expect(table.online).toBe(0);
  expect(table.take('NDATA', 'g/n', '', data(1, 1, 1)).rebirth).toBe(true);
});

test('no bytes make it throw, and the number of nodes is bounded', () => {
  const table = new NodeTable(3);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(10), (garbage, node) => {
      let payload = create(PayloadSchema);
      try {
        payload = fromBinary(PayloadSchema, garbage);
      } catch (error) {
        // Most garbage is not protobuf at all.
        expect(error).toBeInstanceOf(Error);
      }
      for (const type of ['NBIRTH', 'DDATA', 'NDATA', 'DBIRTH', 'NDEATH'] as const) {
        const update = table.take(type, `g/${node}`, 'd', payload);
        for (const m of update.metrics) expect(metricValue(m.metric, m.datatype)).toHaveProperty('ok');
      }
      expect(table.online).toBeLessThanOrEqual(3);
    }),
    { numRuns: 2000 },
  );
});

/** The examples of the Sparkplug 3.0.0 specification, 6.4.17, byte for byte. */
test.each([
  [23, [-30000, 30000], [0xd0, 0x8a, 0x30, 0x75]],
  [24, [-1, 315338746], [0xff, 0xff, 0xff, 0xff, 0xfa, 0xaf, 0xcb, 0x12]],
  [
    25,
    [Number(-4270929666821191986n), Number(-3601064768563266876n)],
    [0xce, 0x06, 0x72, 0xac, 0x18, 0x9c, 0xba, 0xc4, 0xc4, 0xba, 0x9c, 0x18, 0xac, 0x72, 0x06, 0xce],
  ],
  [26, [23, 250], [0x17, 0xfa]],
  [27, [30, 52360], [0x1e, 0x00, 0x88, 0xcc]],
  [28, [52, 3293969225], [0x34, 0x00, 0x00, 0x00, 0x49, 0xfb, 0x55, 0xc4]],
  [
    29,
    [52, Number(16444743074749521625n)],
    [0x34, 0, 0, 0, 0, 0, 0, 0, 0xd9, 0x9e, 0x02, 0xd1, 0xb2, 0x76, 0x37, 0xe4],
  ],
  [32, [0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1], [0x0c, 0x00, 0x00, 0x00, 0x34, 0xd0]],
  // Printed there as EF and in the other byte order, against the specification's own "two's complement", "little endian".
  [22, [-23, 123], [0xe9, 0x7b]],
  [30, [1.23, 89.341], [0xa4, 0x70, 0x9d, 0x3f, 0x98, 0xae, 0xb2, 0x42]],
  [
    31,
    [12.354213, 1022.9123213],
    [0xd7, 0xa2, 0x05, 0x68, 0x5b, 0xb5, 0x28, 0x40, 0x8e, 0x17, 0x1c, 0x6f, 0x4c, 0xf7, 0x8f, 0x40],
  ],
] as const)('type %i: %j', (datatype, values, bytes) => {
  const metric = create(MetricSchema, { value: { case: 'bytesValue', value: Uint8Array.from(bytes) } });
  const result = metricValue(metric, datatype);
  if (!result.ok || result.kind !== 'array') throw new Error(JSON.stringify(result));
  expect([...result.values]).toEqual([...Float32Array.from(values as readonly number[])]);
});
