import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { type BoostingSettings, predictTrees, splitCounts, trainTrees, treesSchema } from './boostedTrees.ts';

const settings: BoostingSettings = {
  loss: 'squared',
  trees: 150,
  leaves: 7,
  learningRate: 0.1,
  leastRows: 10,
  ridge: 1,
};

function data(n: number, seed: number) {
  const random = randomOf(seed);
  const rows = Array.from({ length: n }, () =>
    Float64Array.of(gaussian(random), gaussian(random), gaussian(random), random() < 0.03 ? 1 : 0),
  );
  return { rows, truth: rows.map(([a, b, , d]) => (a > 0.5 ? 3 : 0) + Math.abs(b) + 5 * d), random };
}

test('learns steps, curves and rare flags that generalise to unseen rows; uninformative features are hardly used', () => {
  const { rows, truth, random } = data(3000, 1);
  const model = trainTrees(
    rows,
    truth.map((v) => v + 0.2 * gaussian(random)),
    settings,
  );
  const unseen = data(1000, 2);
  const errors = unseen.rows.map((row, i) => predictTrees(model, row) - unseen.truth[i]);
  expect(Math.sqrt(errors.reduce((a, e) => a + e * e, 0) / errors.length)).toBeLessThan(0.25);
  const counts = splitCounts(model, 4);
  expect(counts[2]).toBeLessThan(counts[0]);
  expect(counts[2]).toBeLessThan(counts[1]);
  expect(counts[3]).toBeGreaterThan(0);
});

test('probabilities match those of the data', () => {
  const random = randomOf(3);
  const rows = Array.from({ length: 4000 }, () => Float64Array.of(random(), random()));
  const targets = rows.map(([a]) => (random() < (a > 0.7 ? 0.6 : 0.1) ? 1 : 0));
  const model = trainTrees(rows, targets, { ...settings, loss: 'logistic', trees: 30 });
  const chance = (a: number) => 1 / (1 + Math.exp(-predictTrees(model, [a, 0.5])));
  expect(chance(0.9)).toBeGreaterThan(0.5);
  expect(chance(0.9)).toBeLessThan(0.7);
  expect(chance(0.2)).toBeLessThan(0.17);
});

test('growing stops when unseen rows no longer improve', () => {
  const { rows, random } = data(400, 7);
  const noise = rows.map(() => gaussian(random));
  const unseen = data(400, 8);
  const stop = { rows: unseen.rows, targets: unseen.rows.map(() => gaussian(random)), patience: 10 };
  expect(trainTrees(rows, noise, settings, stop).trees.length).toBeLessThan(10);
  const real = data(2000, 9);
  const stopped = trainTrees(real.rows, real.truth, settings, { ...stop, rows: unseen.rows, targets: unseen.truth });
  expect(stopped.trees.length).toBeGreaterThan(30);
});

test('the same rows give the same trees, which are read back unchanged; identical rows give the mean', () => {
  const { rows, truth } = data(300, 4);
  const model = trainTrees(rows, truth, settings);
  expect(trainTrees(rows, truth, settings)).toEqual(model);
  expect(treesSchema.parse(JSON.parse(JSON.stringify(model)))).toEqual(model);
  const flat = trainTrees(
    Array.from({ length: 50 }, () => Float64Array.of(1)),
    Array.from({ length: 50 }, (_, i) => i),
    settings,
  );
  expect(predictTrees(flat, [1])).toBeCloseTo(24.5, 9);
});
