import type { Rejection } from '#models/contracts/ledger.ts';
import { bitsOf } from './bitSlice.ts';
import type { ScalarPayload } from './payloadConfig.ts';
import { bytesIn, readNumber } from './sampleBytes.ts';
import type { NumberEncoding, TimeInBytes } from './valueConfig.ts';

/** Words for a switch, in lower case. */
const WORDS: Record<string, number> = { true: 1, false: 0, on: 1, off: 0, yes: 1, no: 0 };
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** 52 bits: an exact integer. */
const HEX = /^(0x)?[0-9a-f]{1,13}$/i;

type Numeric = Pick<
  ScalarPayload,
  'states' | 'hex' | 'bits' | 'scale' | 'offset' | 'none' | 'bcd' | 'decimal' | 'bytes' | 'at' | 'as' | 'byteOrder'
>;

/**
 * Converts a value to a number: a number, a number in quotes, true and false, a word of `states`, hexadecimal digits,
 * or bytes, if configured; then a slice of its bits, BCD, scale and offset. Values in `none` are missing.
 */
export function numberOf(value: unknown, spec: Numeric): number | Rejection {
  if (spec.none?.includes(value as never)) return 'missing_value';
  const raw = rawNumber(value, spec);
  if (typeof raw === 'string') return raw;
  if (spec.none?.includes(raw)) return 'missing_value';
  const bits = spec.bits === undefined ? raw : bitsOf(raw, spec.bits);
  const digits = spec.bcd ? bcdOf(bits) : bits;
  return digits === null ? 'wrong_type' : digits * spec.scale + spec.offset;
}

function rawNumber(value: unknown, spec: Numeric): number | Rejection {
  if (value === null || value === undefined) return 'missing_value';
  if (spec.as !== undefined) return numberInBytes(value, spec);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? numberInText(value.trim(), spec) : 'wrong_type';
}

function numberInText(text: string, { states, hex, decimal }: Numeric): number | Rejection {
  if (states !== undefined && Object.hasOwn(states, text)) return states[text];
  if (text === '') return 'missing_value';
  if (hex) return HEX.test(text) ? Number.parseInt(text.replace(/^0x/i, ''), 16) : 'wrong_type';
  const plain = decimal === ',' ? withPoint(text) : text;
  if (NUMBER.test(plain)) return Number(plain);
  if (NOT_FINITE.test(text)) return 'not_finite';
  return WORDS[text.toLowerCase()] ?? 'wrong_type';
}

const GROUPED = /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/;

/** Converts a number with a decimal comma, with points as thousands separators; any other point makes it invalid. */
function withPoint(text: string): string {
  const whole = GROUPED.test(text) ? text.replaceAll('.', '') : text;
  return whole.includes('.') ? '' : whole.replace(',', '.');
}

function numberInBytes(value: unknown, { bytes, at, as, byteOrder }: Numeric): number | Rejection {
  const all = bytesOf(value, bytes);
  if (all === null) return 'wrong_type';
  return readNumber(all, at ?? 0, as as NumberEncoding, byteOrder ?? 'big') ?? 'truncated';
}

const WITH_UNIT = /^([+-]?[\d.,]+(?:e[+-]?\d+)?)\s*([\p{L}°%µμ‰].{0,15})$/iu;

/** A number and the unit after it; null for any other text. */
export function withUnit(value: unknown): { number: string; unit: string } | null {
  const m = typeof value === 'string' ? WITH_UNIT.exec(value.trim()) : null;
  return m && { number: m[1], unit: m[2].trim() };
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** This many consecutive hexadecimal digits occur in base64 once in 10^7. */
const MIN_HEX = 16;
const BYTES_HEX = /^([0-9a-f]{2})*$/i;

const HEX_WORD = /^0x[0-9a-f]{1,4}$/i;

/** Bytes of 16-bit registers, high byte first, or of a 32-bit integer. */
function bytesOfWords(value: unknown): Uint8Array | null {
  const isWhole = (v: unknown, bits: number) =>
    Number.isInteger(v) && (v as number) >= -(2 ** (bits - 1)) && (v as number) < 2 ** bits;
  if (isWhole(value, 32)) return Uint8Array.from([24, 16, 8, 0], (shift) => ((value as number) >> shift) & 0xff);
  if (!Array.isArray(value)) return null;
  const words = value.map((word) => (HEX_WORD.test(String(word)) ? Number(word) : word));
  if (!words.every((word) => isWhole(word, 16))) return null;
  return Uint8Array.from(words.flatMap((word: number) => [(word >> 8) & 0xff, word & 0xff]));
}

/** Bytes of a text in base64 or hexadecimal digits, or of a list of numbers; null for anything else. */
export function bytesOf(value: unknown, written: ScalarPayload['bytes']): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (written === 'words') return bytesOfWords(value);
  if (Array.isArray(value))
    return value.every((b) => Number.isInteger(b) && b >= -128 && b <= 255) ? Uint8Array.from(value as number[]) : null;
  if (typeof value !== 'string' || written === undefined) return null;
  if (written === 'hex') {
    const digits = value.replace(/^0x/i, '').replace(/[\s:-]/g, '');
    return BYTES_HEX.test(digits) ? Buffer.from(digits, 'hex') : null;
  }
  const isHex = value.length >= MIN_HEX && BYTES_HEX.test(value);
  return BASE64.test(value) && !isHex ? Buffer.from(value, 'base64') : null;
}

/**
 * Consecutive records of a fixed size; null if the value is not bytes. `isCutOff`: the last one is truncated, and left
 * out.
 */
export function recordsIn(
  value: unknown,
  { bytes, skipBytes = 0 }: Pick<ScalarPayload, 'bytes' | 'skipBytes'>,
  every: number,
): { records: Uint8Array[]; isCutOff: boolean } | null {
  const all = bytesOf(value, bytes)?.subarray(skipBytes);
  if (all === undefined) return null;
  const count = Math.floor(all.length / every);
  const records = Array.from({ length: count }, (_, i) => all.subarray(i * every, (i + 1) * every));
  return { records, isCutOff: all.length % every !== 0 };
}

/** The time in the bytes of each record; null if it cannot be read. */
export function timesInBytes(
  value: unknown,
  { bytes, every }: Pick<ScalarPayload, 'bytes' | 'every'>,
  { at, as, byteOrder }: TimeInBytes,
): number | null | (number | null)[] {
  if (every !== undefined && Array.isArray(value))
    return value.map((record: Uint8Array) => readNumber(record, at, as, byteOrder));
  const all = bytesOf(value, bytes);
  return all && readNumber(all, at, as, byteOrder);
}

/** Whether a message's value equals a setting's; the message may write a number or boolean as text. */
export function isSame(found: unknown, target: string | number | boolean | null): boolean {
  if (found === target) return true;
  const isWritten = typeof found === 'string' && (typeof target === 'number' || typeof target === 'boolean');
  return (isWritten || (typeof found === 'number' && typeof target === 'string')) && String(found) === String(target);
}

export const widthOf = (type: NumberEncoding): number => bytesIn(type);

/** Each four bits are a decimal digit. */
function bcdOf(value: number): number | null {
  const digits = Number.isInteger(value) && value >= 0 ? value.toString(16) : 'x';
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
