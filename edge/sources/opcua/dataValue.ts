import { DataType, type DataValue, StatusCodes, VariantArrayType } from 'node-opcua-client';
import { checkCompleted, checkScalar, type Decoded, type DecodeLimits } from '../decoded.ts';
import type { OpcuaNodeConfig } from './opcuaConfig.ts';

/** A block of a monitored value, or why there is none. Of both times the source's is taken. */
export function decodeDataValue(
  node: OpcuaNodeConfig,
  { value, statusCode, sourceTimestamp, serverTimestamp }: DataValue,
  limits: DecodeLimits,
): Decoded {
  if (statusCode.isBad() || statusCode.equals(StatusCodes.UncertainNoCommunicationLastUsableValue)) {
    return { ok: false, rejection: 'bad_quality' };
  }
  const timeMs = (sourceTimestamp ?? serverTimestamp)?.getTime();
  const content: unknown = value?.value;
  if (content === null || content === undefined) return { ok: false, rejection: 'missing_value' };
  const wide = value?.dataType === DataType.Int64 || value?.dataType === DataType.UInt64;
  if (wide && value?.arrayType === VariantArrayType.Scalar) {
    return checkScalar(node, wideNumber(content, value.dataType), timeMs, limits);
  }
  if (typeof content === 'number' || typeof content === 'boolean')
    return checkScalar(node, Number(content), timeMs, limits);
  if (!ArrayBuffer.isView(content) && !Array.isArray(content)) return { ok: false, rejection: 'wrong_type' };
  if (node.sampleRateHz === undefined) return { ok: false, rejection: 'bad_rate' };
  const samples = Float32Array.from(content as unknown as ArrayLike<unknown>, (v) =>
    wide ? wideNumber(v, value?.dataType) : Number(v),
  );
  return checkCompleted(node, samples, node.sampleRateHz, timeMs, limits);
}

/** node-opcua gives 64-bit integers as their high and low halves. NaN of anything else. */
function wideNumber(halves: unknown, type: DataType | undefined): number {
  if (!Array.isArray(halves) || halves.length !== 2) return Number.NaN;
  const [high, low] = halves as [number, number];
  return (type === DataType.Int64 ? high | 0 : high >>> 0) * 2 ** 32 + (low >>> 0);
}
