import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { fitScaling, lifeFeatures, type UnitHistory } from './lifeFeatures.ts';
import { cardOf, packLife, unpackLife } from './lifePackage.ts';
import { predictLife } from './predictLife.ts';
import { ridge } from './ridge.ts';
import { trainLife } from './trainLife.ts';

/** Units whose two sensors leave their level in their last 80 cycles; a third sensor never moves. */
function fleet(count: number, seed: number): UnitHistory[] {
  const random = randomOf(seed);
  const noise = () => gaussian(random);
  return Array.from({ length: count }, (_, u) => {
    const life = 130 + Math.round(40 * Math.abs(noise()));
    const wear = (t: number) => Math.exp(-(life - t) / 40);
    const rows = Array.from({ length: life }, (_, t) => [
      10 + 2 * wear(t) + 0.1 * noise(),
      5 - wear(t) + 0.1 * noise(),
      7,
    ]);
    return { unit: `u${u}`, startsAt: 1, rows };
  });
}

test('features are causal: later rows change nothing', () => {
  const [unit, ...others] = fleet(6, 1);
  const scaling = fitScaling(others);
  const whole = lifeFeatures(unit, scaling);
  const cut = lifeFeatures({ ...unit, rows: unit.rows.slice(0, 60) }, scaling);
  expect(cut).toEqual(whole.slice(0, 60));
  expect(scaling.columns).toEqual([0, 1]);
});

test('ridge recovers the weights of a line', () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i, Math.sin(i), 1]);
  const found = ridge(
    rows,
    rows.map(([a, b]) => 2 * a - 3 * b + 5),
    1e-9,
  );
  expect(found.map((v) => Number(v.toFixed(6)))).toEqual([2, -3, 5]);
});

test('predicts the remaining life of unseen units with its uncertainty, and the same from its package', () => {
  const model = trainLife(fleet(20, 2), 1, () => undefined);
  const again = unpackLife(packLife(model, cardOf(model, 'test', 20, 1, '0')));
  let held = 0;
  const unseen = fleet(20, 3);
  for (const unit of unseen) {
    const left = 25;
    const cut = { ...unit, rows: unit.rows.slice(0, -left) };
    const prediction = predictLife(cut, model);
    if (!('rul' in prediction)) throw new Error('no verdict');
    expect(Math.abs(prediction.rul - left)).toBeLessThan(30);
    if (prediction.interval.low <= left - 1 && left - 1 <= prediction.interval.high) held++;
    expect(predictLife(cut, again)).toEqual(prediction);
    expect(prediction.by).toBe('with_age');
    expect(Math.abs((prediction.secondOpinion?.rul ?? 0) - left)).toBeLessThan(40);
    const rising = Object.values(prediction.quantiles);
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    const late = predictLife({ ...cut, startsAt: 40 }, model);
    expect(late).toMatchObject({ by: 'without_age', secondOpinion: null });
    expect('rul' in late && Math.abs(late.rul - left)).toBeLessThan(35);
  }
  expect(held).toBeGreaterThanOrEqual(15);
  const [{ unit, rows }] = unseen;
  const elsewhere = rows.map(([a, ...rest]) => [a + 1e6, ...rest]);
  expect(predictLife({ unit, startsAt: 1, rows: elsewhere }, model)).toMatchObject({
    assessment: 'not_assessable',
    reason: expect.stringMatching(/^sensor 1 is more than 10 standard deviations away/),
  });
  expect(() => predictLife({ unit, startsAt: 1, rows: rows.map((row) => row.slice(1)) }, model)).toThrow(
    'rows of 2 sensors',
  );
}, 300_000);

test('too short a history, too few units, and an invalid package are reported as such', () => {
  expect(() => trainLife(fleet(3, 1), 1, () => undefined)).toThrow('at least 5 units');
  expect(() => unpackLife('{}')).toThrow('not a model of remaining life');
});
