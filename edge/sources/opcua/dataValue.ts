import { DataType, type DataValue, StatusCodes, type Variant, VariantArrayType } from 'node-opcua-client';
import { bitsOf } from '../bitSlice.ts';
import { checkCompleted, checkScalar, type Decoded, type DecodeLimits, refuse } from '../decoded.ts';
import { numberOf } from '../scalarValue.ts';
import type { OpcuaNodeConfig, OpcuaSourceConfig } from './opcuaConfig.ts';
import { memberNames, memberOf } from './structureMember.ts';

/**
 * A block of a monitored value, or why there is none. Supports scalars, texts that map to numbers, and arrays of one
 * dimension.
 */
export function decodeDataValue(
  node: OpcuaNodeConfig,
  timestamps: OpcuaSourceConfig['timestamps'],
  dataValue: DataValue,
  limits: DecodeLimits,
): Decoded {
  const { value: variant, statusCode } = dataValue;
  if (statusCode.isBad() || statusCode.equals(StatusCodes.UncertainNoCommunicationLastUsableValue)) {
    return refuse('bad_quality');
  }
  const whole: unknown = variant?.value;
  if (!variant || whole === null || whole === undefined) return refuse('missing_value');
  const timeMs = timeOf(dataValue, timestamps);
  if (node.member === undefined) return decodeVariant(node, variant, timeMs, limits);
  if (variant.dataType !== DataType.ExtensionObject) return refuse('wrong_type');
  const member = memberOf(whole, node.member);
  return typeof member === 'string' ? refuse(member) : decodeVariant(node, member, timeMs, limits);
}

function decodeVariant(node: OpcuaNodeConfig, variant: Variant, timeMs: number | undefined, limits: DecodeLimits) {
  if (variant.arrayType === VariantArrayType.Scalar) return decodeScalar(node, variant, timeMs, limits);
  if (!isOneDimensional(variant) || !NUMERIC.has(variant.dataType)) return refuse('unsupported_type');
  return decodeArray(node, variant, timeMs, limits);
}

function decodeScalar(node: OpcuaNodeConfig, variant: Variant, timeMs: number | undefined, limits: DecodeLimits) {
  if (WIDE.has(variant.dataType)) {
    const integer = wideInteger(variant.value, variant.dataType);
    return integer === null ? refuse('wrong_type') : checkScalar(node, scaled(integer, node), timeMs, limits);
  }
  const content = scalarContent(variant);
  if (content === undefined) return refuse('unsupported_type');
  const value = numberOf(content, { ...node, hex: false });
  return typeof value === 'string' ? refuse(value) : checkScalar(node, value, timeMs, limits);
}

function decodeArray(node: OpcuaNodeConfig, variant: Variant, timeMs: number | undefined, limits: DecodeLimits) {
  const { scale, offset, sampleRateHz } = node;
  const isWide = WIDE.has(variant.dataType);
  const elements = variant.value as ArrayLike<unknown>;
  const samples = Float64Array.from(
    elements,
    (v) => (isWide ? Number(wideInteger(v, variant.dataType) ?? Number.NaN) : Number(v)) * scale + offset,
  );
  if (sampleRateHz !== undefined) return checkCompleted(node, Float32Array.from(samples), sampleRateHz, timeMs, limits);
  // A single element selected by `range` arrives as an array of one.
  return samples.length === 1 ? checkScalar(node, samples[0], timeMs, limits) : refuse('bad_rate');
}

const WIDE: ReadonlySet<DataType> = new Set([DataType.Int64, DataType.UInt64]);
const NUMERIC: ReadonlySet<DataType> = new Set([
  DataType.Boolean,
  DataType.SByte,
  DataType.Byte,
  DataType.Int16,
  DataType.UInt16,
  DataType.Int32,
  DataType.UInt32,
  DataType.Int64,
  DataType.UInt64,
  DataType.Float,
  DataType.Double,
]);

/** A number, a boolean or a text; undefined for other types: times, byte strings, structures. */
function scalarContent({ dataType, value }: Variant): number | boolean | string | undefined {
  if (NUMERIC.has(dataType)) return value as number | boolean;
  if (dataType === DataType.String) return String(value);
  if (dataType === DataType.LocalizedText) return String((value as { text?: string | null }).text ?? '');
  return undefined;
}

/** An array, or a matrix whose dimensions are all 1 but one, as `range` may leave it. */
function isOneDimensional({ arrayType, dimensions }: Variant): boolean {
  return arrayType === VariantArrayType.Array || (dimensions ?? []).filter((n) => n > 1).length <= 1;
}

/** node-opcua represents 64-bit integers as high and low halves. Null for anything else. */
function wideInteger(halves: unknown, type: DataType): bigint | null {
  if (!Array.isArray(halves) || halves.length !== 2) return null;
  const [high, low] = halves as [number, number];
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return type === DataType.Int64 ? BigInt.asIntN(64, bits) : bits;
}

/** A number has 53 bits: bits are extracted, and offsets subtracted, before the conversion. */
function scaled(integer: bigint, { bits, scale, offset }: OpcuaNodeConfig): number {
  if (bits !== undefined) return bitsOf(integer, bits) * scale + offset;
  return scale === 1 && Number.isInteger(offset) ? Number(integer + BigInt(offset)) : Number(integer) * scale + offset;
}

/** OPC UA counts from 1601, and 0 means that there is no time; some servers convert a 0 of Unix time instead. */
const FIRST_DAY_END_MS = Date.UTC(1601, 0, 2);

function timeOf({ sourceTimestamp, serverTimestamp }: DataValue, choice: OpcuaSourceConfig['timestamps']) {
  if (choice === 'arrival') return undefined;
  return (choice === 'source' ? stampOf(sourceTimestamp) : undefined) ?? stampOf(serverTimestamp);
}

function stampOf(date: Date | null | undefined): number | undefined {
  const timeMs = date?.getTime() ?? 0;
  return timeMs === 0 || timeMs <= FIRST_DAY_END_MS ? undefined : timeMs;
}

const REFUSED_STRUCTURE: ReadonlySet<string> = new Set(['unsupported_type', 'missing_value']);
const MAX_NAMED = 20;

/**
 * What a user can do about a refused value, by its reason; undefined if its status suffices.
 * @param variant as the server sent it.
 */
export function remedyOf(rejection: string, variant: Variant | null | undefined): string | undefined {
  if (variant?.dataType === DataType.ExtensionObject && REFUSED_STRUCTURE.has(rejection)) {
    const names = memberNames(variant.value);
    return names.length > 0
      ? `a structure: set "member" to one of its fields that is a number: ${names.slice(0, MAX_NAMED).join(', ')}`
      : 'a structure that the server does not describe: choose a node with a number';
  }
  const type = DataType[variant?.dataType ?? DataType.Null];
  const sizes = variant?.dimensions?.join(' × ') ?? String((variant?.value as ArrayLike<unknown> | null)?.length ?? 0);
  switch (rejection) {
    case 'wrong_type':
      return `the ${type} is no number: set "states", such as { RUN: 1, STOP: 0 }`;
    case 'unsupported_type':
      return variant?.arrayType === VariantArrayType.Matrix && NUMERIC.has(variant.dataType)
        ? `a matrix of ${sizes}: set "range" to take one row or element, such as 0,0:${(variant.dimensions?.[1] ?? 1) - 1}`
        : `a ${type} is no measurement: choose a node with a number`;
    case 'bad_rate':
      return `an array of ${sizes}: set "sampleRateHz" where it is a waveform, or "range" to take one element`;
    case 'missing_value':
      return 'the node has no value yet';
    default:
      return undefined;
  }
}
