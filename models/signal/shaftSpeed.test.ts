import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { LineSpectrum } from './lineSpectrum.ts';
import { NOMINAL_SPEED, refineShaftHz } from './shaftSpeed.ts';

const RATE = 5120;
const random = randomOf(8);
/** Ten seconds of three harmonics of a rate in noise. */
const machine = (hz: number, amplitude: number) =>
  new LineSpectrum(
    [
      Float32Array.from({ length: 10 * RATE }, (_, i) => {
        const w = (2 * Math.PI * hz * i) / RATE;
        return amplitude * (Math.sin(w) + 0.4 * Math.sin(2 * w) + 0.2 * Math.sin(3 * w)) + gaussian(random);
      }),
    ],
    RATE,
  );

test.each([
  [0.985, undefined],
  [1.015, undefined],
  [0.94, NOMINAL_SPEED],
  [1.07, NOMINAL_SPEED],
])('a speed that is %f times too high is refined to a thousandth', (wrong, tolerance) => {
  const { hz, uncertainty } = refineShaftHz([machine(24.7, 1)], 24.7 * wrong, tolerance);
  expect(hz / 24.7).toBeCloseTo(1, 3);
  expect(uncertainty).toBeLessThan(0.002);
});

test('if no line stands out, the speed keeps its uncertainty', () => {
  const { hz, uncertainty } = refineShaftHz([machine(24.7, 0)], 25, 0.001);
  expect(hz / 25).toBeCloseTo(1, 2);
  expect(uncertainty).toBeLessThanOrEqual(0.001);
});

test('inverter lines, a slip away from the harmonics, do not bias the rate', () => {
  const [seconds, hz, supplyHz] = [2, 40.1, 40.1 * 1.008];
  const samples = Float32Array.from({ length: seconds * RATE }, (_, i) => {
    const t = (2 * Math.PI * i) / RATE;
    const supply =
      0.8 * Math.sin(2 * supplyHz * t) + 0.5 * Math.sin(3 * supplyHz * t) + 0.5 * Math.sin(5 * supplyHz * t);
    return Math.sin(hz * t) + supply + 0.3 * gaussian(random);
  });
  for (const [wrong, tolerance] of [
    [0.98, undefined],
    [1.06, NOMINAL_SPEED],
  ]) {
    const found = refineShaftHz([new LineSpectrum([samples], RATE)], hz * wrong!, tolerance);
    expect(Math.abs(found.hz / hz - 1)).toBeLessThan(0.003);
  }
});
