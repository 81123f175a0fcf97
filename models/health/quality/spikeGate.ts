import type { Unit } from '#models/contracts/units.ts';

export interface TimedValue {
  timeUs: number;
  value: number;
}

/** Statistics of a value's steps, and values held until the next ones classify them. */
export interface SpikeState {
  last: number;
  /** Mean absolute step from one value to the next. */
  step: number;
  known: number;
  /** Recent part of values that were spikes. */
  part: number;
  held: TimedValue[];
}

export const NO_SPIKES: SpikeState = { last: 0, step: 0, known: 0, part: 0, held: [] };

/** A step of this many usual ones is a spike or a change: the values after it decide. */
const FAR = 20;
/** Minimum usual step of a value that hardly moves, as a part of it. */
const MIN_PART = 0.01;
const LEARN = 8;
const MEMORY = 64;
/** A change is accepted at its third value, or at the next one after this time. */
const MAX_HELD = 2;
const MAX_WAIT_US = 60e6;
/** A value that jumps more often than this does so by nature. */
const BY_NATURE = 0.1;

/** Values released by one more value, in order, and the number of spikes dropped. Pure. */
export function stepSpikes(
  state: SpikeState,
  value: TimedValue,
  unit: Unit,
): { state: SpikeState; values: TimedValue[]; spikes: number } {
  const { held, last } = state;
  if (held.length === 0) {
    if (isFar(state, value.value, unit)) return { state: { ...state, held: [value] }, values: [], spikes: 0 };
    return { state: acceptValue(state, value.value), values: [value], spikes: 0 };
  }
  if (Math.abs(value.value - last) < Math.abs(value.value - held[0].value)) {
    const part = state.part + held.length * (1 / MEMORY) * (1 - state.part);
    const after = stepSpikes({ ...state, part, held: [] }, value, unit);
    return { ...after, spikes: held.length };
  }
  if (held.length < MAX_HELD && value.timeUs - held[0].timeUs < MAX_WAIT_US)
    return { state: { ...state, held: [...held, value] }, values: [], spikes: 0 };
  // A change says nothing about the usual step.
  return { state: { ...state, last: value.value, held: [] }, values: [...held, value], spikes: 0 };
}

function isFar({ last, step, known, part }: SpikeState, value: number, unit: Unit): boolean {
  if (known < LEARN || part > BY_NATURE) return false;
  // Switches and counters without a unit may stand still for long, and then move.
  const least = unit === '1' ? 0 : MIN_PART * Math.abs(last);
  const usual = Math.max(step, least);
  return usual > 0 && Math.abs(value - last) > FAR * usual;
}

function acceptValue(state: SpikeState, value: number): SpikeState {
  const known = state.known + 1;
  const moved = state.known === 0 ? 0 : Math.abs(value - state.last);
  const step = state.step + (moved - state.step) / Math.min(MEMORY, Math.max(1, known - 1));
  return { last: value, step, known, part: state.part * (1 - 1 / MEMORY), held: [] };
}
