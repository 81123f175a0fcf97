import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { isotonic, stepAt } from '#models/statistics/isotonic.ts';
import { parseTable } from '#models/tables/parseTable.ts';
import { evaluateFailure } from './evaluateFailure.ts';
import { featureNames, featuresOf, labelsOf, shapeOf } from './failureFeatures.ts';
import { type FailureRecords, readEvents, readTelemetry, type UnitEvent } from './failureRecords.ts';
import { aucOf, checkColumns, checkLifeColumns, checkUnits } from './leaks.ts';
import { predictFailure, unpackFailure } from './predictFailure.ts';
import { trainFailure } from './trainFailure.ts';

const HORIZON = 24;
const COSTS = { falseAlarm: 1, missed: 10 };

/**
 * Units with a row every six hours for 60 days that fail now and then, more likely the longer ago their last
 * maintenance; a rising temperature precedes half of the failures, and an error some.
 */
function fleet(count: number, seed: number): FailureRecords {
  const random = randomOf(seed);
  const records = {
    channels: ['temperature', 'noise'],
    dated: false,
    telemetry: [] as FailureRecords['telemetry'],
    events: new Map<string, UnitEvent[]>(),
    maintenance: new Map<string, UnitEvent[]>(),
    failures: new Map<string, UnitEvent[]>(),
  };
  for (let u = 0; u < count; u++) {
    const unit = `u${u}`;
    const [events, maintenance, failures]: UnitEvent[][] = [[], [], []];
    let maintained = -random() * 500;
    const times = Array.from({ length: 240 }, (_, i) => 6 * i);
    let fails = Number.POSITIVE_INFINITY;
    const rows = times.map((time) => {
      if (fails === Number.POSITIVE_INFINITY && random() < 0.00002 * (time - maintained)) fails = time + 30;
      const warm = fails - time <= 30 && Math.floor(fails) % 12 === 0 ? 8 : 0;
      if (fails - time <= 24 && random() < 0.15) events.push({ time, kind: 'e1' });
      if (random() < 0.01) events.push({ time, kind: 'e2' });
      if (time + 6 > fails) {
        failures.push({ time: fails, kind: 'pump' });
        maintenance.push({ time: fails + 1, kind: 'pump' });
        maintained = fails;
        fails = Number.POSITIVE_INFINITY;
      }
      return Float64Array.of(60 + warm + 2 * gaussian(random), gaussian(random));
    });
    records.telemetry.push({ unit, times, rows });
    records.events.set(unit, events);
    records.maintenance.set(unit, maintenance);
    records.failures.set(unit, failures);
  }
  return records;
}

const learned = trainFailure(fleet(80, 1), HORIZON, COSTS, () => undefined);

test('probabilities for unseen units are calibrated, and cost less than always or never alarming', () => {
  const evaluation = evaluateFailure(learned.judged, COSTS, 1);
  expect(evaluation.auc.value).toBeGreaterThan(0.75);
  expect(evaluation.auc.value).toBeLessThan(0.995);
  expect(evaluation.brierSkill.low).toBeGreaterThan(0.1);
  expect(evaluation.relativeCost.high).toBeLessThan(0.9);
  for (const { said, came, rows } of evaluation.reliability.filter((b) => b.rows > 300))
    expect(Math.abs(said - came)).toBeLessThan(0.02 + 3 * Math.sqrt((said * (1 - said)) / rows) * 4);
  expect(evaluateFailure(learned.judged, COSTS, 1)).toEqual(evaluation);
});

test('a package reproduces the predictions; a unit that warms up is alarmed, with the reason', () => {
  const text = JSON.stringify({ ...learned.model, card: {} });
  expect(text.length).toBeLessThan(1e6);
  const model = unpackFailure(text);
  const records = fleet(10, 2);
  const said = predictFailure(records, model);
  expect(predictFailure(records, { ...learned.model, card: {} })).toEqual(said);
  const [first] = records.telemetry;
  const hot = { ...first, rows: first.rows.map((row, t) => (t > 235 ? Float64Array.of(row[0] + 8, row[1]) : row)) };
  const [warned] = predictFailure({ ...records, telemetry: [hot, ...records.telemetry.slice(1)] }, model);
  if (!('probability' in warned)) throw new Error(warned.reason);
  expect(warned.probability).toBeGreaterThan(0.1);
  expect(warned.alarm).toBe(true);
  expect(warned.because.join()).toContain('temperature');
  const scaled = { ...first, rows: first.rows.map((row) => Float64Array.of(1.8 * row[0] + 32, row[1])) };
  const dead = { ...first, measuredAt: [first.times[100], first.times[first.times.length - 1]] };
  for (const [unit, reason] of [
    [scaled, 'temperature is at'],
    [dead, 'temperature empty to the end'],
  ] as const)
    expect(predictFailure({ ...records, telemetry: [unit] }, model)[0]).toMatchObject({
      assessment: 'not_assessable',
      reason: expect.stringContaining(reason),
    });
  expect(() => predictFailure({ ...records, channels: ['heat', 'noise'] }, model)).toThrow('no column temperature');
  expect(() => predictFailure({ ...records, dated: true }, model)).toThrow('times are dates');
  expect(() => unpackFailure('{}')).toThrow('not a model of failures');
});

