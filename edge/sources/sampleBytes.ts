import type { Rejection } from '#models/contracts/ledger.ts';
import type { ByteOrder, NumberEncoding, WaveformEncoding } from './valueConfig.ts';
import type { NumberAt } from './waveformConfig.ts';

type Reader = (view: DataView, at: number, isLittle: boolean) => number;

const ENCODINGS: Record<NumberEncoding, { bytes: number; read: Reader }> = {
  int8: { bytes: 1, read: (v, at) => v.getInt8(at) },
  uint8: { bytes: 1, read: (v, at) => v.getUint8(at) },
  int16: { bytes: 2, read: (v, at, little) => v.getInt16(at, little) },
  uint16: { bytes: 2, read: (v, at, little) => v.getUint16(at, little) },
  int24: { bytes: 3, read: int24 },
  int32: { bytes: 4, read: (v, at, little) => v.getInt32(at, little) },
  uint32: { bytes: 4, read: (v, at, little) => v.getUint32(at, little) },
  float32: { bytes: 4, read: (v, at, little) => v.getFloat32(at, little) },
  float64: { bytes: 8, read: (v, at, little) => v.getFloat64(at, little) },
  int64: { bytes: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)) },
  uint64: { bytes: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)) },
};

function int24(view: DataView, at: number, isLittle: boolean): number {
  const [high, low] = isLittle
    ? [view.getInt8(at + 2), view.getUint16(at, true)]
    : [view.getInt8(at), view.getUint16(at + 1)];
  return high * 65_536 + low;
}

/** Reads samples of any encoding, each times `scale`. Always a copy: the payload's memory belongs to the connection. */
export function readSamples(
  bytes: Uint8Array,
  encoding: WaveformEncoding,
  byteOrder: 'little' | 'big',
  scale: number,
): Float32Array<ArrayBuffer> | Rejection {
  const { bytes: width, read } = ENCODINGS[encoding];
  if (bytes.length % width !== 0) return 'truncated';
  if (byteOrder === 'little' && (encoding === 'float32' || encoding === 'int16'))
    return aligned(bytes, encoding, scale);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = byteOrder === 'little';
  return Float32Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width, isLittle) * scale);
}

/** All numbers, exactly; null if the bytes end within one. */
export function numbersIn(bytes: Uint8Array, encoding: WaveformEncoding, byteOrder: 'little' | 'big'): number[] | null {
  const { bytes: width, read } = ENCODINGS[encoding];
  if (bytes.length % width !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width, byteOrder === 'little'));
}

/** Fast path for the two usual encodings in the processor's byte order. */
function aligned(bytes: Uint8Array, encoding: 'float32' | 'int16', scale: number): Float32Array<ArrayBuffer> {
  const own = Uint8Array.from(bytes).buffer;
  const column = encoding === 'float32' ? new Float32Array(own) : Float32Array.from(new Int16Array(own));
  if (scale !== 1) for (let i = 0; i < column.length; i++) column[i] *= scale;
  return column;
}

export const numberReader = (encoding: WaveformEncoding): Reader => ENCODINGS[encoding].read;

/** One number at a position of a raw frame; null if the bytes end before it. */
export const numberInFrame = (bytes: Uint8Array, { at, type, byteOrder }: NumberAt): number | null =>
  readNumber(bytes, at, type, byteOrder);

export const bytesIn = (encoding: NumberEncoding): number => ENCODINGS[encoding].bytes;

/** One number; null if the bytes end before it. @param at from the start, or, negative, from the end. */
export function readNumber(
  bytes: Uint8Array,
  at: number,
  encoding: NumberEncoding,
  byteOrder: ByteOrder,
): number | null {
  const { bytes: width, read } = ENCODINGS[encoding];
  const begin = at < 0 ? bytes.length + at : at;
  if (begin < 0 || begin + width > bytes.length) return null;
  const isLittle = byteOrder === 'little' || byteOrder === 'DCBA';
  if (byteOrder !== 'CDAB' && byteOrder !== 'BADC')
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), begin, isLittle);
  if (width % 2 !== 0) return null;
  // Swapped bytes within words equal a reversed order with swapped words.
  const own = Buffer.from(bytes.subarray(begin, begin + width)).swap16();
  return read(new DataView(own.buffer, own.byteOffset, width), 0, byteOrder === 'CDAB');
}

const HEX = /^[0-9a-f]+$/i;
const MIN_HEX = 16;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Each blank can match one part only: otherwise backtracking on a non-matching text doubles with every gap. */
const DECIMALS = /^\s*[+-]?[\d.][\d.eE+-]*(?:(?:\s*[,;]\s*|\s+)[+-]?[\d.][\d.eE+-]*)+\s*$/;

/**
 * Samples in a text: numbers separated by commas, semicolons or blanks; or bytes, in hexadecimal or base64 (either
 * alphabet). Sixteen consecutive hexadecimal digits occur in base64 of a signal once in 10^9.
 */
export function samplesInText(text: string): number[] | Uint8Array | Rejection {
  if (DECIMALS.test(text)) {
    // Decimal commas, or pairs of numbers: this is ambiguous.
    if (text.includes(';') && text.includes(',') && !text.includes('.')) return 'wrong_type';
    const values = text
      .trim()
      .split(/[,;\s]+/)
      .map(Number);
    return values.every(Number.isFinite) ? values : 'wrong_type';
  }
  const digits = text.replace(/^0x/i, '');
  if (digits.length >= MIN_HEX && HEX.test(digits))
    return digits.length % 2 === 0 ? Buffer.from(digits, 'hex') : 'truncated';
  return BASE64.test(text) ? Buffer.from(text, 'base64') : 'bad_payload';
}
