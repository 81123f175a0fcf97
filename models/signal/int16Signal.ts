import { fromBase64 } from '#models/inference/base64.ts';

const FULL_SCALE = 32_767;

/** A 16-bit signal: each integer times `scale` is a sample in its unit. */
export interface Int16Signal {
  scale: number;
  integers: Int16Array;
}

/** Quantises a signal to 16 bits, the resolution of most sensors; its peak is full scale. */
export function quantised(samples: Float32Array): Int16Signal {
  let peak = 0;
  for (const v of samples) peak = Math.max(peak, Math.abs(v));
  const scale = peak === 0 ? 1 : peak / FULL_SCALE;
  return { scale, integers: Int16Array.from(samples, (v) => Math.round(v / scale)) };
}

/** Decodes the integers of a transmitted signal: little-endian, in base64. Runs in the browser as well. */
export function integersIn(base64: string): Int16Array {
  const bytes = fromBase64(base64);
  return new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}

/** The samples of a 16-bit signal, in its unit. */
export function samplesOf({ scale, integers }: Int16Signal): Float32Array {
  return Float32Array.from(integers, (v) => v * scale);
}
