import { fromBase64, toBase64 } from '#models/inference/base64.ts';

/** Keys of the objects that represent values without a JSON form. */
const NUMBER = '$number';
const FLOATS = '$float64';

/**
 * Plain data as JSON values from which `fromExactJson` restores every bit: numbers without a JSON form (NaN, ±∞, −0)
 * become `{"$number": "NaN"}`, and Float64Arrays `{"$float64": base64}`, little-endian. Pure.
 * @param value numbers, strings, booleans, null, arrays, Float64Arrays and objects of these; undefined fields are left
 * out.
 */
export function toExactJson(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { [NUMBER]: '-0' };
    return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  }
  if (value instanceof Float64Array)
    return { [FLOATS]: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (Array.isArray(value)) return value.map(toExactJson);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(known.map(([key, field]) => [key, toExactJson(field)]));
}

/** Inverse of `toExactJson`. Pure. @throws Error if base64 is damaged. */
export function fromExactJson(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(fromExactJson);
  if (typeof json !== 'object' || json === null) return json;
  const { [NUMBER]: number, [FLOATS]: floats } = json as Record<string, unknown>;
  if (typeof number === 'string') return Number(number);
  if (typeof floats === 'string') return floatsIn(floats);
  return Object.fromEntries(Object.entries(json).map(([key, field]) => [key, fromExactJson(field)]));
}

function floatsIn(base64: string): Float64Array {
  const bytes = fromBase64(base64);
  if (bytes.length % 8 !== 0) throw new Error(`${bytes.length} bytes are no array of numbers`);
  return new Float64Array(bytes.buffer);
}
