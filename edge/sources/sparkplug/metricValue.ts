import type { Rejection } from '#models/contracts/ledger.ts';
import type { Metric } from '#models/sparkplug/sparkplugB_pb.ts';

export type MetricValue =
  | { ok: true; kind: 'scalar'; value: number }
  | { ok: true; kind: 'array'; values: Float32Array<ArrayBuffer> }
  | { ok: false; rejection: Rejection };

/** Sparkplug 3.0.0, 6.4.16: data types by number. */
const SCALARS: Record<number, (metric: Metric) => number | null> = {
  1: (m) => integer(m, 8, true),
  2: (m) => integer(m, 16, true),
  3: (m) => integer(m, 32, true),
  4: (m) => long(m, true),
  5: (m) => integer(m, 8, false),
  6: (m) => integer(m, 16, false),
  7: (m) => integer(m, 32, false),
  8: (m) => long(m, false),
  9: ({ value }) => (value.case === 'floatValue' ? value.value : null),
  10: ({ value }) => (value.case === 'doubleValue' ? value.value : null),
  11: ({ value }) => (value.case === 'booleanValue' ? Number(value.value) : null),
};

interface Column {
  width: number;
  at: (view: DataView, offset: number) => number;
}

/** Packed little-endian, 6.4.16 as well. */
const ARRAYS: Record<number, Column> = {
  22: { width: 1, at: (view, o) => view.getInt8(o) },
  23: { width: 2, at: (view, o) => view.getInt16(o, true) },
  24: { width: 4, at: (view, o) => view.getInt32(o, true) },
  25: { width: 8, at: (view, o) => Number(view.getBigInt64(o, true)) },
  26: { width: 1, at: (view, o) => view.getUint8(o) },
  27: { width: 2, at: (view, o) => view.getUint16(o, true) },
  28: { width: 4, at: (view, o) => view.getUint32(o, true) },
  29: { width: 8, at: (view, o) => Number(view.getBigUint64(o, true)) },
  30: { width: 4, at: (view, o) => view.getFloat32(o, true) },
  31: { width: 8, at: (view, o) => view.getFloat64(o, true) },
};
const BOOLEAN_ARRAY = 32;

/** Types that are not measurements, by name. */
export const UNMEASURED: Readonly<Record<number, string>> = {
  12: 'String',
  13: 'DateTime',
  14: 'Text',
  15: 'UUID',
  16: 'DataSet',
  17: 'Bytes',
  18: 'File',
  19: 'Template',
  33: 'StringArray',
  34: 'DateTimeArray',
};

/** A metric's value, as a number or an array. Texts, times, files, data sets and templates are not measurements. */
export function metricValue(metric: Metric, datatype: number): MetricValue {
  if (metric.isNull) return { ok: false, rejection: 'missing_value' };
  if (badQuality(metric)) return { ok: false, rejection: 'bad_quality' };
  const scalar = SCALARS[datatype];
  if (scalar) {
    if (metric.value.case === undefined) return { ok: false, rejection: 'missing_value' };
    const value = scalar(metric);
    return value === null ? { ok: false, rejection: 'wrong_type' } : { ok: true, kind: 'scalar', value };
  }
  if (metric.value.case !== 'bytesValue') return { ok: false, rejection: 'unsupported_type' };
  const bytes = metric.value.value;
  if (datatype === BOOLEAN_ARRAY) return booleans(bytes);
  const column = ARRAYS[datatype];
  if (!column) return { ok: false, rejection: 'unsupported_type' };
  if (bytes.length % column.width !== 0) return { ok: false, rejection: 'truncated' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(bytes.length / column.width);
  for (let i = 0; i < values.length; i++) values[i] = column.at(view, i * column.width);
  return { ok: true, kind: 'array', values };
}

/** Signed integers are transmitted as unsigned ones with the same bits; some encoders put the widest in a long. */
function integer({ value }: Metric, bits: number, signed: boolean): number | null {
  if (value.case === 'longValue') {
    return Number(signed ? BigInt.asIntN(bits, value.value) : BigInt.asUintN(bits, value.value));
  }
  if (value.case !== 'intValue') return null;
  const shift = 32 - bits;
  return signed ? (value.value << shift) >> shift : (value.value << shift) >>> shift;
}

/** Some encoders transmit a 64-bit integer that fits in 32 bits as one of 32 bits. */
function long({ value }: Metric, signed: boolean): number | null {
  if (value.case === 'intValue') return value.value;
  if (value.case !== 'longValue') return null;
  return Number(signed ? BigInt.asIntN(64, value.value) : value.value);
}

/** The count, then one bit each, the highest first. */
function booleans(bytes: Uint8Array): MetricValue {
  if (bytes.length < 4) return { ok: false, rejection: 'truncated' };
  const count = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (count > 8 * (bytes.length - 4)) return { ok: false, rejection: 'truncated' };
  const values = Float32Array.from({ length: count }, (_, i) => (bytes[4 + (i >> 3)] >> (7 - (i & 7))) & 1);
  return { ok: true, kind: 'array', values };
}

/** The property "Quality", 6.4.17: 192 is good, 0 bad, 500 stale. */
function badQuality({ properties }: Metric): boolean {
  const at = properties?.keys.indexOf('Quality') ?? -1;
  const quality = properties?.values[at]?.value;
  return quality?.case !== undefined && Number(quality.value) !== 192;
}
