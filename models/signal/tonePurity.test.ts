import { expect, test } from 'vitest';
import { randomOf } from '../random/random.ts';
import { impurityOf } from './tonePurity.ts';

const RATE = 12_800;
const TONE_HZ = 24.6;
const SAMPLES = 4096;

/** Pieces of an amplitude-modulated tone, with some noise and a line at 120 Hz. */
function pieces(part: number, varyingHz: number): Float32Array[] {
  const random = randomOf(7);
  return Array.from({ length: 12 }, (_, piece) =>
    Float32Array.from({ length: SAMPLES }, (_, i) => {
      const t = piece + i / RATE;
      const amplitude = 1 + part * Math.cos(2 * Math.PI * varyingHz * t);
      const other = 0.2 * Math.sin(2 * Math.PI * 120 * t) + 0.02 * (random() - 0.5);
      return amplitude * Math.sin(2 * Math.PI * TONE_HZ * t + piece) + other;
    }),
  );
}

test('a tone alone is pure, even if its frequency is only roughly known', () => {
  for (const known of [TONE_HZ, 1.005 * TONE_HZ, 0.995 * TONE_HZ])
    expect(impurityOf(pieces(0, 0), RATE, known)).toBeLessThan(0.02);
});

test('sidebands unresolved by spectra of such short pieces are detected in proportion to their strength', () => {
  const found = [0.3, 0.6].map((part) => impurityOf(pieces(part, 3), RATE, TONE_HZ) as number);
  expect(found[0]).toBeGreaterThan(0.05);
  expect(found[1] / found[0]).toBeCloseTo(2, 0);
});

test('without a tone, or with too short pieces, the result is null', () => {
  expect(impurityOf([new Float32Array(SAMPLES)], RATE, TONE_HZ)).toBeNull();
  expect(impurityOf([new Float32Array(200)], RATE, TONE_HZ)).toBeNull();
  expect(impurityOf([], RATE, TONE_HZ)).toBeNull();
});
