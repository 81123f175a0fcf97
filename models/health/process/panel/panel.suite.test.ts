import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { checkDetector } from '../../detectorChecks.ts';
import { makePanel, makeRowDetector, trainPanel } from '../createRowDetector.ts';
import { tailLimit } from './member.ts';
import { findSeason } from './season.ts';
import { BACKGROUNDS, DAY, type Fault, faultyTable, TRAIN_ROWS } from './seededFaults.ts';
import { RollingMedian } from './sudden.ts';

function judged(rows: readonly Float64Array[], trainRows: number) {
  const names = Array.from(rows[0], (_, c) => `c${c}`);
  const panel = trainPanel(names, rows.slice(0, trainRows));
  const scores = rows.slice(trainRows).map((row) => panel.judge(row));
  return { panel, scores };
}

// The whole suite is larger (all faults, five seeds); these are the kinds that earlier detectors missed.
const FAULTS: Fault[] = ['spike', 'stuck', 'missing', 'less_spread', 'hump'];

test.each(BACKGROUNDS)(
  '%s: faults in one of four channels are found, at less than a false alarm a month',
  (background) => {
    let [found, falseAlarms, normalRows] = [0, 0, 0];
    const faults: Fault[] = [...FAULTS, 'relation'];
    for (const fault of faults) {
      const { rows, from, to } = faultyTable(background, fault, 4, 100);
      const on = judged(rows, TRAIN_ROWS).scores.map((score) => score.index >= 1);
      if (on.slice(from - TRAIN_ROWS, to - TRAIN_ROWS + 4).some(Boolean)) found++;
      const before = on.slice(0, from - TRAIN_ROWS);
      falseAlarms += before.filter((one, t) => one && !before.slice(Math.max(0, t - 12), t).some(Boolean)).length;
      normalRows += before.length;
    }
    expect(found).toBeGreaterThanOrEqual(faults.length - 1);
    expect(falseAlarms / (normalRows / (30 * DAY))).toBeLessThan(1);
  },
);

test('noise of many channels is normal', () => {
  const random = randomOf(1);
  const rows = Array.from({ length: 700 }, () => Float64Array.from({ length: 200 }, () => gaussian(random)));
  expect(judged(rows, 500).scores.filter((score) => score.index >= 1).length).toBeLessThanOrEqual(2);
});

test('a missing value is named at once and soon becomes an anomaly; detectable changes are stated', () => {
  const { rows, from } = faultyTable('white', 'missing', 4, 1);
  const { panel, scores } = judged(rows, TRAIN_ROWS);
  const at = from - TRAIN_ROWS;
  expect(scores[at].missing).toEqual(['c3']);
  expect(scores[at + 3]).toMatchObject({ by: expect.arrayContaining(['missing']) });
  expect(scores[at + 3].index).toBeGreaterThanOrEqual(1);
  const [sudden] = panel.watches();
  expect(sudden).toMatchObject({ member: 'sudden', channels: 4, sizes: 'own unit' });
  expect(sudden.visible.c0).toBeGreaterThan(3);
  expect(sudden.visible.c0).toBeLessThan(15);
});

test('a command is not a measurement: it may be constant, and step', () => {
  const random = randomOf(3);
  const rows = Array.from({ length: 800 }, (_, t) => {
    const command = Math.floor(t / 37) % 3;
    return Float64Array.of(command, 10 + command + 0.1 * gaussian(random));
  });
  const { panel, scores } = judged(rows, 500);
  expect(panel.watches().map(({ visible }) => 'c0' in visible)).toEqual(new Array(6).fill(false));
  expect(scores.filter((score) => score.index >= 1).length).toBeLessThan(5);
});

test('a value outside the range of a jumping channel is found; a wandering channel has no range', () => {
  const { rows, from } = faultyTable('bursts', 'step_up', 1, 3);
  const { panel, scores } = judged(rows, TRAIN_ROWS);
  const range = (of: typeof panel) => of.watches().find(({ member }) => member === 'range');
  expect(range(panel)?.visible.c0).toBeGreaterThan(25);
  expect(scores.slice(0, from - TRAIN_ROWS).some(({ by }) => by.includes('range'))).toBe(false);
  expect(scores.slice(from - TRAIN_ROWS).some(({ by }) => by.includes('range'))).toBe(true);
  const random = randomOf(9);
  let level = 0;
  const walk = Array.from({ length: TRAIN_ROWS }, () => {
    level += gaussian(random);
    return Float64Array.of(level);
  });
  expect(range(trainPanel(['c0'], walk))?.channels).toBe(0);
});

