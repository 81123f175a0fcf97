import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { findSeason } from './season.ts';

const DAY = 192;

function days(count: number, noise: number, seed = 1): Float64Array {
  const random = randomOf(seed);
  return Float64Array.from({ length: Math.round(count * DAY) }, (_, t) => {
    const hour = (t % DAY) / 8;
    return (hour > 9 && hour < 18 ? 80 : 20) + noise * gaussian(random);
  });
}

test('a clear pattern is accepted after two cycles, others need three', () => {
  expect(findSeason(days(2.1, 3))?.period).toBe(DAY);
  expect(findSeason(days(2.1, 25))).toBeNull();
  expect(findSeason(days(6, 25))?.period).toBe(DAY);
  expect(findSeason(days(1.9, 3))).toBeNull();
});

test('wandering values have no season in two cycles', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    let level = 0;
    const walk = Float64Array.from({ length: 2 * DAY }, () => (level += gaussian(random)));
    expect(findSeason(walk)).toBeNull();
  }
});
