import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { trendLife as timeTo } from './trendLife.ts';

const LEVEL = 5;
const trendLife = (times: readonly number[], indices: readonly number[]) => timeTo(times, indices, LEVEL, 'a level');

test('the end of an exponential rise without noise is predicted exactly', () => {
  const times = Array.from({ length: 30 }, (_, i) => i * 10);
  const life = trendLife(
    times,
    times.map((t) => Math.exp(t / 400)),
  );
  expect(life).toMatchObject({ assessment: 'assessed' });
  if (life.assessment === 'assessed') expect(life.medianS).toBeCloseTo(400 * Math.log(LEVEL) - 290, 3);
});

test('the 90 % interval covers the truth in about nine of ten runs', () => {
  let held = 0;
  let assessed = 0;
  for (let run = 0; run < 400; run++) {
    const random = randomOf(run + 1);
    const noise = () => gaussian(random);
    const times = Array.from({ length: 40 }, (_, i) => i * 10);
    const life = trendLife(
      times,
      times.map((t) => Math.exp(t / 500 + 0.1 * noise())),
    );
    if (life.assessment !== 'assessed') continue;
    assessed++;
    const truth = 500 * Math.log(LEVEL) - 390;
    if (truth >= life.lowS && truth <= (life.highS ?? Number.POSITIVE_INFINITY)) held++;
  }
  expect(assessed).toBeGreaterThan(390);
  expect(held / assessed).toBeGreaterThan(0.85);
  expect(held / assessed).toBeLessThan(0.99);
});

test('refuses without a trend, with a remedy', () => {
  const random = randomOf(3);
  const noise = () => gaussian(random);
  const times = Array.from({ length: 60 }, (_, i) => i);
  const flat = trendLife(
    times,
    times.map(() => Math.exp(0.2 * noise())),
  );
  expect(flat).toMatchObject({ assessment: 'not_assessable', remedy: expect.any(String) });
  expect(trendLife([1, 2], [1, 2])).toMatchObject({ assessment: 'not_assessable' });
  expect(
    trendLife(
      times.map(() => 5),
      times.map(() => 2),
    ),
  ).toMatchObject({ assessment: 'not_assessable' });
});

test('past its limit there is no time left', () => {
  const times = Array.from({ length: 30 }, (_, i) => i * 10);
  const life = trendLife(
    times,
    times.map((t) => 4 * Math.exp(t / 100)),
  );
  expect(life.assessment === 'assessed' && life.medianS).toBe(0);
});
