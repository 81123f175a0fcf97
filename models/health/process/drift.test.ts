import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { fitOf, psiOf } from './drift.ts';
import { trainProcess } from './processModel.ts';

const NAMES = ['a', 'b', 'c'];
/** Channels with an autocorrelation of 0.9. */
function rows(n: number, seed: number, shift = 0): number[][] {
  const random = randomOf(seed);
  const state = [0, 0, 0];
  return Array.from({ length: n }, () => {
    for (let c = 0; c < 3; c++) state[c] = 0.9 * state[c] + Math.sqrt(1 - 0.81) * gaussian(random);
    return [10 + state[0], 20 + state[1] + shift, 30 + state[2]];
  });
}
const training = rows(3000, 1).map((row) => Float64Array.from(row));
const model = trainProcess('principal_components', NAMES, training, { data: '', version: '', seed: 1 });
const flat = (n: number) => Array.from({ length: n }, (_, i) => model.reference.index[1 + (i % 19)]);

test('rows like the training fit it despite autocorrelation, in forty trials', () => {
  const advised = Array.from({ length: 40 }, (_, i) => fitOf(model, rows(500, 10 + i), flat(500))).filter(
    (fit) => fit.advice !== null,
  );
  expect(advised).toHaveLength(0);
});

test('only a channel that moved by two standard deviations is named', () => {
  const fit = fitOf(model, rows(500, 5, 2), flat(500));
  expect(fit.drifted.map((d) => d.channel)).toEqual(['b']);
  expect(fit.drifted[0].psi).toBeGreaterThan(0.25);
  expect(fit.advice).toContain('no longer fits this machine: b is');
});

test('the stability index is 0 for the same population, and large for another', () => {
  const quantiles = Array.from({ length: 21 }, (_, i) => i);
  const same = Array.from({ length: 1000 }, (_, i) => (i / 1000) * 20);
  expect(psiOf(same, quantiles)).toBeLessThan(0.03);
  expect(
    psiOf(
      same.map((v) => v / 3),
      quantiles,
    ),
  ).toBeGreaterThan(0.5);
  // Half of the training was at one value.
  const held = Array.from({ length: 21 }, (_, i) => Math.max(0, i - 10));
  expect(
    psiOf(
      same.map((v) => Math.max(0, v - 10)),
      held,
    ),
  ).toBeLessThan(0.05);
});
