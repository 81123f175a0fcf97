import { DataType, DataValue, StatusCodes, Variant, VariantArrayType, type VariantOptions } from 'node-opcua-client';
import { expect, test } from 'vitest';
import { decodeDataValue, remedyOf } from './dataValue.ts';
import { opcuaSourceSchema } from './opcuaConfig.ts';

const nowMs = Date.UTC(2026, 2, 1);
const limits = { nowMs, maxFutureMs: 300_000 };

function decode(value: VariantOptions, node: object = {}, stamps: object = {}, timestamps = 'source') {
  const config = opcuaSourceSchema.parse({
    type: 'opcua',
    endpoint: 'opc.tcp://x:4840',
    timestamps,
    nodes: [{ nodeId: 'ns=1;s=x', asset: 'a', point: 'p', ...node }],
  });
  const dataValue = new DataValue({ value: new Variant(value), statusCode: StatusCodes.Good, ...stamps });
  return decodeDataValue(config.nodes[0], config.timestamps, dataValue, limits);
}
const opcuaNode = opcuaSourceSchema.parse({
  type: 'opcua',
  endpoint: 'opc.tcp://x:4840',
  nodes: [{ nodeId: 'ns=1;s=x', asset: 'a', point: 'p' }],
}).nodes[0];
/** A value as received: the library's constructor requires a structure that it knows. */
const structured = (value: object) =>
  Object.assign(new DataValue({ statusCode: StatusCodes.Good }), {
    value: { dataType: DataType.ExtensionObject, arrayType: VariantArrayType.Scalar, value } as Variant,
  });
const numberIn = (decoded: ReturnType<typeof decode>) =>
  decoded.ok && decoded.block.kind === 'scalars'
    ? decoded.block.values[0]
    : decoded.ok
      ? 'waveform'
      : decoded.rejection;

test('numbers of every type, booleans, enumerations and texts that map to numbers', () => {
  expect(
    numberIn(decode({ dataType: DataType.Int64, arrayType: VariantArrayType.Scalar, value: [-1, 0xfffffffe] })),
  ).toBe(-2);
  expect(numberIn(decode({ dataType: DataType.UInt64, arrayType: VariantArrayType.Scalar, value: [1, 5] }))).toBe(
    4_294_967_301,
  );
  expect(numberIn(decode({ dataType: DataType.Boolean, value: true }))).toBe(1);
  expect(numberIn(decode({ dataType: DataType.Int32, value: 3 }))).toBe(3);
  expect(numberIn(decode({ dataType: DataType.String, value: 'RUN' }))).toBe('wrong_type');
  expect(numberIn(decode({ dataType: DataType.String, value: 'RUN' }, { states: { RUN: 1, STOP: 0 } }))).toBe(1);
  const text = { dataType: DataType.LocalizedText, value: { text: 'STOP', locale: 'en' } };
  expect(numberIn(decode(text, { states: { RUN: 1, STOP: 0 } }))).toBe(0);
  expect(numberIn(decode({ dataType: DataType.UInt16, value: 0b1101 }, { bits: { from: 2, length: 2 } }))).toBe(3);
  expect(numberIn(decode({ dataType: DataType.Int16, value: 655 }, { scale: 0.1, offset: -5 }))).toBeCloseTo(60.5, 9);
});

test('a 64-bit integer that a number cannot represent exactly is refused, not rounded', () => {
  expect(
    numberIn(decode({ dataType: DataType.UInt64, arrayType: VariantArrayType.Scalar, value: [0x7fffffff, 1] })),
  ).toBe('out_of_range');
});

test('bits and differences of 64-bit integers are computed before rounding', () => {
  const wide = (high: number, low: number, node: object, dataType = DataType.UInt64) =>
    numberIn(decode({ dataType, arrayType: VariantArrayType.Scalar, value: [high, low] }, node));
  expect(wide(0x40000000, 5, { bits: { from: 0, length: 3 } })).toBe(5);
  expect(wide(0x40000000, 5, { bits: { from: 62, length: 1 } })).toBe(1);
  expect(wide(0x10000000, 5, { offset: -(2 ** 60) })).toBe(5);
  expect(wide(0xffffffff, 0xfffffffe, { scale: 0.5 }, DataType.Int64)).toBe(-1);
});

