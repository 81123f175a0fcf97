import { gaussian, randomOf } from '#models/random/random.ts';

/** The frame of benches and soaks: a window of 4,096 samples at 25.6 kHz. */
export const SAMPLES = 4096;
export const RATE_HZ = 25_600;

/** Two tones in noise as float32, little-endian. */
export function benchFrame(seed: number): Buffer {
  const random = randomOf(seed + 1);
  const samples = Float32Array.from(
    { length: SAMPLES },
    (_, i) =>
      0.3 * Math.sin((2 * Math.PI * 29.5 * i) / RATE_HZ) +
      0.2 * Math.sin((2 * Math.PI * 3900 * i) / RATE_HZ) +
      0.1 * gaussian(random),
  );
  return Buffer.from(samples.buffer);
}
