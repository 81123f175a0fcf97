import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { evaluateLife } from './evaluateLife.ts';
import type { JudgedUnit } from './trainLife.ts';

/** Units whose predictions have a known spread and bias. */
function units(count: number, spread: number, bias: number): JudgedUnit[] {
  const random = randomOf(9);
  return Array.from({ length: count }, (_, i) => {
    const truth = Array.from({ length: 120 }, (__, t) => 120 - t);
    return { unit: `u${i}`, fold: i % 5, truth, said: truth.map((t) => t + bias + spread * gaussian(random)) };
  });
}

test('errors, bias and coverage match the simulated ones, inside their intervals', () => {
  const e = evaluateLife(units(50, 8, 3), 1);
  expect(e).toMatchObject({ units: 50, rows: 6000 });
  expect(e.bias.value).toBeCloseTo(3, 0);
  expect(e.cappedRmse.value).toBeCloseTo(Math.hypot(8, 3), 0);
  expect(e.cappedRmse.low).toBeLessThan(Math.hypot(8, 3));
  expect(e.cappedRmse.high).toBeGreaterThan(Math.hypot(8, 3));
  expect(e.cutRmse.value).toBeCloseTo(Math.hypot(8, 3), 0);
  expect(e.coverage.value).toBeGreaterThan(0.87);
  expect(e.coverage.value).toBeLessThan(0.93);
  const middle = e.calibration.find((bin) => bin.said === 65);
  expect(middle?.meanTruth).toBeGreaterThan(58);
  expect(middle?.meanTruth).toBeLessThan(66);
});

test('results are deterministic for a seed; one bad unit widens the interval and is named', () => {
  const good = units(20, 5, 0);
  expect(evaluateLife(good, 2)).toEqual(evaluateLife(good, 2));
  const bad = [...good];
  bad[7] = { ...bad[7], said: bad[7].said.map((s) => s + 60) };
  const e = evaluateLife(bad, 2);
  expect(e.worstUnits[0].unit).toBe('u7');
  const width = (x: { low: number; high: number }) => x.high - x.low;
  expect(width(e.cappedRmse)).toBeGreaterThan(3 * width(evaluateLife(good, 2).cappedRmse));
});
