import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localMedian, medianOf, select } from './localMedian.ts';
import { amplitudes, thinned, welch } from './welch.ts';

test('a sine keeps its amplitude in each unit, and noise its power', () => {
  const length = 1024;
  const sine = Float32Array.from({ length: 8192 }, (_, i) => 3 + 2 * Math.sin((2 * Math.PI * 64 * i) / length));
  const spectrum = welch(sine, 1024, length);
  expect(spectrum.averages).toBe(15);
  expect(amplitudes(spectrum, 'peak')[64]).toBeCloseTo(2, 4);
  expect(amplitudes(spectrum, 'rms')[64]).toBeCloseTo(Math.SQRT2, 4);
  expect(amplitudes(spectrum, 'dB')[64]).toBeCloseTo(3.0103, 3);
  const power = spectrum.density.reduce((a, b) => a + b, 0) * spectrum.stepHz;
  expect(power).toBeCloseTo(2, 3);
});

test('a line survives thinning', () => {
  const values = new Float64Array(1000);
  values[777] = 5;
  expect(thinned(values, 72).length).toBeLessThanOrEqual(72);
  expect(Math.max(...thinned(values, 72))).toBe(5);
});

test('the median equals that of sorting', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const half = values.length >> 1;
      const expected = values.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
      // −0 and 0 sort as one.
      expect(medianOf(Float64Array.from(values)) + 0).toBe(expected + 0);
      expect(select(Float64Array.from(values), half) + 0).toBe(sorted[half] + 0);
    }),
  );
});

test('the local median follows a level and ignores lines', () => {
  const values = Float64Array.from({ length: 2000 }, (_, i) => (i < 1000 ? 1 : 3) + (i % 50 === 0 ? 100 : 0));
  const level = localMedian(values, 50);
  expect([level[0], level[500], level[1500], level[1999]]).toEqual([1, 1, 3, 3]);
});

test('a recording without a whole segment is refused', () => {
  expect(() => welch(new Float32Array(100), 1000, 256)).toThrow(RangeError);
});
