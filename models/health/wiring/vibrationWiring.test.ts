import { expect, test } from 'vitest';
import { inspectSignal } from './signalInspection.ts';
import { matchesSpeed, scaleBetween, vibrationWiring } from './vibrationWiring.ts';

const RATE = 12_800;
const RATED_HZ = 25;

/** Five seconds of lines, mm/s RMS by frequency, above white noise, g RMS. */
function signal(lines: Record<number, number>, noiseG = 0.01): Float32Array {
  const x = new Float32Array(5 * RATE);
  let seed = 1;
  const uniform = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  for (let i = 0; i < x.length; i++) {
    x[i] = noiseG * Math.sqrt(12) * uniform();
    for (const [hz, mmPerS] of Object.entries(lines)) {
      const g = (mmPerS * Math.SQRT2 * 2 * Math.PI * Number(hz)) / 9806.65;
      x[i] += g * Math.sin((2 * Math.PI * Number(hz) * i) / RATE);
    }
  }
  return x;
}
const look = (x: Float32Array, shaftHz = RATED_HZ) => {
  const found = inspectSignal([x], RATE, 'g', shaftHz);
  if (!found) throw new Error('nothing to look at');
  return found;
};
const kinds = (x: Float32Array, shaftHz?: number) =>
  vibrationWiring(look(x, shaftHz), { ratedHz: RATED_HZ, isKnownToRun: true }).map((f) => f.kind);
const sound = { 25: 1, 50: 0.3, 75: 0.1, 150: 0.4 };

test('a healthy machine, one with a severe unbalance and one with half orders pass the checks', () => {
  expect(kinds(signal(sound))).toEqual([]);
  // As on real rigs with a seeded unbalance: velocities a factor of 9.81 above healthy ones.
  expect(kinds(signal({ 25: 30, 50: 5, 75: 4 }))).toEqual([]);
  expect(kinds(signal({ 12.5: 2, 25: 1.5, 37.5: 1, 50: 0.5 }))).toEqual([]);
});

test('lines at half or twice the reported speed, if that is the rated one', () => {
  expect(kinds(signal(sound), 50)).toEqual(['wrong_speed']);
  expect(kinds(signal(sound), 12.5)).toEqual(['wrong_speed']);
  // At half speed on a converter the lines move as well.
  expect(kinds(signal({ 12.5: 1, 25: 0.3 }), 12.5)).toEqual([]);
});

test('white noise alone is a dead channel only while the machine is known to run', () => {
  const noise = signal({}, 0.0005);
  expect(kinds(noise)).toEqual(['dead_channel']);
  expect(vibrationWiring(look(noise), { ratedHz: RATED_HZ, isKnownToRun: false })).toEqual([]);
});

test('a stuck sensor is left to data quality', () => {
  expect(kinds(new Float32Array(5 * RATE).fill(0.037))).toEqual([]);
});

test('implausible levels, gravity upside down', () => {
  expect(kinds(signal(sound).map((v) => 1000 * v))).toEqual(['wrong_scale']);
  expect(kinds(signal(sound).map((v) => v / 1000))).toContain('wrong_scale');
  expect(kinds(signal(sound).map((v) => v - 1))).toEqual(['inverted_axis']);
  expect(kinds(signal(sound).map((v) => v + 1))).toEqual([]);
});

test('two sensors of a machine that differ by a unit factor in every line', () => {
  const one = look(signal(sound));
  expect(scaleBetween(look(signal(sound).map((v) => 9.80665 * v)), one)?.remedy).toContain('m/s²');
  expect(scaleBetween(one, one)).toBeNull();
  // Nearer to the fault: one line is higher, not all.
  expect(scaleBetween(look(signal({ ...sound, 25: 10 })), one)).toBeNull();
});

test('lines of another machine’s shaft but none of its own', () => {
  const other = signal({ 16.5: 1, 33: 0.3, 49.5: 0.1 });
  expect(matchesSpeed(look(other), 16.5)).toBe(true);
  expect(matchesSpeed(look(signal(sound)), 16.5)).toBe(false);
  // A neighbour transmitted through the floor.
  expect(matchesSpeed(look(signal({ ...sound, 16.5: 1.2 })), 16.5)).toBe(false);
});
