import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { normalQuantile, student4Quantile } from '#models/statistics/quantiles.ts';
import { errorLawOf } from './errorLaw.ts';

const random = randomOf(4);
const noise = Array.from({ length: 240 }, () => 100 + 60 * random());
const ramp = Array.from({ length: 168 }, (_, t) => 100 + t);

test('independent demand has the spread of its own history, whatever the scale of the model’s errors', () => {
  const errors = errorLawOf(noise, 1, false);
  expect(errors(1, 1, [0.05, 0.95])).toEqual(errors(100, 1, [0.05, 0.95]));
  const [low, high] = errors(1, 1, [0.05, 0.95]);
  expect(high - low).toBeGreaterThan(50);
  expect(high - low).toBeLessThan(58);
});

test('other demand has its model’s errors: Student’s distribution for a short history, half of it normal after 168 periods', () => {
  const [short] = errorLawOf(ramp.slice(0, 48), 1, false)(10, 3, [0.99]);
  expect(short).toBeCloseTo(10 * student4Quantile(0.99), 6);
  const normal = (student4Quantile(0.9) / normalQuantile(0.9)) * normalQuantile(0.99);
  const [long] = errorLawOf(ramp, 1, false)(10, 3, [0.99]);
  expect(long).toBeCloseTo(5 * (student4Quantile(0.99) + normal), 6);
});

test('a forecast with a season has its model’s errors', () => {
  expect(errorLawOf(noise, 1, true)(0, 1, [0.95])).toEqual([0]);
});
