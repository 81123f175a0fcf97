import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { median } from './statistics.ts';
import { velocityTrend } from './velocityTrend.ts';

/** Zone B ends at 2.8 mm/s: the alarm lies 0.7 above the baseline. */
const ISO = { group: 2, foundation: 'rigid' } as const;
const days = (n: number) => Array.from({ length: n }, (_, i) => 20_000 + i);
const rising = (n: number, from: number, perDay: number, noise: number, seed = 1) => {
  const random = randomOf(seed);
  return days(n).map((_, i) => from + perDay * i + noise * gaussian(random));
};

const trendOf = (at: number[], velocities: number[]) =>
  velocityTrend(at, velocities, median(velocities.slice(0, 5)), ISO);

test('a rise of 0.03 mm/s a day from 1 mm/s reaches 1.76 mm/s at the extrapolated time', () => {
  const trend = trendOf(days(15), rising(15, 1, 0.03, 0.01));
  expect(trend?.perDay).toBeCloseTo(0.03, 2);
  expect(trend?.daysToAlarm).toBeGreaterThan(8);
  expect(trend?.daysToAlarm).toBeLessThan(15);
  expect(trend?.index).toBeGreaterThan(1);
});

test('a slow rise is a trend below the alarm; an outlier day does not matter', () => {
  const slow = rising(40, 1, 0.0085, 0.01);
  expect(trendOf(days(40), slow)?.index).toBeLessThan(1);
  slow[39] = 9;
  expect(trendOf(days(40), slow)?.index).toBeLessThan(1);
});

test('too few days, no rise, an insignificant rise, and a step back are not trends', () => {
  expect(trendOf(days(9), rising(9, 1, 0.1, 0))).toBeNull();
  expect(trendOf(days(30), rising(30, 2, 0, 0.2))).toBeNull();
  expect(trendOf(days(30), rising(30, 1, 0.005, 0.001))).toBeNull();
  expect(trendOf(days(30), rising(30, 2.5, -0.05, 0.01))).toBeNull();
});

test('at most a few of a thousand steady months with noise and a weekly cycle alarm', () => {
  let alarms = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const steady = rising(30, 2, 0, 0.15, seed).map((v, i) => v + 0.2 * Math.sin((2 * Math.PI * i) / 7));
    if ((trendOf(days(30), steady)?.index ?? 0) >= 1) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(3);
});

test('already above the alarm: the highest index, and no time left', () => {
  expect(trendOf(days(12), rising(12, 3, 0.15, 0.01))).toMatchObject({ index: 2, daysToAlarm: 0 });
});

test('a step, a rise that ended and one that was repaired stop being trends within a few days', () => {
  const daysOn = (levels: (day: number) => number, seed: number) => {
    const random = randomOf(seed);
    const all = days(60).map((_, i) => levels(i) + 0.02 * gaussian(random));
    return all.filter((_, i) => (trendOf(days(i + 1), all.slice(0, i + 1))?.index ?? 0) >= 1).length;
  };
  for (const seed of [1, 2, 3]) {
    expect(daysOn((d) => (d < 15 ? 1 : 1.3), seed)).toBeLessThanOrEqual(2);
    expect(daysOn((d) => (d < 15 ? 1 : 1.7), seed)).toBeLessThanOrEqual(2);
    const ended = (d: number) => 1 + 0.02 * Math.min(d, 30);
    const whileRising = daysOn((d) => ended(Math.min(d, 30)), seed);
    expect(whileRising).toBeGreaterThan(5);
    expect(whileRising).toBeLessThan(30);
    expect(daysOn((d) => (d < 30 ? 1 + 0.02 * d : 1), seed)).toBeLessThan(22);
  }
});
