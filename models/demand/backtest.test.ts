import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { backtest } from './backtest.ts';
import { familyOf, isNew } from './borrowed.ts';
import { createForecaster, METHODS } from './forecasters.ts';
import { forecastTable, leadTimeLaws } from './forecastTable.ts';
import { measuresOf, seasonalScale } from './measures.ts';

test('measures of a forecast, calculated by hand', () => {
  const judged = {
    actual: [10, 0, 5],
    mean: [8, 2, 5],
    naive: [4, 4, 4],
    quantiles: { '0.5': [8, 0, 6], '0.9': [12, 3, 5] },
    scale: 2,
  };
  const m = measuresOf([judged])!;
  expect(m.n).toBe(3);
  expect(m.bias).toBeCloseTo(0, 12);
  expect(m.wape).toBeCloseTo(4 / 15, 12);
  expect(m.mase).toBeCloseTo(4 / 2 / 3, 12);
  expect(m.coverage).toEqual({ '0.5': 2 / 3, '0.9': 1 });
  // 0.5·2 + 0 + 0.5·1 and 0.1·2 + 0.1·3 + 0, of six, over the mean of 5.
  expect(m.pinball).toBeCloseTo(2 / 6 / 5, 12);
  expect(m.valueAdded).toBeCloseTo(1 - 4 / 11, 12);
  expect(measuresOf([])).toBeNull();
  expect(measuresOf([{ ...judged, actual: [0, 0, 0] }])).toBeNull();
});

test('the scale of an error is the seasonal difference', () => {
  expect(seasonalScale([1, 5, 2, 7], 2)).toBe(1.5);
  expect(seasonalScale([1, 5], 2)).toBe(4);
  expect(seasonalScale([1], 2)).toBe(0);
});

test.each(METHODS)('%s is created by its name', (method) => {
  const forecaster = createForecaster(method, [4], 4);
  forecaster.fit([4, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5]);
  expect(forecaster.name).toBe(method);
  expect(forecaster.predict(2)).toHaveLength(2);
});

const settings = { horizon: 6, frequency: [12], quantiles: [0.1, 0.5, 0.9], leadTime: 3 };

test('a backtest holds data back: quantiles cover their levels, and forecasting adds value', {
  tags: 'slow',
}, () => {
  const random = randomOf(2);
  const items = Array.from({ length: 120 }, (_, i) => ({
    id: `i${i}`,
    history: Array.from({ length: 60 }, (_, t) => 100 + 30 * Math.sin((2 * Math.PI * t) / 12) + 10 * gaussian(random)),
  }));
  const { items: n, heldBack, steps, leadTime } = backtest(items, settings);
  expect([n, heldBack]).toEqual([120, 6]);
  const all = steps.find((s) => s.class === 'all')!.measures;
  expect(all.n).toBe(720);
  expect(all.coverage['0.9']).toBeGreaterThan(0.85);
  expect(all.coverage['0.9']).toBeLessThan(0.96);
  expect(all.coverage['0.1']).toBeLessThan(0.16);
  expect(Math.abs(all.bias)).toBeLessThan(0.02);
  expect(all.valueAdded).toBeGreaterThan(0.1);
  expect(leadTime.find((s) => s.class === 'all')!.measures.n).toBe(120);
  // Held-back data are not used: the same past with another end has the same forecasts and other errors.
  const shifted = items.map((item) => ({ ...item, history: item.history.map((v, t) => (t >= 54 ? v + 50 : v)) }));
  const moved = backtest(shifted, settings).steps.find((s) => s.class === 'all')!.measures;
  expect(moved.bias).toBeCloseTo((all.bias * 1 - 50 / 100) / (1 + 50 / 100), 1);
});

test('items that are too short are left out and counted', () => {
  const items = [
    { id: 'a', history: [1, 2, 3] },
    { id: 'b', history: Array.from({ length: 30 }, (_, t) => 5 + (t % 3)) },
  ];
  expect(backtest(items, settings).items).toBe(1);
});

