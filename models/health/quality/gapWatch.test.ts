import { expect, test } from 'vitest';
import { NO_RHYTHM, type Rhythm, stepRhythm } from './gapWatch.ts';

/** A rhythm after messages at these steps. */
const after = (steps: readonly number[], from: Rhythm = stepRhythm(NO_RHYTHM, 0).rhythm) =>
  steps.reduce((rhythm, step) => stepRhythm(rhythm, (rhythm.lastUs as number) + step).rhythm, from);
const regular = (n: number, stepUs = 1000) => after(new Array<number>(n).fill(stepUs));
const isGap = (rhythm: Rhythm, stepUs: number) => stepRhythm(rhythm, (rhythm.lastUs as number) + stepUs).gap;

test('messages are missing if one arrives after more than three usual steps', () => {
  const rhythm = regular(16);
  expect(rhythm).toEqual({ lastUs: 16_000, meanUs: 1000, spreadUs: 0, known: 16, gaps: 0 });
  expect([isGap(rhythm, 3000), isGap(rhythm, 3001)]).toEqual([false, true]);
  expect(isGap(regular(15), 1e9)).toBe(false);
  expect(stepRhythm(NO_RHYTHM, 7)).toEqual({ rhythm: { ...NO_RHYTHM, lastUs: 7 }, gap: false });
});

test('for an irregular sender the threshold is six spreads higher', () => {
  const uneven = after(Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 500 : 1500)));
  expect(uneven.meanUs).toBeGreaterThan(950);
  expect(uneven.meanUs).toBeLessThan(1050);
  expect(uneven.spreadUs).toBeGreaterThan(430);
  expect(uneven.spreadUs).toBeLessThan(520);
  const limit = 3 * uneven.meanUs + 6 * uneven.spreadUs;
  expect([isGap(uneven, limit - 1), isGap(uneven, limit + 1)]).toEqual([false, true]);
});

test('the first steps weigh equally, later ones a sixteenth', () => {
  const rhythm = after([1000, 2000, 3000]);
  expect(rhythm.meanUs).toBeCloseTo(2000, 9);
  const next = after([2600], regular(40));
  expect(next.meanUs).toBeCloseTo(1100, 9);
  expect(next.spreadUs).toBeCloseTo(1500 / 16, 9);
});

test('a gap is not learned from; the third in a row is a new rhythm, unless a usual step intervenes', () => {
  const once = after([50_000], regular(16));
  expect(once).toMatchObject({ meanUs: 1000, gaps: 1 });
  expect(after([1000], once)).toMatchObject({ gaps: 0 });
  const twice = after([50_000], once);
  expect(twice.gaps).toBe(2);
  const third = stepRhythm(twice, (twice.lastUs as number) + 50_000);
  expect(third).toEqual({ rhythm: { ...NO_RHYTHM, lastUs: (twice.lastUs as number) + 50_000 }, gap: true });
});