test('seasons are found, with their period in rows', () => {
  const random = randomOf(4);
  const series = (amplitude: number) =>
    Float64Array.from({ length: 20 * 48 }, (_, t) => amplitude * Math.sin((2 * Math.PI * t) / 48) + gaussian(random));
  expect(findSeason(series(3))?.period).toBe(48);
  expect(findSeason(series(0))).toBeNull();
  let level = 0;
  expect(findSeason(Float64Array.from({ length: 960 }, () => (level += gaussian(random))))).toBeNull();
});

test('a tail limit holds for normal and for exponential noise', () => {
  const random = randomOf(5);
  const laws = [() => Math.abs(gaussian(random)), () => -Math.log(1 - random())];
  for (const law of laws) {
    const limits = Array.from({ length: 50 }, () => tailLimit(Array.from({ length: 500 }, law), 1e-4));
    const over = Array.from({ length: 200_000 }, law).map((v) => limits.filter((limit) => v > limit).length / 50);
    expect(over.reduce((a, b) => a + b, 0) / over.length).toBeLessThan(2e-4);
  }
});

test('a tail of autocorrelated values counts fewer independent ones', () => {
  const values = Array.from({ length: 500 }, (_, i) => -Math.log(1 - i / 500));
  expect(tailLimit(values, 1e-4, 0.1)).toBeGreaterThan(tailLimit(values, 1e-4));
});

test('a rolling median is the median of the last values', () => {
  const random = randomOf(6);
  const values = Array.from({ length: 200 }, () => Math.floor(10 * random()));
  const rolling = new RollingMedian(5);
  values.forEach((v, t) => {
    rolling.push(v);
    if (t >= 4) expect(rolling.median).toBe(values.slice(t - 4, t + 1).sort((a, b) => a - b)[2]);
  });
});

const healthy = faultyTable('daily', 'spike', 4, 7).rows.slice(0, 900);
checkDetector<unknown>({
  create: (snapshot) => makeRowDetector('panel', ['c0', 'c1', 'c2', 'c3'], 300, structuredClone(snapshot)),
  healthy: (i) => Array.from(healthy[i % healthy.length]),
  broken: (i) => Array.from(healthy[i % healthy.length], (v, c) => (c === 2 ? v + 30 : v)),
  learnRows: 300,
});

test.each(['daily', 'load'] as const)(
  '%s: a panel restored at every row gives the same verdicts as one that never is, including faults and gaps',
  (background) => {
    for (const fault of ['relation', 'missing', 'drift'] as const) {
      const { rows, from, to } = faultyTable(background, fault, 4, 2);
      const names = ['c0', 'c1', 'c2', 'c3'];
      const whole = trainPanel(names, rows.slice(0, TRAIN_ROWS));
      let restarted = makePanel(names, TRAIN_ROWS);
      for (const row of rows.slice(0, TRAIN_ROWS)) restarted.learn(row);
      let on = 0;
      for (let t = TRAIN_ROWS; t < to; t++) {
        if (t < TRAIN_ROWS + 50 || t > from - 20)
          restarted = makePanel(names, TRAIN_ROWS, deserialize(serialize(restarted.snapshot())));
        const verdict = whole.judge(rows[t]);
        expect(restarted.judge(rows[t])).toEqual(verdict);
        if (t >= from && verdict.index >= 1) on++;
      }
      expect(on).toBeGreaterThan(0);
    }
  },
);

test('a learned panel does not grow with the rows it judges', () => {
  const { rows } = faultyTable('weekly', 'spike', 4, 3);
  const panel = trainPanel(['c0', 'c1', 'c2', 'c3'], rows.slice(0, TRAIN_ROWS));
  const size = () => serialize(panel.snapshot()).length;
  const before = size();
  for (const row of rows) panel.judge(row);
  expect(size()).toBeLessThan(before + 100);
});