/** A family of similar items with a season, and the true demand of a further item. */
function family(seed: number, levelSpread: number) {
  const random = randomOf(seed);
  const item = (periods: number) => {
    const level = 50 * Math.exp(levelSpread * gaussian(random));
    const at = (t: number) => level * (1 + 0.5 * Math.sin((2 * Math.PI * t) / 12)) * (1 + 0.2 * gaussian(random));
    // All end in the same period.
    return Array.from({ length: periods + 6 }, (_, i) => Math.max(0, at(48 - periods + i)));
  };
  const grown = Array.from({ length: 12 }, (_, i) => ({ id: `g${i}`, family: 'f', history: item(48).slice(0, -6) }));
  const young = Array.from({ length: 60 }, (_, i) => {
    const whole = item(3);
    return { id: `n${i}`, family: 'f', history: whole.slice(0, 3), came: whole.slice(3) };
  });
  return { grown, young };
}

test('a new item borrows level, season and spread from its family: a smaller error and valid quantiles', () => {
  const { grown, young } = family(3, 0.5);
  const error = (familyName: string | undefined) => {
    const items = [...grown, ...young.map((y) => ({ ...y, family: familyName }))];
    const forecasts = forecastTable(items, settings).slice(grown.length);
    let [sum, within] = [0, 0];
    forecasts.forEach((f, i) => {
      young[i].came.forEach((v, h) => {
        sum += Math.abs(f.mean[h] - v) / young[i].came.length;
        within += v <= f.quantiles['0.9'][h] ? 1 : 0;
      });
    });
    return { sum, within: within / (60 * 6), forecasts };
  };
  const [borrowed, alone] = [error('f'), error(undefined)];
  expect(borrowed.sum / alone.sum).toBeLessThan(0.8);
  expect(borrowed.within).toBeGreaterThan(0.84);
  expect(borrowed.within).toBeLessThan(0.97);
  expect(borrowed.forecasts[0]).toMatchObject({
    method: 'family',
    flags: expect.arrayContaining(['borrowed_from_family']),
  });
  expect(borrowed.forecasts[0].why).toMatch(/borrowed from 12 items of the family f/);
});

test('a lead time begins today, not with its month, for new items as for others', () => {
  const grown = Array.from({ length: 4 }, (_, i) => ({
    id: `g${i}`,
    family: 'f',
    history: Array.from({ length: 60 }, (_, t) => Math.round((20 + i) * (10 + 9 * Math.cos((t * Math.PI) / 6)))),
  }));
  const fresh = { id: 'x', family: 'f', history: [300] };
  const laws = (elapsed: number) =>
    leadTimeLaws([fresh, grown[0]], { frequency: [12], quantiles: [0.5] }, [3], grown.slice(1), elapsed)[0];
  const [first, last] = [laws(0), laws(0.99)];
  // Months 0 to 2 of the wave against 1 to 3; the new item's own first month was the wave's top.
  expect(last[0].mean / first[0].mean).toBeLessThan(0.9);
  expect(last[1].mean / first[1].mean).toBeCloseTo((17.8 + 14.5 + 10) / (19 + 17.8 + 14.5), 1);
});

test('an item without history has its family’s forecast; without a grown family it stands alone', () => {
  const { grown } = family(4, 0.1);
  const items = [...grown, { id: 'x', family: 'f', history: [] }];
  const [[law]] = leadTimeLaws([items[items.length - 1]], { frequency: [12], quantiles: [0.5] }, [12], grown);
  const mean = grown.reduce((sum, g) => sum + g.history.slice(-24).reduce((a, b) => a + b, 0) / 24, 0) / grown.length;
  expect(law.mean / (12 * mean)).toBeGreaterThan(0.9);
  expect(law.mean / (12 * mean)).toBeLessThan(1.1);
  expect(
    familyOf(
      grown.slice(0, 2).map((g) => g.history),
      12,
    ),
  ).toBeNull();
  expect([isNew(new Array(11).fill(1), 12), isNew(new Array(12).fill(1), 12), isNew([1, 2, 3], 4)]).toEqual([
    true,
    false,
    true,
  ]);
});
