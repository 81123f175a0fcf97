export interface TriggerSettings {
  /** Consecutive scores at or above the limit before it switches on. */
  persistence: number;
  /** It switches off below this part of the limit … */
  offBelow: number;
  /** … for this many consecutive scores. */
  offAfter: number;
}

export const TRIGGER_DEFAULTS: TriggerSettings = { persistence: 9, offBelow: 0.7, offAfter: 60 };

/** On or off, with persistence and hysteresis. `run` counts the consecutive scores in favour of a switch. */
export interface TriggerState {
  on: boolean;
  run: number;
}

export const QUIET: TriggerState = { on: false, run: 0 };

/** The state after one more index. Pure. */
export function stepTrigger(state: TriggerState, index: number, settings: TriggerSettings): TriggerState {
  const isBeyond = state.on ? index < settings.offBelow : index >= 1;
  const run = isBeyond ? state.run + 1 : 0;
  const needed = state.on ? settings.offAfter : settings.persistence;
  return run >= needed ? { on: !state.on, run: 0 } : { on: state.on, run };
}
