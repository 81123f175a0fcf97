import fc from 'fast-check';
import { fft as referenceFft } from 'fft-js';
import { expect, test } from 'vitest';
import { ComplexFft, RealFft } from './fft.ts';

const noise = (n: number, seed = 1) =>
  Array.from({ length: n }, (_, i) => Math.sin(seed * 12.9898 * (i + 1) * (i + 3)) * 2);

test.each([4, 8, 16, 32, 64, 512, 1024])('agrees with fft-js at %i points', (size) => {
  const x = noise(size);
  const expected = referenceFft(x);
  const re = new Float64Array(size / 2 + 1);
  const im = new Float64Array(size / 2 + 1);
  new RealFft(size).forward(x, re, im);
  for (let k = 0; k <= size / 2; k++) {
    expect(re[k]).toBeCloseTo(expected[k][0], 8);
    expect(im[k]).toBeCloseTo(expected[k][1], 8);
  }
});

test('a complex transform and its inverse give the signal times its length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 1000 }), (log, seed) => {
      const n = 2 ** log;
      const re = Float64Array.from(noise(n, seed));
      const im = Float64Array.from(noise(n, seed + 1));
      const fft = new ComplexFft(n);
      fft.forward(re, im);
      fft.inverse(re, im);
      noise(n, seed).forEach((v, i) => {
        expect(re[i] / n).toBeCloseTo(v, 9);
      });
      noise(n, seed + 1).forEach((v, i) => {
        expect(im[i] / n).toBeCloseTo(v, 9);
      });
    }),
    { numRuns: 30 },
  );
});

test('keeps energy (Parseval)', () => {
  const n = 256;
  const x = noise(n, 5);
  const re = new Float64Array(n / 2 + 1);
  const im = new Float64Array(n / 2 + 1);
  new RealFft(n).forward(x, re, im);
  let spectrum = 0;
  for (let k = 0; k <= n / 2; k++) spectrum += (re[k] ** 2 + im[k] ** 2) * (k === 0 || k === n / 2 ? 1 : 2);
  expect(spectrum / n).toBeCloseTo(
    x.reduce((sum, v) => sum + v * v, 0),
    8,
  );
});

test('accepts only powers of two', () => {
  expect(() => new ComplexFft(12)).toThrow(RangeError);
  expect(() => new ComplexFft(1)).toThrow(RangeError);
});
