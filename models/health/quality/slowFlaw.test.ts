import { describe, expect, test } from 'vitest';
import { isStuck, NOT_STUCK, slowFlaw, stepStuck } from './slowFlaw.ts';

const stateAfter = (values: readonly number[], from = NOT_STUCK) => values.reduce(stepStuck, from);
const times = (n: number, value: number) => new Array<number>(n).fill(value);
/** Changes at each value, or after each run of this length. */
const alive = (n: number, run = 1) => Array.from({ length: n }, (_, i) => 1 + Math.floor(i / run));

describe('a sensor that repeats one value', () => {
  test('is stuck after sixty repetitions and ten times its longest run, once two hundred values are known', () => {
    const stuckAfter = (n: number, run = 1) => isStuck(stateAfter(times(n, -7), stateAfter(alive(200, run))), 'g');
    expect([stuckAfter(59), stuckAfter(60)]).toEqual([false, true]);
    expect([stuckAfter(79, 8), stuckAfter(80, 8)]).toEqual([false, true]);
    expect(isStuck(stateAfter(times(99, -7), stateAfter(alive(100))), 'g')).toBe(false);
    expect(isStuck(stateAfter(times(100, -7), stateAfter(alive(100))), 'g')).toBe(true);
    // It never sent another value.
    expect(isStuck(stateAfter(times(1000, 5)), 'g')).toBe(false);
  });

  test('of zero is at standstill if its unit implies it', () => {
    const zero = stateAfter(times(100, 0), stateAfter(alive(200)));
    for (const unit of ['rpm', 'A', 'kW', 'm3/h', 'mm/s'] as const) expect(isStuck(zero, unit)).toBe(false);
    expect(isStuck(zero, 'degC')).toBe(true);
    expect(isStuck(stateAfter(times(100, 5), stateAfter(alive(200))), 'rpm')).toBe(true);
  });

  test('is alive again at its next value, and does not learn the long run', () => {
    const again = stateAfter([1, 2], stateAfter(times(100, -7), stateAfter(alive(200))));
    expect(again).toMatchObject({ last: 2, run: 1, longest: 1 });
    expect(isStuck(stateAfter(times(60, 3), again), 'g')).toBe(true);
    // A normal run counts.
    expect(stateAfter([1, 2], stateAfter(times(50, -7), stateAfter(alive(200)))).longest).toBe(50);
  });
});

describe('values of an interval', () => {
  const flawOf = (values: readonly number[]) => slowFlaw(values, NOT_STUCK, 'g');
  const level = [1, 2, 3, 2, 1, 2, 3, 2];

  test('have spikes if a few lie more than twenty deviations from the median', () => {
    // Median 2, median deviation 0.5: an even number of ones and zeros.
    expect(flawOf([...level, 2 + 1 * 20])).toBeNull();
    expect(flawOf([...level, 2 + 1 * 20.1])).toBe('spikes');
    expect(flawOf([...level, -100])).toBe('spikes');
  });

  test('have none if many are far, if there are few values, or if nothing moves', () => {
    expect(flawOf([...level, ...level, 900, 900, 900, 900, 900])).toBe('spikes');
    expect(flawOf([...level, 900, 900, 900])).toBeNull();
    expect([flawOf([1, 2, 3, 2, 1, 2, 900]), flawOf([1, 2, 3, 2, 1, 3, 2, 900])]).toEqual([null, 'spikes']);
    expect(flawOf([...times(20, 5), 900])).toBeNull();
    expect(flawOf(level)).toBeNull();
  });

  test('of a stuck sensor are stuck', () => {
    const stuck = stateAfter(times(100, -7), stateAfter(alive(200)));
    expect(slowFlaw([-7, -7], stuck, 'g')).toBe('stuck');
  });
});
