import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { forecastTable } from './forecastTable.ts';

const random = randomOf(9);

test.each([[[12]], [[7, 28]]])(
  'the same demand in another unit has the same forecast, with seasons of %j',
  (frequency) => {
    const history = Array.from({ length: 90 }, (_, t) => 200 + 40 * Math.sin(t / 2) + 60 * random());
    const settings = { horizon: 14, frequency, quantiles: [0.1, 0.9], leadTime: 5 };
    const forecastIn = (unit: number) =>
      forecastTable([{ id: 'x', history: history.map((v) => v * unit) }], settings)[0];
    const [own, other] = [forecastIn(1), forecastIn(0.0372941)];
    const apart = own.mean.map((v, h) => Math.abs(other.mean[h] / 0.0372941 / v - 1));
    expect(Math.max(...apart)).toBeLessThan(1e-7);
    expect(other.leadTime.quantiles['0.9'] / 0.0372941 / own.leadTime.quantiles['0.9']).toBeCloseTo(1, 7);
  },
);
