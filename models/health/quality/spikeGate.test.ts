import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_SPIKES, type SpikeState, stepSpikes } from './spikeGate.ts';

/** Gates values one second apart: returns those used, and the number of spikes. */
function through(values: readonly number[], unit: 'g' | '1' = 'g', from: SpikeState = NO_SPIKES, everyS = 1) {
  let [state, spikes] = [from, 0];
  const used: number[] = [];
  values.forEach((value, i) => {
    const step = stepSpikes(state, { timeUs: i * everyS * 1e6, value }, unit);
    state = step.state;
    spikes += step.spikes;
    used.push(...step.values.map((v) => v.value));
  });
  return { state, used, spikes };
}
/** Alternates about 100 by one: the usual step. */
const usual = (n: number) => Array.from({ length: n }, (_, i) => 100 + (i % 2));

describe('a value far from the last', () => {
  test('is a spike if the next one returns, and is dropped', () => {
    expect(through([...usual(10), 500, 100])).toMatchObject({ used: [...usual(10), 100], spikes: 1 });
    expect(through([...usual(10), 500, 505, 101])).toMatchObject({ used: [...usual(10), 101], spikes: 2 });
  });

  test('is a change if the next two stay there, and none is lost', () => {
    const { used, spikes, state } = through([...usual(10), 500, 502, 504]);
    expect(used).toEqual([...usual(10), 500, 502, 504]);
    expect([spikes, state.last, state.held, state.step]).toEqual([0, 504, [], 1]);
  });

  test('or if the next arrives a minute later', () => {
    const state = through(usual(10)).state;
    const usedAfter = (s: number) => through([500, 502], 'g', state, s).used;
    expect([usedAfter(59.9), usedAfter(60)]).toEqual([[], [500, 502]]);
  });

  test('exceeds twenty usual steps, once eight values are known', () => {
    const small = (n: number) => Array.from({ length: n }, (_, i) => i % 2);
    const isHeld = (value: number, known = 10) => through([...small(known), value]).state.held.length === 1;
    // The last was 1.
    expect([isHeld(21), isHeld(21.1), isHeld(-19), isHeld(-19.1)]).toEqual([false, true, false, true]);
    expect([isHeld(1e6, 7), isHeld(1e6, 8)]).toEqual([false, true]);
  });

  test('exceeds a fifth of a value that hardly moves; a value without a unit may stand still, and then move', () => {
    const still = new Array<number>(10).fill(100);
    const isHeld = (value: number, unit: 'g' | '1') => through([...still, value], unit).state.held.length === 1;
    expect([isHeld(120, 'g'), isHeld(120.1, 'g')]).toEqual([false, true]);
    expect(isHeld(1e6, '1')).toBe(false);
  });
});

test('the usual step is the mean of those before, and follows slowly', () => {
  expect(through([0, 1, 3, 6]).state).toMatchObject({ step: 2, known: 4, last: 6, part: 0 });
  expect(through(usual(200)).state.step).toBeCloseTo(1, 9);
  expect(through([110], 'g', through(usual(200)).state).state.step).toBeCloseTo(1 + (9 - 1) / 64, 9);
});

test('a value that jumps more often than once in ten is passed through', () => {
  const jumping = Array.from({ length: 400 }, (_, i) => (i > 9 && i % 5 === 4 ? 500 : 100 + (i % 2)));
  const { used, spikes, state } = through(jumping);
  expect(spikes).toBeGreaterThan(3);
  expect(spikes).toBeLessThan(20);
  expect(used.slice(-100)).toEqual(jumping.slice(-100));
  // Once it no longer does, spikes are detected again.
  expect(through([...usual(200), 5000, 100], 'g', state).spikes).toBe(1);
});

test('no value is lost or invented: used, dropped and held values are all that arrived, in order', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 99, max: 101 }), fc.integer({ min: -900, max: 900 })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(values, (all) => {
      const { used, spikes, state } = through(all);
      expect(used.length + spikes + state.held.length).toBe(all.length);
      let at = 0;
      for (const value of used) at = all.indexOf(value, at) + 1 || Number.NaN;
      expect(at).not.toBeNaN();
    }),
    { numRuns: 60, seed: 2 },
  );
});
