import { expect, test } from 'vitest';
import type { Forecaster } from './forecaster.ts';

/** Requirements on every forecaster, run by the test of each. */
export function checkForecaster(create: () => Forecaster): void {
  const fitted = (history: number[]) => {
    const forecaster = create();
    forecaster.fit(history);
    return forecaster;
  };

  test('says as many periods as it is asked for, all finite and not negative', () => {
    for (const history of [[0], [3], [0, 0, 0, 7], Array.from({ length: 50 }, (_, i) => (i * 7) % 5)]) {
      for (const horizon of [1, 6, 24]) {
        const mean = fitted(history).predict(horizon);
        expect(mean).toHaveLength(horizon);
        expect(mean.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
      }
    }
  });

  test('a demand that never was is not expected', () => {
    expect(fitted([0, 0, 0, 0]).predict(3)).toEqual([0, 0, 0]);
  });

  test('twice the demand is twice the forecast', () => {
    const history = Array.from({ length: 40 }, (_, i) => (i * 11) % 7);
    const once = fitted(history).predict(5);
    const twice = fitted(history.map((v) => 2 * v)).predict(5);
    twice.forEach((v, i) => {
      expect(v).toBeCloseTo(2 * once[i], 9);
    });
  });

  test('what it learned before is forgotten, and asking further ahead changes nothing nearer', () => {
    const seasonal = Array.from({ length: 60 }, (_, t) => 50 + 20 * Math.sin((2 * Math.PI * t) / 12) + ((t * 7) % 5));
    const flat = Array.from({ length: 20 }, (_, t) => 5 + ((t * 3) % 4));
    const again = fitted(seasonal);
    again.fit(flat);
    expect(again.predict(9)).toEqual(fitted(flat).predict(9));
    expect(fitted(seasonal).predict(20).slice(0, 7)).toEqual(fitted(seasonal).predict(7));
  });

  test('a constant demand goes on, within a twentieth', () => {
    for (const v of fitted(new Array(36).fill(8)).predict(6))
      expect(Math.abs(v - 8) / 8).toBeLessThanOrEqual(0.05 + 1e-9);
  });
}
