import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitWeibull, type Life, survival, type Weibull } from './weibull.ts';

const USUAL_DAYS = 1000;
const ended = (days: number): Life => ({ days, ended: true });
const ongoing = (days: number): Life => ({ days, ended: false });

/** Lives at evenly spaced quantiles: what a large sample looks like. */
const sampleOf = ({ shape, scale }: Weibull, n: number) =>
  Array.from({ length: n }, (_, i) => scale * (-Math.log(1 - (i + 0.5) / n)) ** (1 / shape));

/** Logarithm of prior and likelihood, as published, without what does not depend on the parameters. */
function densityOf(lives: readonly Life[], { shape, scale }: Weibull) {
  const likelihood = lives.reduce((sum, life) => {
    const hazard = life.ended ? Math.log(shape / scale) + (shape - 1) * Math.log(life.days / scale) : 0;
    return sum + hazard - (life.days / scale) ** shape;
  }, 0);
  // Shape: log-normal about 2 with a deviation of 0.5; scale: about the usual life, 1.1.
  const prior = (Math.log(shape / 2) / 0.5) ** 2 / 2 + (Math.log(scale / USUAL_DAYS) / 1.1) ** 2 / 2;
  return likelihood - prior;
}

test('at the scale 37 % of exponential lives are left; at age 0 all are', () => {
  expect(survival({ shape: 1, scale: 500 }, 500)).toBeCloseTo(Math.exp(-1), 12);
  expect(survival({ shape: 2, scale: 500 }, 1000)).toBeCloseTo(Math.exp(-4), 12);
  expect(survival({ shape: 3, scale: 500 }, 250)).toBeCloseTo(Math.exp(-1 / 8), 12);
  expect([survival({ shape: 2, scale: 500 }, 0), survival({ shape: 2, scale: 500 }, -5)]).toEqual([1, 1]);
});

test.each([
  { shape: 0.8, scale: 300 },
  { shape: 1, scale: 2000 },
  { shape: 3.5, scale: 900 },
  { shape: 6, scale: 12_000 },
])('recovers shape $shape and scale $scale from many lives', (law) => {
  const fitted = fitWeibull(sampleOf(law, 2000).map(ended), USUAL_DAYS);
  expect(Math.abs(fitted.shape / law.shape - 1)).toBeLessThan(0.01);
  expect(Math.abs(fitted.scale / law.scale - 1)).toBeLessThan(0.01);
});

test('does not mistake censored lives for short ones', () => {
  const law = { shape: 2.5, scale: 800 };
  // All parts are of the same age: two of three have failed.
  const today = law.scale * Math.log(3) ** (1 / law.shape);
  const lives = sampleOf(law, 2000).map((days) => (days < today ? ended(days) : ongoing(today)));
  const fitted = fitWeibull(lives, USUAL_DAYS);
  expect(Math.abs(fitted.shape / law.shape - 1)).toBeLessThan(0.02);
  expect(Math.abs(fitted.scale / law.scale - 1)).toBeLessThan(0.01);
  expect(
    fitWeibull(
      lives.map((l) => ended(l.days)),
      USUAL_DAYS,
    ).scale,
  ).toBeLessThan(0.9 * law.scale);
});

test('without lives the usual one is assumed, with the shape of wear; lives of 0 days are ignored', () => {
  for (const lives of [[], [ended(0), ongoing(0), ended(-3)]]) {
    const { shape, scale } = fitWeibull(lives, USUAL_DAYS);
    expect(shape).toBeCloseTo(2, 5);
    expect(scale).toBeCloseTo(USUAL_DAYS, 5);
  }
});

test('censored lives without a failure lengthen the life the longer they run', () => {
  const scales = [100, 1000, 3000, 10_000].map(
    (days) => fitWeibull(new Array<Life>(20).fill(ongoing(days)), USUAL_DAYS).scale,
  );
  expect(scales[0]).toBeGreaterThanOrEqual(USUAL_DAYS);
  expect(scales[0]).toBeLessThan(1.3 * USUAL_DAYS);
  expect(scales[3]).toBeGreaterThan(10_000);
  expect([...scales].sort((a, b) => a - b)).toEqual(scales);
});

const someLives = fc.array(fc.record({ days: fc.double({ min: 1, max: 20_000, noNaN: true }), ended: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});

test('no other shape or scale is more likely, given the records and the prior', () => {
  fc.assert(
    fc.property(someLives, (lives) => {
      const best = fitWeibull(lives, USUAL_DAYS);
      const density = densityOf(lives, best);
      for (const factor of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) {
        expect(densityOf(lives, { ...best, scale: best.scale * factor })).toBeLessThanOrEqual(density + 1e-6);
        const shape = Math.min(8, Math.max(0.6, best.shape * factor));
        expect(densityOf(lives, { ...best, shape })).toBeLessThanOrEqual(density + 1e-6);
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('the unit of time does not matter', () => {
  fc.assert(
    fc.property(someLives, fc.double({ min: 0.01, max: 100, noNaN: true }), (lives, factor) => {
      const [days, others] = [
        fitWeibull(lives, USUAL_DAYS),
        fitWeibull(
          lives.map((l) => ({ ...l, days: l.days * factor })),
          USUAL_DAYS * factor,
        ),
      ];
      expect(others.shape).toBeCloseTo(days.shape, 5);
      expect(others.scale / factor / days.scale).toBeCloseTo(1, 5);
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('shapes stay between 0.6 and 8, whatever the records', () => {
  const same = fitWeibull(new Array<Life>(500).fill(ended(700)), USUAL_DAYS);
  expect(same.shape).toBeCloseTo(8, 5);
  const scattered = Array.from({ length: 500 }, (_, i) => ended(10 ** (i / 100)));
  expect(fitWeibull(scattered, USUAL_DAYS).shape).toBeCloseTo(0.6, 2);
});
