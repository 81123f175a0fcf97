import { describe, expect, test } from 'vitest';
import { Missing, Stuck } from './stuck.ts';

const ALPHA = 0.1;
const rowsOf = (n: number, ...columns: ((t: number) => number)[]) =>
  Array.from({ length: n }, (_, t) => Float64Array.from(columns, (column) => column(t)));
const row = (...values: number[]) => Float64Array.from(values);
const counting = (t: number) => t;
/** Each value five times: four repetitions. */
const fives = (t: number) => Math.floor(t / 5);

describe('a value that repeats', () => {
  const learned = () =>
    Stuck.learn(
      rowsOf(100, counting, fives, () => 7),
      [true, true, true],
      ALPHA,
    );

  test('is stuck after three times its longest run, at least six rows; a channel that never moves is a state', () => {
    expect(learned().visible()).toEqual([6, 12, null]);
    expect(Stuck.learn(rowsOf(100, counting, fives), [true, false], ALPHA).visible()).toEqual([6, null]);
  });

  test('may repeat for as long as chance allows: the repeating part to the power of the run', () => {
    // Four of five rows repeat: 0.8^n = 1e-6.
    const [limit] = Stuck.learn(rowsOf(100, fives), [true], 1e-6).visible();
    expect(limit).toBeCloseTo(Math.log(1e-6) / Math.log(0.8), 9);
    // Exactly nine of ten still counts as a measurement.
    expect(
      Stuck.learn(
        rowsOf(101, (t) => Math.floor(t / 11)),
        [true],
        ALPHA,
      ).visible(),
    ).toEqual([null]);
    expect(
      Stuck.learn(
        rowsOf(100, (t) => Math.floor(t / 10)),
        [true],
        ALPHA,
      ).visible(),
    ).toEqual([27]);
  });

  test('continues from the last row of the training, and restarts with each change', () => {
    const stuck = learned();
    expect([...stuck.ratios(row(99, 19, 7))]).toEqual([1 / 6, 5 / 12, 0]);
    expect([...stuck.ratios(row(100, 20, 8))]).toEqual([0, 0, 0]);
    for (let i = 0; i < 5; i++) stuck.push(row(99, 20, 7));
    expect([...stuck.ratios(row(99, 20, 7))]).toEqual([1, 5 / 12, 0]);
    stuck.push(row(98, 20, 7));
    expect([...stuck.ratios(row(98, 20, 7))]).toEqual([1 / 6, 6 / 12, 0]);
  });

  test('the count resumes from a snapshot, which later rows do not change', () => {
    const stuck = learned();
    stuck.push(row(99, 19, 7));
    const snapshot = stuck.snapshot();
    for (let i = 0; i < 9; i++) stuck.push(row(1, 1, 1));
    expect([...new Stuck(snapshot).ratios(row(99, 19, 7))]).toEqual([2 / 6, 6 / 12, 0]);
  });
});

describe('a value that is missing', () => {
  const gap = (from: number, to: number) => (t: number) => (t >= from && t < to ? Number.NaN : t);
  const learned = () => Missing.learn(rowsOf(20, counting, gap(5, 9), gap(18, 20)));

  test('is a fault after three times the longest gap of the training, at least three rows', () => {
    expect(learned().visible()).toEqual([3, 12, 6]);
  });

  test('is counted from the end of the training on, until a value arrives', () => {
    const missing = learned();
    const none = row(Number.NaN, Number.NaN, Number.NaN);
    expect([...missing.ratios(none)]).toEqual([1 / 3, 1 / 12, 3 / 6]);
    expect([...missing.ratios(row(0, 0, 0))]).toEqual([0, 0, 0]);
    missing.push(none);
    missing.push(row(Number.NaN, 1, Number.NaN));
    const snapshot = missing.snapshot();
    missing.push(row(1, 1, 1));
    expect([...new Missing(snapshot).ratios(none)]).toEqual([1, 1 / 12, 5 / 6]);
    expect([...missing.ratios(none)]).toEqual([1 / 3, 1 / 12, 1 / 6]);
  });
});
