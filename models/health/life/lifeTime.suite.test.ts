import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { cardOf, packAgeModel, packLife, unpackAnyLife } from './lifePackage.ts';
import { predictByAge, predictLife } from './predictLife.ts';
import { readUnits, type TableTime, type TimedUnit } from './readUnits.ts';
import { inUnitOf, lifeTimeOf, onGrid } from './timeGrid.ts';
import { statedTimeUnit } from './timeUnit.ts';
import { trainAgeModel } from './trainAgeModel.ts';
import { outOfFold, pairsOf, trainLife } from './trainLife.ts';
import { fitWeibull, weibullQuantiles } from './weibullLife.ts';

const HOURS: TableTime = { unit: 'hours', stated: true, dated: false, column: 'time [h]' };

/** Pumps that last about 4000 hours, sampled irregularly every two to four days; wear shows in the last third. */
function pumps(count: number, seed: number): TimedUnit[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, u) => {
    const life = 4000 * Math.exp(0.25 * gaussian(random));
    const times: number[] = [];
    for (let t = 48 * random(); t < life - 1; t += 48 + 48 * random()) times.push(t);
    times.push(life);
    const rows = times.map((t) => {
      const wear = Math.exp((t - life) / 900);
      return [10 + 2 * wear + 0.15 * gaussian(random), 5 - wear + 0.1 * gaussian(random)];
    });
    return { unit: `p${u}`, times, rows, failed: true };
  });
}

test('life is counted in time, from irregular rows, in hours or in days', () => {
  const fleet = pumps(12, 1);
  const time = lifeTimeOf(fleet, HOURS);
  expect(time.unit).toBe('hours');
  expect(time.sinceNew).toBe(true);
  const model = trainLife(
    fleet.map((u) => onGrid(u, time)),
    1,
    () => undefined,
    ['a', 'b'],
    time,
  );
  const again = unpackAnyLife(packLife(model, cardOf(model, 'test', 12, 1, '0')));
  if (!('measured' in again)) throw new Error('another model');
  let off = 0;
  let held = 0;
  const unseen = pumps(12, 2);
  for (const unit of unseen) {
    const end = unit.times[unit.times.length - 1];
    const count = unit.times.filter((t) => t <= end - 1000).length;
    const cut = { ...unit, times: unit.times.slice(0, count), rows: unit.rows.slice(0, count) };
    const prediction = predictLife(onGrid(cut, time), again.measured);
    if (!('rul' in prediction)) throw new Error(prediction.reason);
    expect(prediction.timeUnit).toBe('hours');
    const truth = end - cut.times[count - 1];
    off += Math.abs(prediction.rul - truth) / unseen.length;
    if (truth >= prediction.interval.low && truth <= prediction.interval.high) held++;
    const days = { ...cut, times: cut.times.map((t) => t / 24) };
    const [inHours] = inUnitOf([days], { ...HOURS, unit: 'days' }, time);
    const other = predictLife(onGrid(inHours, time), again.measured);
    expect('rul' in other && other.rul).toBeCloseTo(prediction.rul, 3);
  }
  expect(off).toBeLessThan(350);
  expect(held).toBeGreaterThanOrEqual(9);
}, 300_000);

test('running units are not failures: with half of them censored the error hardly grows', () => {
  const fleet = pumps(16, 3);
  const time = lifeTimeOf(fleet, HOURS);
  const random = randomOf(4);
  const censored = fleet.map((unit, i) => {
    if (i % 2 === 0) return unit;
    const count = Math.max(12, Math.floor(unit.times.length * (0.3 + 0.6 * random())));
    return { ...unit, times: unit.times.slice(0, count), rows: unit.rows.slice(0, count), failed: false };
  });
  const rmse = (units: TimedUnit[]) => {
    const judged = outOfFold(
      units.map((u) => onGrid(u, time)),
      1,
      () => undefined,
    ).withoutAge;
    const { off } = pairsOf(judged.filter(({ unit }) => Number(unit.slice(1)) % 2 === 0));
    return Math.sqrt(off.reduce((sum, v) => sum + v * v, 0) / off.length);
  };
  expect(rmse(censored)).toBeLessThan(1.3 * rmse(fleet));
}, 300_000);

test('a step is assessed only if it has a measurement; gaps are interpolated linearly, several rows averaged', () => {
  const time = { unit: 'hours', step: 10, sinceNew: true, column: 't' };
  const unit = { unit: 'x', times: [20, 50, 56, 60], rows: [[2], [5], [7], [9]], failed: false };
  expect(onGrid(unit, time)).toEqual({
    unit: 'x',
    startsAt: 2,
    rows: [[2], [3], [4], [5], [8]],
    fresh: [true, false, false, true, true],
    failed: false,
  });
});

