import { expect, test } from 'vitest';
import { autocorrelation } from './autocorrelation.ts';

/** By its definition. */
function slowly(samples: Float32Array, lags: number): number[] {
  const mean = samples.reduce((sum, v) => sum + v, 0) / samples.length;
  const at = (k: number) => {
    let sum = 0;
    for (let i = 0; i + k < samples.length; i++) sum += (samples[i] - mean) * (samples[i + k] - mean);
    return sum / (samples.length - k);
  };
  return Array.from({ length: lags }, (_, k) => at(k) / at(0));
}

test('equals its definition for any length', () => {
  let seed = 1;
  const noise = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.3;
  };
  for (const n of [2, 37, 256]) {
    const samples = Float32Array.from({ length: n }, noise);
    const lags = Math.ceil(n / 2);
    autocorrelation(samples, lags).forEach((value, k) => {
      expect(value).toBeCloseTo(slowly(samples, lags)[k], 6);
    });
  }
});

test('a repeated impact peaks at its period', () => {
  const samples = Float32Array.from({ length: 4000 }, (_, i) => (i % 250 === 0 ? 1 : 0));
  const values = autocorrelation(samples, 400);
  expect(values[0]).toBeCloseTo(1, 12);
  expect(values.indexOf(Math.max(...values.slice(1)), 1)).toBe(250);
});

test('a constant signal correlates with nothing', () => {
  expect([...autocorrelation(new Float32Array(100).fill(3), 5)]).toEqual([0, 0, 0, 0, 0]);
  expect([...autocorrelation(new Float32Array(0), 5)]).toEqual([]);
});
