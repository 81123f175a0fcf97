import type { Rejection } from '#models/contracts/ledger.ts';
import { bytesIn, numberReader } from './sampleBytes.ts';
import type { WaveformEncoding } from './valueConfig.ts';

/** Why bytes cannot be samples of the configured encoding, and the setting that would accept them. */
export interface Contradiction {
  rejection: Rejection;
  detail?: string;
}

const MIN_SAMPLES = 64;
/** Samples examined. */
const EXAMINED_SAMPLES = 1024;
/** Threshold of the deviation; full-range white noise has 0.58 of the range. */
const LOUD = 0.4;
/** Threshold of the mean squared difference of neighbours: twice the power for white noise, less for vibration. */
const ROUGH = 1.5;
/** As `LOUD`, for floats read as integers: their similar upper halves make them smoother. */
const FLOATS_LOUD = 0.25;
const FLOATS_ROUGH = 1.2;
const QUIETER = 0.5;
/** Plausible magnitudes of a sensor's floats, in any unit. */
const PLAUSIBLE: readonly [number, number] = [1e-9, 1e7];
const MOSTLY = 0.99;
/** Below this in any unit: not a signal, but small integers read as float32. */
const NEGLIGIBLE = 1e-15;

/** Full scale of the signed encodings in which a wrong byte order is detectable. */
const FULL_SCALE: Partial<Record<WaveformEncoding, number>> = { int16: 2 ** 15, int24: 2 ** 23, int32: 2 ** 31 };

/**
 * Whether samples clearly contradict the configured encoding; null if nothing does. A frame of bytes is neither a text
 * nor a WAV file. Integers in the wrong byte order look like full-range white noise, and less than half as large when
 * swapped; real noise has the same level either way. Floats read as integers have a similar level, and read as floats
 * they have plausible magnitudes, which integers never do.
 */
export function findContradiction(
  bytes: Uint8Array,
  encoding: WaveformEncoding,
  byteOrder: 'little' | 'big',
): Contradiction | null {
  const width = bytesIn(encoding);
  if (isWave(bytes))
    return { rejection: 'bad_payload', detail: 'a WAV file: set skipBytes to 44, or deliver it to a folder source' };
  if (width < 2 || bytes.length < width * MIN_SAMPLES) return null;
  if (isText(bytes)) return { rejection: 'bad_payload', detail: 'the payload is a text, not samples in bytes' };
  const isLittle = byteOrder === 'little';
  if (encoding === 'float32') {
    if (isNegligible(bytes, isLittle))
      return { rejection: 'bad_payload', detail: 'all samples are below 1e-15: see payload.encoding' };
    return !areFloats(bytes, isLittle) && areFloats(bytes, !isLittle) ? { rejection: 'wrong_byte_order' } : null;
  }
  const fullScale = FULL_SCALE[encoding];
  if (fullScale === undefined) return null;
  const own = noiseOf(bytes, encoding, isLittle, fullScale);
  const isNoise = own.deviation >= LOUD && own.roughness >= ROUGH;
  if (isNoise && noiseOf(bytes, encoding, !isLittle, fullScale).deviation < QUIETER * own.deviation)
    return { rejection: 'wrong_byte_order' };
  const mayBeFloats = encoding === 'int16' && own.deviation >= FLOATS_LOUD && own.roughness >= FLOATS_ROUGH;
  const floats = mayBeFloats ? [true, false].find((little) => areFloats(bytes, little)) : undefined;
  return floats === undefined ? null : { rejection: 'bad_payload', detail: 'the samples look like float32' };
}

/** A RIFF header of type WAVE. */
function isWave(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return text.startsWith('RIFF') && text.endsWith('WAVE');
}

function isText(bytes: Uint8Array): boolean {
  const most = Math.min(bytes.length, EXAMINED_SAMPLES);
  for (let i = 0; i < most; i++) {
    const c = bytes[i];
    if ((c < 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d) || c > 0x7e) return false;
  }
  return true;
}

function noiseOf(
  bytes: Uint8Array,
  encoding: WaveformEncoding,
  isLittle: boolean,
  fullScale: number,
): { deviation: number; roughness: number } {
  const read = numberReader(encoding);
  const width = bytesIn(encoding);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = Math.min(EXAMINED_SAMPLES, Math.floor(bytes.length / width));
  let [sum, squares, steps, last] = [0, 0, 0, read(view, 0, isLittle) / fullScale];
  for (let i = 0; i < n; i++) {
    const v = read(view, width * i, isLittle) / fullScale;
    sum += v;
    squares += v * v;
    steps += (v - last) ** 2;
    last = v;
  }
  const variance = squares / n - (sum / n) ** 2;
  return { deviation: Math.sqrt(Math.max(0, variance)), roughness: variance > 0 ? steps / n / variance : 0 };
}

function areFloats(bytes: Uint8Array, isLittle: boolean): boolean {
  if (bytes.length % 4 !== 0) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = Math.min(EXAMINED_SAMPLES, bytes.length / 4);
  let plausible = 0;
  for (let i = 0; i < n; i++) {
    const v = Math.abs(view.getFloat32(4 * i, isLittle));
    if (v === 0 || (v >= PLAUSIBLE[0] && v <= PLAUSIBLE[1])) plausible++;
  }
  return plausible >= MOSTLY * n;
}

function isNegligible(bytes: Uint8Array, isLittle: boolean): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = Math.min(EXAMINED_SAMPLES, Math.floor(bytes.length / 4));
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(view.getFloat32(4 * i, isLittle)));
  return most > 0 && most < NEGLIGIBLE;
}