test('few failures: a Weibull law with its uncertainty, censoring and late entry; none: what is needed', () => {
  const random = randomOf(5);
  const lives = (n: number) => Array.from({ length: n }, () => 1000 * (-Math.log(1 - random())) ** (1 / 2.5));
  let [held, judged] = [0, 0];
  for (let fleet = 0; fleet < 40; fleet++) {
    const spans = lives(12).flatMap((life) => {
      const from = 300 * random();
      return life <= from ? [] : [{ from, to: Math.min(life, 700), failed: life <= 700 }];
    });
    if (spans.filter((s) => s.failed).length < 2) continue;
    const law = fitWeibull(spans.filter((s) => s.to > s.from));
    for (const life of lives(10)) {
      const age = 0.5 * life;
      const [low, high] = weibullQuantiles(law, age, [0.05, 0.95]);
      judged++;
      if (life - age >= low && life - age <= high) held++;
    }
  }
  expect(held / judged).toBeGreaterThan(0.85);
  const unit = (name: string, end: number, failed: boolean) => ({
    unit: name,
    times: [0, end],
    rows: [[1], [2]],
    failed,
  });
  const time = { unit: 'hours', step: 5, sinceNew: true, column: 't' };
  const two = trainAgeModel([unit('a', 900, true), unit('b', 1100, true), unit('c', 500, false)], time);
  const packed = unpackAnyLife(packAgeModel(two, 'test', '0'));
  if (!('byAge' in packed)) throw new Error('another model');
  const young = predictByAge({ unit: 'n', times: [0, 100] }, packed.byAge);
  const old = predictByAge({ unit: 'n', times: [0, 800] }, packed.byAge);
  if (!('rul' in young && 'rul' in old)) throw new Error('no verdict');
  expect(young).toMatchObject({ by: 'age_alone', timeUnit: 'hours' });
  expect(old.rul).toBeLessThan(young.rul);
  const none = trainAgeModel([unit('a', 900, false), unit('b', 1100, false)], time);
  expect(predictByAge({ unit: 'n', times: [0, 100] }, none)).toMatchObject({
    assessment: 'not_assessable',
    remedy: expect.stringContaining('0 of 2 units failed in 2000 hours together'),
  });
}, 60_000);

test('tables are read by unit and time, in any order of rows; dates and failures are parsed', () => {
  const shape = { unit: 'unit', time: 'time' };
  const table = [
    ['unit', 'time', 'a'],
    ['x', '2', '20'],
    ['x', '1', '10'],
    ['y', '1', '5'],
  ];
  expect(readUnits(table, shape)).toEqual({
    units: [
      { unit: 'x', times: [1, 2], rows: [[10], [20]], failed: true },
      { unit: 'y', times: [1], rows: [[5]], failed: true },
    ],
    time: { unit: 'units of time', stated: false, dated: false, column: 'time' },
    names: ['a'],
  });
  const dated = [
    ['unit', 'time', 'a', 'failed'],
    ['x', '2026-01-01 06:00', '1', '0'],
    ['x', '2026-01-02 12:00', '2', 'TRUE'],
    ['y', '2026-01-01T06:00:00+01:00', '3', '0'],
  ];
  const read = readUnits(dated, { ...shape, failed: 'failed' });
  expect(read.time).toMatchObject({ unit: 'hours', dated: true });
  expect(read.units[0].times[1] - read.units[0].times[0]).toBe(30);
  expect(read.units.map((u) => u.failed)).toEqual([true, false]);
  expect(readUnits(dated, { ...shape, failed: 'failed', timeUnit: 'days' }).units[0].times[1]).toBeCloseTo(20455.5);
});

test.each([
  [[['y', '2', 'z']], 'line 5, column 3: found "z"'],
  [[['y', '2']], 'line 5: 2 columns'],
  [[['y', '1', '6']], 'line 5: unit y has this time twice'],
  [[['y', '2026-01-01', '6']], 'line 5, column 2: found "2026-01-01"; a number is needed'],
])('%# an error in a table names its line', (more, message) => {
  const table = [['unit', 'time', 'a'], ['x', '2', '20'], ['x', '1', '10'], ['y', '1', '5'], ...more];
  expect(() => readUnits(table, { unit: 'unit', time: 'time' })).toThrow(message);
});

test('an invalid table, or one in another unit of time, is refused', () => {
  expect(() => readUnits([['a']], { unit: 'engine', time: 'time' })).toThrow('no column engine; there are a');
  expect(() => readUnits([], {})).toThrow('no rows');
  const time = { unit: 'hours', step: 5, sinceNew: true, column: 'time [h]' };
  const cycles = { unit: 'cycles', stated: true, dated: false, column: 'cycle' };
  expect(() => inUnitOf([], cycles, time)).toThrow('time is in cycles; the model counts hours');
});

test.each([
  ['time [h]', 'hours'],
  ['operating_hours', 'hours'],
  ['Cycle', 'cycles'],
  ['t (min)', 'minutes'],
  ['time', null],
  ['s', null],
])('%s states %s', (header, unit) => {
  expect(statedTimeUnit(header)).toBe(unit);
});
