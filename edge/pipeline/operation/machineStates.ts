import type { HealthMessage } from '#models/contracts/health.ts';
import {
  OperatingStates,
  type StateAssignment,
  type StateSettings,
  type StateSnapshot,
} from '#models/health/operatingStates.ts';
import type { Asset } from '#models/machine/asset.ts';
import { HOLD_INTERVALS } from '../judgement.ts';

export interface MachineStatesState {
  values: string[];
  states: StateSnapshot;
  placed: StateAssignment;
}

/** Assigns a machine to one of its operating states, by the means of its speed and loads over an interval. */
export class MachineStates {
  readonly #values: string[];
  readonly #load: string;
  readonly #states: OperatingStates;
  #assignment: StateAssignment = { kind: 'one' };
  readonly #latest = new Map<string, { interval: number; mean: number }>();
  #interval = Number.NEGATIVE_INFINITY;
  #observed = true;

  /** Null if no configured value describes the machine's operation. */
  static of(config: Asset | undefined, settings: StateSettings, state?: MachineStatesState): MachineStates | null {
    const values = Object.entries(config?.points ?? {})
      .filter(([, { role }]) => role === 'speed' || role === 'load')
      .map(([name]) => name)
      .sort();
    return values.length === 0 ? null : new MachineStates(values, config as Asset, settings, state);
  }

  private constructor(values: string[], { points }: Asset, settings: StateSettings, state?: MachineStatesState) {
    this.#values = values;
    this.#load = values.find((name) => points[name].role === 'load') ?? values[0];
    // States learned from other values do not apply.
    const known = state && state.values.join() === values.join() ? state : undefined;
    const speed = values.findIndex((name) => points[name].role === 'speed');
    this.#states = new OperatingStates(settings, speed, known?.states);
    if (known) this.#assignment = known.placed;
  }

  get assignment(): StateAssignment {
    return this.#assignment;
  }

  /** Latest mean of the machine's load, or of its speed if it has no load; undefined if none is recent. */
  get load(): number | undefined {
    const newest = this.#latest.get(this.#load);
    return newest && newest.interval > this.#interval - HOLD_INTERVALS ? newest.mean : undefined;
  }

  /**
   * Adds the mean of a value over an interval. The last value of an interval, or the first of a later one, triggers the
   * assignment; a less frequent value remains valid for some intervals.
   */
  add(point: string, interval: number, mean: number): void {
    if (!this.#values.includes(point)) return;
    if (interval > this.#interval) {
      if (!this.#observed) this.#observe();
      this.#interval = interval;
      this.#observed = false;
    }
    this.#latest.set(point, { interval, mean });
    const isComplete = this.#values.every((name) => this.#latest.get(name)?.interval === interval);
    if (isComplete && !this.#observed) this.#observe();
  }

  /** Checks a single value: one outside the current state ends it before the interval is over. */
  detectDeparture(point: string, value: number): void {
    const column = this.#values.indexOf(point);
    if (column >= 0 && !this.#states.mayBelong(this.#assignment, column, value)) this.#assignment = { kind: 'between' };
  }

  #observe(): void {
    this.#observed = true;
    const row = this.#values.map((name) => this.#latest.get(name));
    if (row.every((one) => one !== undefined && one.interval > this.#interval - HOLD_INTERVALS))
      this.#assignment = this.#states.observe(row.map((one) => one?.mean as number));
  }

  view(): HealthMessage['operatingState'] {
    const of = this.#states.states?.length ?? 1;
    if (this.#assignment.kind === 'one') return undefined;
    if (this.#assignment.kind === 'between') return { kind: 'between', of };
    const { state, stopped } = this.#assignment;
    return { kind: stopped ? 'stopped' : 'known', state, of };
  }

  state(): MachineStatesState {
    return { values: this.#values, states: this.#states.snapshot(), placed: this.#assignment };
  }
}
