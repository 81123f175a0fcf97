import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { LEARNING_METHODS, type LearningMethod } from './methodNames.ts';
import {
  freshState,
  loadProcess,
  type ProcessModel,
  stepProcess,
  trainProcess,
  unpackProcess,
} from './processModel.ts';

const NAMES = ['load', 'current', 'temperature', 'flow', 'noise'];

/** A machine whose values follow its load; `fault` changes a row. */
function rows(
  n: number,
  seed: number,
  fault: (row: Float64Array, i: number) => void = () => undefined,
): Float64Array[] {
  const random = randomOf(seed);
  let load = 0.7;
  return Array.from({ length: n }, (_, i) => {
    load = Math.min(1, Math.max(0.4, load + 0.05 * gaussian(random)));
    const noise = () => 0.02 * gaussian(random);
    const row = Float64Array.of(
      load,
      30 + 60 * (load + noise()),
      20 + 45 * (load + noise()),
      80 * (load + noise()),
      gaussian(random),
    );
    fault(row, i);
    return row;
  });
}

const NOTES = { data: 'made up', version: '0', seed: 1 };
const learn = (data: Float64Array[], method: LearningMethod = 'principal_components') =>
  trainProcess(method, NAMES, data, NOTES);

function judge(data: Float64Array[], model: ProcessModel = learn(rows(600, 1))) {
  const loaded = loadProcess(model);
  let state = freshState(model);
  return data.flatMap((row) => {
    const next = stepProcess(model, loaded, Array.from(row), state);
    state = next.state;
    return next.score ?? [];
  });
}

test('rows like the training stay below the limit, for every seed', () => {
  for (const seed of [2, 3, 4]) {
    const over = judge(rows(3000, seed)).filter((s) => s.index > 1).length;
    expect(over / 3000).toBeLessThan(0.01);
  }
});

test('a broken relation is found although each value stays in its own range, and the channel is named', () => {
  const broken = judge(
    rows(200, 5, (row, i) => {
      if (i >= 100) row[3] -= 10;
    }),
  );
  const before = broken.slice(0, 100).filter((s) => s.index > 1).length;
  const after = broken.slice(110).filter((s) => s.index > 1);
  expect(before).toBeLessThan(3);
  expect(after.length).toBeGreaterThan(60);
  const named = after.filter((s) => s.channels[0] === 'flow').length;
  expect(named / after.length).toBeGreaterThan(0.7);
});

test('a value outside its range is found', () => {
  const hot = judge(
    rows(200, 6, (row, i) => {
      if (i >= 100) row[2] += 20;
    }),
  ).slice(105);
  expect(hot.every((s) => s.index > 1 && s.channels.includes('temperature'))).toBe(true);
});

test('units do not matter, and the same rows give the same model', { tags: 'slow' }, () => {
  const data = rows(300, 7);
  const scaled = data.map((row) => row.map((v) => 1000 * v - 5));
  const index = (d: Float64Array[]) => judge(d, learn(d)).at(-1)?.index ?? 0;
  expect(index(scaled)).toBeCloseTo(index(data), 6);
  for (const method of LEARNING_METHODS) expect(learn(data, method)).toEqual(learn(data, method));
});

test.each(LEARNING_METHODS)('%s: a package read back gives the same verdicts, and is smaller than 1 MB', (method) => {
  const model = learn(rows(400, 8), method);
  const text = JSON.stringify(model);
  expect(text.length).toBeLessThan(1e6);
  const again = unpackProcess(text);
  expect(again).toEqual(model);
  expect(judge(rows(50, 9), again)).toEqual(judge(rows(50, 9), model));
});

test('an invalid package is refused', () => {
  const model = learn(rows(300, 8));
  const { learned } = model;
  if (learned.method !== 'principal_components') throw new Error('another method');
  const short = { ...learned, data: { ...learned.data, mean: [1] } };
  expect(() => unpackProcess(JSON.stringify({ ...model, learned: short }))).toThrow('do not fit');
  expect(() => unpackProcess(JSON.stringify({ ...model, limits: [-1, 1] }))).toThrow('limits.0');
  expect(() => unpackProcess(JSON.stringify({ ...model, limits: [1] }))).toThrow('do not fit its averages');
  const round = learn(rows(300, 8), 'isolation_forest');
  if (round.learned.method !== 'isolation_forest') throw new Error('another method');
  round.learned.data.trees[0].left[0] = 0;
  expect(() => unpackProcess(JSON.stringify(round))).toThrow('do not fit');
  expect(() => unpackProcess('{}')).toThrow('format');
  expect(() => learn(rows(50, 9))).toThrow(RangeError);
  expect(() => trainProcess('autoencoder', ['one'], rows(500, 9), NOTES)).toThrow(RangeError);
});
