import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { bearingEvidence } from './bearingLines.ts';

const FACTORS = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const STEP = 0.005;
/** Orders of all faults and of their first multiples. */
const FAMILIES = [FACTORS.bpfo, FACTORS.bpfi, 2 * FACTORS.bsf, FACTORS.bsf, FACTORS.ftf].flatMap((f) => [
  f,
  2 * f,
  3 * f,
]);

/** An envelope of noise up to order 40; `raise` gives the excess of an order above it. */
function evidence(raise: (order: number) => number) {
  const random = randomOf(2);
  const excess = Float64Array.from({ length: 8000 }, (_, k) => random() + raise(k * STEP));
  return { stepHz: STEP, excess, modulation: [] };
}

/** Whether an order lies between two relative distances from one of a fault's. */
const isNear = (order: number, from: number, to: number) =>
  FAMILIES.some((f) => Math.abs(order / f - 1) >= from && Math.abs(order / f - 1) < to);

/** Score of a comb at the outer race's order, with lines between two relative distances from all faults' orders. */
function outerRaceScore(from: number, to: number): number {
  const isComb = (order: number) => [1, 2, 3, 4].some((h) => Math.abs(order - h * FACTORS.bpfo) < STEP);
  const { scores } = bearingEvidence(
    evidence((order) => (isComb(order) ? 1.5 : 0) + (isNear(order, from, to) ? 1.5 : 0)),
    1,
    FACTORS,
  );
  return scores.find((s) => s.fault === 'outer_race')!.score;
}

test('lines within 1.2 % of a fault’s order do not count as chance, those beyond 3.5 % do', () => {
  const alone = outerRaceScore(0, 0);
  // They add to the comb, but hardly to what combs reach by chance.
  expect(outerRaceScore(0, 0.012)).toBeGreaterThan(1.5 * alone);
  expect(outerRaceScore(0.035, 0.045)).toBeLessThan(alone / 12);
});

test.each([
  ['outer_race', [FACTORS.bpfo]],
  ['inner_race', [FACTORS.bpfi]],
  ['ball', [2 * FACTORS.bsf]],
] as const)('a comb at the order of %s indicates that fault, with no rival', (fault, [order]) => {
  const isComb = (at: number) => [1, 2, 3, 4].some((h) => Math.abs(at - h * order) < STEP);
  const { scores, rival } = bearingEvidence(
    evidence((at) => (isComb(at) ? 1.5 : 0)),
    1,
    FACTORS,
  );
  expect(scores[0].fault).toBe(fault);
  expect(rival.score).toBeLessThan(scores[0].score / 2);
});

/** Evidence of a comb at the outer race's order and another one, nearly as strong. */
function besideOuterRace(order: number) {
  const isComb = (at: number, of: number) => [1, 2, 3, 4].some((h) => Math.abs(at - h * of) < STEP);
  return bearingEvidence(
    evidence((at) => (isComb(at, FACTORS.bpfo) ? 1.5 : 0) + (isComb(at, order) ? 1.2 : 0)),
    1,
    FACTORS,
  );
}

test.each([
  ['5 % from the fault’s order', 1.05 * FACTORS.bpfo],
  ['6 hundredths from twice the shaft’s rate', 2.06],
])('a comb %s is a rival of that order', (_where, order) => {
  const { scores, rival } = besideOuterRace(order);
  expect(scores[0].fault).toBe('outer_race');
  // Within the slip.
  expect(Math.abs(rival.order / order - 1)).toBeLessThan(0.016);
  expect(rival.score).toBeGreaterThan(scores[0].score / 2);
});

test.each([
  ['2 % from the fault’s order', 1.02 * FACTORS.bpfo],
  ['at twice the shaft’s rate', 2],
])('a comb %s is not a rival', (_where, order) => {
  const { scores, rival } = besideOuterRace(order);
  expect(rival.score).toBeLessThan((2 * scores[0].score) / 3);
  expect(Math.abs(rival.order / order - 1)).toBeGreaterThan(0.016);
});

test('a comb is a multiple of the fault’s order within 2 % and the slip, not 4.5 % from it', () => {
  const [at, off] = [2, 2 * 1.045].map((times) => besideOuterRace(times * FACTORS.bpfo));
  expect(at.multiple).toBeGreaterThan(at.scores[0].score / 2);
  expect(off.multiple).toBeLessThan(off.scores[0].score / 2);
});