/** As node-opcua decodes a structure: field names begin with a small letter and are described by a schema. */
const structure = {
  schema: {
    fields: [
      { name: 'speed', fieldType: 'Double' },
      { name: 'energy', fieldType: 'Int64' },
      { name: 'range', fieldType: 'Double', isArray: true },
      { name: 'state', fieldType: 'LocalizedText' },
      { name: 'motor', fieldType: 'MotorType' },
    ],
  },
  speed: 1480,
  energy: [0xffffffff, 0xfffffffe],
  range: [3, 4],
  state: { text: 'RUN', locale: 'en' },
  motor: { axes: [{ rms: 1.5 }, { rms: 2.5 }] },
};

test('a member of a structure is read like a value', () => {
  const ofMember = (member: string, node: object = {}) =>
    numberIn(decodeDataValue({ ...opcuaNode, ...node, member }, 'source', structured(structure), limits));
  expect(ofMember('Speed', { scale: 2 })).toBe(2960);
  expect(ofMember('energy')).toBe(-2);
  expect(ofMember('Range.1')).toBe(4);
  expect(ofMember('Range')).toBe('bad_rate');
  expect(ofMember('Range', { sampleRateHz: 1000 })).toBe('waveform');
  expect(ofMember('State', { states: { RUN: 1 } })).toBe(1);
  expect(ofMember('Motor.Axes.1.Rms')).toBe(2.5);
  expect(ofMember('Motor')).toBe('unsupported_type');
  expect(ofMember('Torque')).toBe('missing_value');
  expect(remedyOf('missing_value', structured(structure).value)).toMatch(/one of its fields .* speed, energy, range/);
  expect(numberIn(decode({ dataType: DataType.Double, value: 1 }, { member: 'Speed' }))).toBe('wrong_type');
});

test('a value that is not a measurement is refused with a remedy', () => {
  const bytes = { dataType: DataType.ByteString, value: Buffer.from([1, 2]) };
  expect(numberIn(decode(bytes))).toBe('unsupported_type');
  expect(remedyOf('unsupported_type', new Variant(bytes))).toMatch(/ByteString/);
  expect(numberIn(decode({ dataType: DataType.DateTime, value: new Date(nowMs) }))).toBe('unsupported_type');
  const matrix = (rows: number, columns: number) => ({
    dataType: DataType.Double,
    arrayType: VariantArrayType.Matrix,
    dimensions: [rows, columns],
    value: new Float64Array(rows * columns).fill(2),
  });
  expect(numberIn(decode(matrix(3, 64), { sampleRateHz: 1000 }))).toBe('unsupported_type');
  expect(remedyOf('unsupported_type', new Variant(matrix(3, 64)))).toMatch(/3 × 64.*range.*0,0:63/);
  // As reduced by `range: 0,0:63`.
  expect(numberIn(decode(matrix(1, 64), { sampleRateHz: 1000 }))).toBe('waveform');
  const array = { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([4, 5]) };
  expect(numberIn(decode(array))).toBe('bad_rate');
  expect(numberIn(decode({ ...array, value: new Float64Array([4]) }))).toBe(4);
});

test('an absent source time falls back to the server’s, and that to the arrival’s, which is marked', () => {
  const value = { dataType: DataType.Double, value: 1 };
  const server = new Date(nowMs - 5000);
  const none = new Date(Date.UTC(1601, 0, 1));
  const timeOf = (stamps: object, timestamps?: string) => {
    const decoded = decode(value, {}, stamps, timestamps);
    return decoded.ok && decoded.block.kind === 'scalars'
      ? [decoded.block.timesUs[0] / 1000 - nowMs, decoded.block.timeQuality]
      : decoded;
  };
  const source = new Date(nowMs - 9000);
  expect(timeOf({ sourceTimestamp: source, serverTimestamp: server })).toEqual([-9000, 'source']);
  for (const zero of [none, new Date(0), null])
    expect(timeOf({ sourceTimestamp: zero, serverTimestamp: server })).toEqual([-5000, 'source']);
  expect(timeOf({ sourceTimestamp: none, serverTimestamp: none })).toEqual([0, 'received']);
  expect(timeOf({ sourceTimestamp: source, serverTimestamp: server }, 'server')).toEqual([-5000, 'source']);
  expect(timeOf({ sourceTimestamp: source, serverTimestamp: server }, 'arrival')).toEqual([0, 'received']);
});
