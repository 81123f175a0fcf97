import fc from 'fast-check';
import { fft } from 'fft-js';
import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { KernelEngine } from './kernelEngine.ts';
import { PlainEngine } from './plainEngine.ts';

const random = randomOf(5);
const noise = () => gaussian(random);
const SIGNALS: Record<string, (i: number) => number> = {
  noise: () => noise(),
  'sine on an offset': (i) => 3 + 2 * Math.sin(i * 0.37),
  'impacts in noise': (i) => 0.1 * noise() + (i % 517 < 30 ? 5 * Math.exp(-(i % 517) / 8) * Math.sin(i * 2) : 0),
  'small values': (i) => 1e-6 * Math.sin(i * 0.9) + 1e-7 * noise(),
};

/** Largest difference relative to the largest value, or to `least` if all are smaller: rounding of cancelled terms. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  let largest = least;
  let apart = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    apart = Math.max(apart, Math.abs(actual[i] - expected[i]));
  }
  return apart / largest;
}

test('the kernel runs on this machine', () => {
  expect(KernelEngine.supported()).toBe(true);
});

for (const [name, at] of Object.entries(SIGNALS)) {
  test.each([256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536])(
    `${name}: kernel and plain agree at %i samples`,
    (length) => {
      const samples = Float32Array.from({ length }, (_, i) => at(i));
      const kernel = new KernelEngine(length);
      const plain = new PlainEngine(length);
      kernel.analyze(samples);
      plain.analyze(samples);
      for (const column of ['power', 'envelope', 'envelopeRe', 'envelopeIm'] as const) {
        const least = column.startsWith('envelope') ? 1e-3 * Math.sqrt(plain.moments[1]) * plain.envelopeSize : 0;
        expect(difference(kernel[column], plain[column], least), column).toBeLessThan(1e-4);
      }
      for (const [from, to] of [
        [0, 8],
        [8, 9],
        [10, 11],
      ])
        expect(difference(kernel.bands.slice(from, to), plain.bands.slice(from, to))).toBeLessThan(1e-4);
      // Logarithms of near-zero powers are rounding noise: only bins with content are compared.
      const bins = length / 2;
      if (name.includes('noise')) expect(Math.abs(kernel.bands[9] - plain.bands[9]) / bins).toBeLessThan(1e-4);
      if (name.includes('noise')) expect([...kernel.strongestBins()]).toEqual([...plain.strongestBins()]);
      const centre = plain.bands[8] / plain.bands.slice(0, 8).reduce((a, b) => a + b, 0);
      expect(Math.abs(kernel.spread(centre) / plain.spread(centre) - 1)).toBeLessThan(1e-4);
      for (const i of [0, 1, 3, 4, 5, 6, 7])
        expect(kernel.moments[i] / plain.moments[i], `moment ${i}`).toBeCloseTo(1, 4);
      // The third moment of a symmetric signal is near zero: it is compared relative to its normaliser.
      expect(Math.abs(kernel.moments[2] - plain.moments[2]) / plain.moments[1] ** 1.5).toBeLessThan(1e-4);
    },
  );
}

test('no state remains of the previous window', () => {
  const one = new KernelEngine(1024);
  const two = new KernelEngine(1024);
  const samples = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i));
  one.analyze(Float32Array.from({ length: 1024 }, (_, i) => 100 * Math.cos(i * i)));
  one.analyze(samples);
  two.analyze(samples);
  for (const column of ['moments', 'bands', 'power', 'envelope', 'envelopeRe'] as const)
    expect(one[column]).toEqual(two[column]);
});

test.each([3e9, 1e12, 1e-11])('moments are accurate at an amplitude of %d', (scale) => {
  const samples = Float32Array.from({ length: 1024 }, (_, i) => scale * Math.sin(i * 0.37));
  const kernel = new KernelEngine(1024);
  const plain = new PlainEngine(1024);
  kernel.analyze(samples);
  plain.analyze(samples);
  for (const i of [1, 3, 4, 5, 6, 7]) expect(kernel.moments[i] / plain.moments[i]).toBeCloseTo(1, 4);
});

test.each([256, 512, 1024, 4096])('the kernel’s transform matches fft-js at %i points', (length) => {
  const samples = Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1) * (i + 3)));
  const { re, im } = new KernelEngine(length).forward(samples);
  const expected = fft(Array.from(samples)).slice(0, length / 2 + 1);
  expect(
    difference(
      re,
      expected.map(([r]) => r),
    ),
  ).toBeLessThan(1e-5);
  expect(
    difference(
      im,
      expected.map(([, i]) => i),
    ),
  ).toBeLessThan(1e-5);
});

test('the kernel preserves energy (Parseval), is linear, and a circular shift changes only phases', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 14 }), fc.integer({ min: 1, max: 99 }), fc.integer(), (log, seed, by) => {
      const n = 2 ** log;
      const at = (i: number) => Math.sin(seed * 12.9898 * (i + 1) * (i + 3));
      const engine = new KernelEngine(n);
      const power = (samples: Float32Array) => {
        const { re, im } = engine.forward(samples);
        return Float64Array.from(re, (r, k) => r * r + im[k] * im[k]);
      };
      const samples = Float32Array.from({ length: n }, (_, i) => at(i));
      const plain = power(samples);
      const energy = plain.reduce((sum, p, k) => sum + (k === 0 || k === n / 2 ? p : 2 * p), 0) / n;
      expect(energy / samples.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 4);
      const shift = ((by % n) + n) % n;
      expect(difference(power(Float32Array.from({ length: n }, (_, i) => at((i + shift) % n))), plain)).toBeLessThan(
        1e-4,
      );
      expect(
        difference(
          power(samples.map((v) => 3 * v)),
          plain.map((p) => 9 * p),
        ),
      ).toBeLessThan(1e-4);
    }),
    { numRuns: 25 },
  );
});
