import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUIET, stepTrigger, TRIGGER_DEFAULTS, type TriggerState } from './trigger.ts';

const settings = { persistence: 3, offBelow: 0.7, offAfter: 5 };
const run = (indices: number[], from: TriggerState = QUIET) =>
  indices.reduce((s, i) => stepTrigger(s, i, settings), from);

test('switches on after three in a row, not before', () => {
  expect(run([2, 2]).on).toBe(false);
  expect(run([2, 2, 0.9, 2, 2]).on).toBe(false);
  expect(run([2, 2, 1]).on).toBe(true);
});

test('stays on between the two limits, and goes off after five below the lower one', () => {
  const on = run([2, 2, 2]);
  expect(run([0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8], on).on).toBe(true);
  expect(run([0.6, 0.6, 0.6, 0.6, 0.8, 0.6], on).on).toBe(true);
  expect(run([0.6, 0.6, 0.6, 0.6, 0.6], on).on).toBe(false);
});

test('never chatters: between two switches lie at least three scores', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 200 }), (indices) => {
      let state = QUIET;
      let last = -3;
      indices.forEach((index, i) => {
        const next = stepTrigger(state, index, settings);
        if (next.on !== state.on) {
          expect(i - last).toBeGreaterThanOrEqual(3);
          last = i;
        }
        state = next;
      });
    }),
  );
});

test('by default nine scores at the limit switch on, and sixty below seven tenths of it off', () => {
  const after = (n: number, index: number, from: TriggerState) =>
    Array.from({ length: n }).reduce<TriggerState>((state) => stepTrigger(state, index, TRIGGER_DEFAULTS), from).on;
  expect([after(8, 1, QUIET), after(9, 1, QUIET), after(9, 0.999, QUIET)]).toEqual([false, true, false]);
  const on: TriggerState = { on: true, run: 0 };
  expect([after(59, 0.699, on), after(60, 0.699, on), after(60, 0.7, on)]).toEqual([true, false, true]);
});