test('features are causal, labels look ahead by the horizon, and unknown labels are omitted', () => {
  const records = fleet(3, 3);
  const [unit] = records.telemetry;
  const shape = shapeOf(records, HORIZON);
  const whole = featuresOf(unit, records, shape);
  const cut = { ...unit, times: unit.times.slice(0, 100), rows: unit.rows.slice(0, 100) };
  const end = cut.times[99];
  const until = (of: FailureRecords['events']) =>
    new Map([...of].map(([key, own]) => [key, own.filter((e) => e.time <= end)]));
  const past = {
    ...records,
    events: until(records.events),
    maintenance: until(records.maintenance),
    failures: until(records.failures),
  };
  expect(featuresOf(cut, past, shape)).toEqual(whole.slice(0, 100));
  expect(whole[0]).toHaveLength(featureNames(shape).length);
  const times = [0, 10, 20, 30, 40, 50];
  const rows = times.map(() => Float64Array.of(0));
  expect(labelsOf({ unit: 'a', times, rows }, [{ time: 30, kind: 'f' }], 15)).toEqual([
    false,
    false,
    true,
    false,
    null,
    null,
  ]);
});

test('a column that leaks the future, or a unit on both sides of a split, stops the training', () => {
  const records = fleet(40, 4);
  const telling = {
    ...records,
    channels: [...records.channels, 'hours_left'],
    telemetry: records.telemetry.map((unit) => {
      const failures = records.failures.get(unit.unit) ?? [];
      const left = (time: number) => (failures.find((f) => f.time > time)?.time ?? 9999) - time;
      return { ...unit, rows: unit.rows.map((row, t) => Float64Array.of(...row, left(unit.times[t]))) };
    }),
  };
  expect(() => trainFailure(telling, HORIZON, COSTS, () => undefined)).toThrow(/^hours_left.* alone tells/);
  const [first, ...rest] = records.telemetry;
  const twice = { ...records, telemetry: [first, ...rest, { ...first, unit: 'copy' }] };
  expect(() => trainFailure(twice, HORIZON, COSTS, () => undefined)).toThrow('units u0 and copy have the same history');
  const random = randomOf(1);
  const lives = [50, 80, 120].map((n) => ({
    rows: Array.from({ length: n }, (_, t) => [gaussian(random), 3 * (n - t)]),
  }));
  expect(() => checkLifeColumns(lives, null)).toThrow('sensor 2 goes with the time that is left');
  expect(() =>
    checkUnits([
      { unit: 'a', rows: lives[0].rows },
      { unit: 'b', rows: lives[1].rows },
    ]),
  ).not.toThrow();
  expect(() => trainFailure(fleet(4, 1), HORIZON, COSTS, () => undefined)).toThrow('5 are needed');
});

test('an allowed column stays, with a warning; others are still refused', () => {
  const said: string[] = [];
  const rule = { allowed: ['wear'], warn: (text: string) => said.push(text) };
  const labels = Array.from({ length: 100 }, (_, i) => i >= 60);
  const rows = labels.map((failed, i) => Float64Array.of(i, failed ? 1 : 0));
  checkColumns(['wear: mean over 1 horizons', 'time since wear was maintained'], rows, labels, rule);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^wear: mean over 1 horizons alone tells .*kept, as wear is allowed/);
  expect(() => checkColumns(['wear', 'wear level'], rows, labels, rule)).toThrow('wear level alone tells');
  const lives = [{ rows: Array.from({ length: 90 }, (_, t) => [3 * (90 - t)]) }];
  checkLifeColumns(lives, ['wear'], rule);
  expect(() => checkLifeColumns(lives, ['age'], rule)).toThrow('--allow-leak');
});

test('tables of dates and of numbers are read; errors name their place', () => {
  const table = (text: string) => parseTable(new TextEncoder().encode(text));
  const columns = { unit: 'machine', time: 'at' };
  const read = readTelemetry(
    table('at,machine,volt\n2026-01-01 06:00,a,1\n2026-01-01T05:00:00,a,\n2026-01-02,b,3\n'),
    columns,
  );
  expect(read).toMatchObject({ channels: ['volt'], dated: true });
  expect(read.telemetry[0].times[1] - read.telemetry[0].times[0]).toBe(1);
  expect(read.telemetry[0].rows.map((r) => r[0])).toEqual([0, 1]);
  const events = readEvents(table('machine;at;what\na;2026-01-01 05:30;x\n'), columns, true);
  expect(events.get('a')?.[0]).toMatchObject({ kind: 'x' });
  const refused = (text: string) => () => readTelemetry(table(text), columns);
  expect(refused('at,machine,v\n1,a,x\n')).toThrow('line 2, column 3: found "x"');
  expect(refused('at,machine,v\n1,a,1\nsoon,a,1\n')).toThrow('line 3, column 1: found "soon"');
  expect(refused('at,machine,v\n1,a,1\n1,a,2\n')).toThrow('line 3: unit a has this time twice');
  expect(refused('at,machine,v\n1,a\n')).toThrow('line 2: 2 columns');
  expect(refused('at,unit,v\n1,a,1\n')).toThrow('no column machine');
});

test('isotonic steps never fall and are the means of the pooled targets; ties count half in ranks', () => {
  const steps = isotonic([1, 2, 3, 4, 5], [0, 1, 0, 1, 1]);
  expect(steps).toEqual({ x: [1, 2, 4], y: [0, 0.5, 1] });
  expect([0, 1, 2.5, 4, 9].map((v) => stepAt(steps, v))).toEqual([0, 0, 0.5, 1, 1]);
  expect(aucOf([1, 1, 2, 3], [false, true, false, true])).toBe(0.625);
});
