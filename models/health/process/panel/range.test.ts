import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { Range } from './range.ts';

const ALPHA = 1e-5;
const row = (...values: number[]) => Float64Array.from(values);
function rowsOf(n: number, ...columns: ((random: () => number, t: number) => number)[]) {
  const random = randomOf(3);
  return Array.from({ length: n }, (_, t) => Float64Array.from(columns, (column) => column(random, t)));
}
/** Jumps between two levels: its past does not predict the next value. */
const twoLevels = (random: () => number) => (random() < 0.5 ? 20 : 30) + random();
const skewed = (random: () => number) => -Math.log(1 - random());

test('a value between the levels of the training is normal, one outside them is not, on either side', () => {
  const range = Range.learn(rowsOf(1500, twoLevels), [true], ALPHA);
  for (const value of [20, 25, 31]) expect(range.ratios(row(value))[0]).toBeLessThan(1);
  for (const value of [10, 45]) expect(range.ratios(row(value))[0]).toBeGreaterThan(1);
  const [visible] = range.visible();
  expect(visible).toBeGreaterThan(5);
  expect(visible).toBeLessThan(15);
});

test('each side has its own limit; the smallest change that both detect is the larger one', () => {
  const range = Range.learn(rowsOf(1500, skewed), [true], ALPHA);
  const { middle, above, below } = range.snapshot();
  expect(middle[0]).toBeCloseTo(Math.LN2, 0);
  expect(above[0]).toBeGreaterThan(4 * below[0]);
  expect(range.ratios(row(middle[0] + above[0]))[0]).toBeCloseTo(1, 9);
  expect(range.ratios(row(middle[0] - below[0]))[0]).toBeCloseTo(1, 9);
  expect(range.ratios(row(middle[0] + above[0] / 2))[0]).toBeCloseTo(0.5, 9);
  expect(range.ratios(row(middle[0]))[0]).toBeCloseTo(0, 12);
  expect(range.visible()).toEqual([above[0]]);
});

test('wandering, growing or recently shifted channels, and a short training, have no range', () => {
  let walk = 0;
  const wandering = (random: () => number) => {
    walk += gaussian(random);
    return walk;
  };
  const growing = (random: () => number, t: number) => t / 100 + random();
  const changed = (random: () => number, t: number) => (t > 1450 ? 5 : 0) + random();
  const columns = [wandering, growing, changed, twoLevels];
  const range = Range.learn(rowsOf(1500, ...columns), [true, true, true, false], ALPHA);
  expect(range.visible()).toEqual([null, null, null, null]);
  expect([...range.ratios(row(1e6, -1e6, 1e6, -1e6))]).toEqual([0, 0, 0, 0]);
  expect(Range.learn(rowsOf(999, twoLevels), [true], ALPHA).visible()).toEqual([null]);
  expect(Range.learn(rowsOf(1000, twoLevels), [true], ALPHA).visible()).not.toEqual([null]);
});

test('values outside the range do not widen it', () => {
  const range = Range.learn(rowsOf(1500, twoLevels), [true], ALPHA);
  const before = range.ratios(row(60))[0];
  for (let i = 0; i < 100; i++) range.push();
  expect(new Range(range.snapshot()).ratios(row(60))[0]).toBe(before);
});
