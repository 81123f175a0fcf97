import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { checkDetector } from './detectorChecks.ts';
import { DRIFT_DEFAULTS, DriftDetector, type DriftPoint } from './driftDetector.ts';

const POINT: DriftPoint = { intervalS: 10, falseAlerts: 0.2 };
const row = (mean: number) => [mean, mean - 1, mean + 1, 0.5, 0];
const healthy = (i: number) => row(60 + 3 * Math.sin(i));
const create = (snapshot?: Float64Array) => new DriftDetector(DRIFT_DEFAULTS, POINT, snapshot);
const learnRows = DRIFT_DEFAULTS.skipWindows + DRIFT_DEFAULTS.learnWindows;
const PER_DAY = 8640;

describe('checks of every detector', () =>
  checkDetector({ create, healthy, broken: (i) => row(95 + Math.sin(i)), learnRows }));

/** A detector after a number of intervals of a value, and its score for a level that stays for five minutes. */
function after(intervals: number, of: (i: number) => number, point: Partial<DriftPoint> = {}) {
  const detector = new DriftDetector(DRIFT_DEFAULTS, { ...POINT, ...point });
  let [worst, n] = [0, 0];
  const see = (value: number) => {
    const timeMs = n++ * 10_000;
    const score = detector.score(row(value), timeMs);
    detector.learn(row(value), timeMs);
    return score.assessable ? score.index : 0;
  };
  for (let i = 0; i < intervals; i++) worst = Math.max(worst, see(of(i)));
  const step = (value: number) => Array.from({ length: 30 }, () => see(value)).reduce((a, b) => Math.max(a, b));
  return { worst, step, detector };
}
const random = randomOf(5);
const noise = (sd: number) => sd * gaussian(random);
const hot = (i: number) => 50 + 8 * Math.sin((2 * Math.PI * i) / PER_DAY) + noise(0.3);

test('falling counts as much as rising', () => {
  const value = () => 60 + noise(0.5);
  expect(after(200, value).step(50)).toBeGreaterThan(1);
  expect(after(200, value).step(70)).toBeGreaterThan(1);
});

test('the limit follows the value’s own noise, whatever its offset, and tightens with evidence', () => {
  const limitOf = (intervals: number, offset: number) =>
    20 / after(intervals, () => offset + noise(0.5)).step(offset + 20);
  expect(limitOf(60, 60) / limitOf(60, 60 + 30)).toBeCloseTo(1, 0);
  const limits = [20, 60, 2000].map((n) => limitOf(n, 60));
  expect(limits[0]).toBeGreaterThan(limits[1]);
  expect(limits[1]).toBeGreaterThan(limits[2]);
  expect(limits[2]).toBeLessThan(0.05 * 60);
});

test('a temperature may follow the time of day and the weather; a gross step is still found from the first hour', {
  tags: 'slow',
}, () => {
  const week = after(10 * PER_DAY, hot, { unit: 'degC' });
  expect(week.worst).toBeLessThan(1);
  expect(week.step(50 + 8)).toBeLessThan(1);
  expect(after(30, hot, { unit: 'degC' }).step(75)).toBeGreaterThan(1);
});

test.each([18, 400])(
  'a temperature that rises by 5 K a minute after %i intervals is found within 20 K',
  (intervals) => {
    const { detector } = after(intervals, () => 56 + noise(0.3), { unit: 'degC' });
    const risen = Array.from({ length: 24 }, (_, i) => {
      const timeMs = (intervals + i) * 10_000;
      const score = detector.score(row(56 + (5 / 6) * i), timeMs);
      detector.learn(row(56 + (5 / 6) * i), timeMs);
      return score.assessable ? score.index : 0;
    });
    expect(Math.max(...risen)).toBeGreaterThan(1);
  },
);

test('after a week the machine’s own extremes give its limits', { tags: 'slow' }, () => {
  const pressure = (i: number) => 6 + 0.5 * Math.sin((2 * Math.PI * i) / PER_DAY) + noise(0.02);
  const creep = (detector: DriftDetector, days: number) => {
    let most = 0;
    for (let i = 0; i < 2 * PER_DAY; i++) {
      const timeMs = (days * PER_DAY + i) * 10_000;
      // 0.06 an hour: no change within ten minutes.
      const score = detector.score(row(pressure(i) + i / 6000), timeMs);
      detector.learn(row(pressure(i) + i / 6000), timeMs);
      if (score.assessable) most = Math.max(most, score.index);
    }
    return most;
  };
  const seen = after(9 * PER_DAY, pressure, { unit: 'bar' });
  expect(seen.worst).toBeLessThan(1);
  expect(creep(seen.detector, 9)).toBeGreaterThan(1);
});

test('a difference across a gap is not a change', () => {
  const { detector } = after(1000, () => 6 + noise(0.02), { unit: 'bar' });
  const score = detector.score(row(7), 1000 * 10_000 + 3_600_000);
  expect(score).toMatchObject({ assessable: true });
  expect(score.assessable && score.index).toBeLessThan(1);
});

test('a value that never moved during learning may still vary by the floor', () => {
  expect(after(60, () => 100).step(100.5)).toBeLessThan(1);
  expect(after(60, () => 100).step(103)).toBeGreaterThan(1);
});

test('a value that was zero during learning has no scale to judge by', () => {
  const detector = create();
  for (let i = 0; i < learnRows; i++) detector.learn(row(0));
  expect(detector.score(row(0.01))).toMatchObject({ assessable: false, remedy: expect.any(String) });
});

test('its state is small, and the state of an earlier release is relearned', () => {
  const { detector } = after(2000, hot);
  expect(detector.snapshot().byteLength).toBeLessThan(1024);
  expect(create(new Float64Array([500, 60, 60, 1])).score(row(60))).toMatchObject({ assessable: false });
});

/**
 * Largest index of a pressure during a half-hour ramp of the load. @param pressureOf pressure by the part of the ramp,
 * 0 … 1.
 */
function throughRamp(pressureOf: (part: number) => number, isLoadKnown: boolean): number {
  const detector = new DriftDetector(DRIFT_DEFAULTS, { ...POINT, unit: 'bar' });
  let most = 0;
  for (let i = 0; i < 1500; i++) {
    const part = Math.min(1, Math.max(0, (i - 1200) / 180));
    const swing = gaussian(random);
    const values = [...row(6 + 0.02 * swing + pressureOf(part) + noise(0.005)), 0, 0];
    const seen = isLoadKnown ? [...values, 50 + 2 * swing + 60 * part] : values;
    const score = detector.score(seen, i * 10_000);
    detector.learn(seen, i * 10_000);
    if (score.assessable) most = Math.max(most, score.index);
  }
  return most;
}

test('a ramp of the load explains the value that follows it, and no other one', () => {
  expect(throughRamp((part) => 0.6 * part, true)).toBeLessThan(1);
  expect(throughRamp((part) => 0.6 * part, false)).toBeGreaterThan(1);
  expect(throughRamp((part) => -0.6 * part, true)).toBeGreaterThan(1);
});
