import { expect, test } from 'vitest';
import { orbitOf } from './orbit.ts';
import type { Recording } from './recording.ts';

const RATE = 5000;
const HZ = 24.7;

/** @param of the signal at a time in seconds. */
const recording = (startUs: number, of: (s: number) => number, more: Partial<Recording> = {}): Recording => ({
  point: '1H',
  unit: 'um',
  sampleRateHz: RATE,
  timeMs: 0,
  pieces: [Float32Array.from({ length: 2 * RATE }, (_, i) => of(startUs / 1e6 + i / RATE))],
  startsUs: [startUs],
  lines: { shaftHz: 24.6, spectrum: [], envelope: [] },
  ...more,
});
const turn = (s: number) => 2 * Math.PI * HZ * s;

test('an ellipse is recovered with its axes although the recordings start apart and the given speed is off', () => {
  const x = recording(0, (s) => 40 * Math.cos(turn(s)));
  const y = recording(700_300, (s) => 15 * Math.sin(turn(s)));
  const orbit = orbitOf(x, y)!;
  expect(orbit.shaftHz).toBeCloseTo(HZ, 1);
  expect(Math.max(...orbit.x)).toBeCloseTo(40, 0);
  expect(Math.max(...orbit.y)).toBeCloseTo(15, 0);
  // A quarter of a turn apart: one is at its peak where the other passes zero.
  expect(Math.abs(orbit.y[orbit.x.indexOf(Math.max(...orbit.x))])).toBeLessThan(1.5);
});

test('acceleration is integrated twice: its orbit equals that of the displacement and is not mirrored', () => {
  const omega = 2 * Math.PI * HZ;
  const y = recording(0, (s) => 15 * Math.sin(turn(s)));
  const moved = recording(0, (s) => 40 * Math.cos(turn(s)));
  const accelerated = recording(0, (s) => -40e-6 * omega ** 2 * Math.cos(turn(s)), { unit: 'm/s2' });
  const [direct, integrated] = [orbitOf(moved, y)!, orbitOf(accelerated, y)!];
  integrated.x.forEach((value, i) => {
    expect(Math.abs(value - direct.x[i])).toBeLessThan(0.5);
  });
});

test('there is no orbit without four common turns, a speed, or units of vibration', () => {
  const x = recording(0, (s) => Math.cos(turn(s)));
  expect(orbitOf(x, recording(1_950_000, Math.sin))).toBeNull();
  const noSpeed = { lines: { spectrum: [], envelope: [] } };
  expect(orbitOf(recording(0, Math.sin, noSpeed), recording(0, Math.sin, noSpeed))).toBeNull();
  expect(orbitOf(x, recording(0, Math.sin, { unit: 'degC' }))).toBeNull();
});
