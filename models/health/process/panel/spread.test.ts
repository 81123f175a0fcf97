import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { Spread } from './spread.ts';

const ALPHA = 1e-4;
const row = (...values: number[]) => Float64Array.from(values);

/** Two channels of noise, the second a thousand times as large, and rows of them with another spread. */
function noise() {
  const random = randomOf(5);
  const next = (times = 1) => row(times * gaussian(random), 1000 * times * gaussian(random));
  return { next, training: Array.from({ length: 1200 }, () => next()) };
}
/** The largest ratio of a channel over the rows, which are pushed. */
function largest(spread: Spread, rows: readonly Float64Array[], channel = 0) {
  return rows.reduce((most, one) => {
    const ratio = spread.ratios(one)[channel];
    spread.push(one);
    return Math.max(most, ratio);
  }, 0);
}

test('usual noise is normal; six times as much shows within forty rows, and so does a fifth', () => {
  const { next, training } = noise();
  const learned = Spread.learn(training, [true, true], ALPHA);
  const after = (times: number, n: number, channel: number) =>
    largest(
      new Spread(learned.snapshot()),
      Array.from({ length: n }, () => next(times)),
      channel,
    );
  for (const channel of [0, 1]) {
    expect(after(1, 300, channel)).toBeLessThan(1);
    expect(after(6, 40, channel)).toBeGreaterThan(1);
    expect(after(0.2, 40, channel)).toBeGreaterThan(1);
    expect(after(0, 40, channel)).toBeGreaterThan(5);
  }
});

test('a single spike is not a change of spread', () => {
  const { next, training } = noise();
  const spread = Spread.learn(training, [true, true], ALPHA);
  expect(largest(spread, [row(1e6, 0), ...Array.from({ length: 30 }, () => next())])).toBeLessThan(1);
});

test('the ratio is the mean step of twenty-four rows over its limit', () => {
  const usual = row(2);
  const fresh = { usual, low: row(0.1), high: row(3), last: row(0), next: 0, filled: 24 };
  const spread = new Spread({ ...fresh, rings: [new Float64Array(24).fill(1)], sums: row(24) });
  // A step of four counts as two usual ones: (23 + 2) / 24 of the limit, 3.
  expect(spread.ratios(row(4))[0]).toBeCloseTo(25 / 24 / 3, 12);
  // Without a step the upper limit is nearer: 23 / 24.
  expect(spread.ratios(row(0))[0]).toBeCloseTo(23 / 24 / 3, 12);
  expect(spread.visible()).toEqual([3]);
  // A vanishing spread is floored at rounding: a hundredth.
  const still = new Spread({ ...fresh, rings: [new Float64Array(24)], sums: row(0) });
  expect(still.ratios(row(0))[0]).toBeCloseTo(0.1 / 0.01, 9);
  // Alternating by two: one usual step in each row, whatever the start.
  for (let i = 0; i < 24; i++) spread.push(row(i % 2 === 0 ? 2 : 0));
  expect(spread.ratios(row(2))[0]).toBeCloseTo(1 / 3, 12);
  // A single step counts for at most four usual ones.
  expect(spread.ratios(row(1e9))[0]).toBeCloseTo((23 + 4) / 24 / 3, 12);
  const { sums, next } = spread.snapshot();
  expect([sums[0], next]).toEqual([24, 0]);
});

test('a training of fewer than five windows gives no limit, and an unused channel has none', () => {
  const { training } = noise();
  expect(Spread.learn(training.slice(0, 119), [true, true], ALPHA).visible()).toEqual([null, null]);
  expect(Spread.learn(training.slice(0, 120), [true, false], ALPHA).visible()).toEqual([expect.any(Number), null]);
  const unused = Spread.learn(training, [true, false], ALPHA);
  expect(unused.ratios(row(0, 1e9))[1]).toBe(0);
});
