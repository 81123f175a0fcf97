import type { Flaw } from '#models/contracts/ledger.ts';
import type { Unit } from '#models/contracts/units.ts';
import { median } from '../statistics.ts';

export interface StuckState {
  last: number | null;
  run: number;
  /** The longest run of one value while considered alive. */
  longest: number;
  seen: number;
}

export const NOT_STUCK: StuckState = { last: null, run: 0, longest: 0, seen: 0 };

/** Number of values that a sensor must have sent before repetition is meaningful. */
const KNOWN_VALUES = 200;
/** Minimum factor over the longest run, and minimum length, of a run that is not chance. */
const LONGER = 10;
const MIN_RUN = 60;
/** Units in which zero means that the machine is at standstill. */
const STANDS_AT_ZERO: readonly Unit[] = ['rpm', 'A', 'kW', 'm3/h', 'mm/s'];
/** A spike lies this many median deviations away; only up to this part of the values may do so. */
const SPIKE = 20;
const MIN_VALUES = 8;
const SPIKE_PART = 0.25;

/** Follows how long a value stays exactly the same. Pure. */
export function stepStuck(state: StuckState, value: number): StuckState {
  const seen = state.seen + 1;
  if (value === state.last) return { ...state, run: state.run + 1, seen };
  const longest = isRunOdd(state) ? state.longest : Math.max(state.longest, state.run);
  return { last: value, run: 1, longest, seen };
}

function isRunOdd({ run, longest, seen }: StuckState): boolean {
  return seen >= KNOWN_VALUES && longest > 0 && run >= Math.max(MIN_RUN, LONGER * longest);
}

/** Whether a sensor has repeated one value for far longer than ever before. */
export function isStuck(state: StuckState, unit: Unit): boolean {
  return isRunOdd(state) && !(state.last === 0 && STANDS_AT_ZERO.includes(unit));
}

/**
 * The flaw that makes an interval of slow values unfit for scoring, or null. `spikes`: few values far from the rest.
 */
export function slowFlaw(values: readonly number[], stuck: StuckState, unit: Unit): Flaw | null {
  if (isStuck(stuck, unit)) return 'stuck';
  if (values.length < MIN_VALUES) return null;
  const middle = median(values);
  const spread = median(values.map((v) => Math.abs(v - middle)));
  if (spread === 0) return null;
  const far = values.filter((v) => Math.abs(v - middle) > SPIKE * spread).length;
  return far > 0 && far <= SPIKE_PART * values.length ? 'spikes' : null;
}
