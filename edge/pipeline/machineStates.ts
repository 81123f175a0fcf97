import type { HealthMessage } from '#models/contracts/health.ts';
import {
  OperatingStates,
  type Placed,
  type StateSettings,
  type StateSnapshot,
} from '#models/health/operatingStates.ts';
import type { Asset } from '#models/machine/asset.ts';

/** Intervals for which a value stands that comes less often than others. */
const STANDS = 10;

export interface MachineStatesState {
  values: string[];
  states: StateSnapshot;
  placed: Placed;
}

/** In which of its operating states a machine is, by the means of its speed and loads over one interval. */
export class MachineStates {
  readonly #values: string[];
  readonly #load: string;
  readonly #states: OperatingStates;
  #placed: Placed = { kind: 'one' };
  readonly #latest = new Map<string, { interval: number; mean: number }>();
  #interval = Number.NEGATIVE_INFINITY;
  #observed = true;

  /** Null where nothing tells how it is run. */
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
    // States of other values mean nothing.
    const known = state && state.values.join() === values.join() ? state : undefined;
    const speed = values.findIndex((name) => points[name].role === 'speed');
    this.#states = new OperatingStates(settings, speed, known?.states);
    if (known) this.#placed = known.placed;
  }

  get placed(): Placed {
    return this.#placed;
  }

  /** Newest mean of the machine's load, or else of its speed; undefined where none came lately. */
  get load(): number | undefined {
    const newest = this.#latest.get(this.#load);
    return newest && newest.interval > this.#interval - STANDS ? newest.mean : undefined;
  }

  /**
   * Takes the mean of a value over an interval. With the last of them, or the first of a later interval, the machine is
   * placed; a value that comes less often than others stands for some intervals.
   */
  add(point: string, interval: number, mean: number): void {
    if (!this.#values.includes(point)) return;
    if (interval > this.#interval) {
      if (!this.#observed) this.#observe();
      this.#interval = interval;
      this.#observed = false;
    }
    this.#latest.set(point, { interval, mean });
    const whole = this.#values.every((name) => this.#latest.get(name)?.interval === interval);
    if (whole && !this.#observed) this.#observe();
  }

  /** A value as it comes: where it is none of the state's, the machine has left it before the interval is over. */
  glance(point: string, value: number): void {
    const column = this.#values.indexOf(point);
    if (column >= 0 && !this.#states.isOf(this.#placed, column, value)) this.#placed = { kind: 'between' };
  }

  #observe(): void {
    this.#observed = true;
    const row = this.#values.map((name) => this.#latest.get(name));
    if (row.every((one) => one !== undefined && one.interval > this.#interval - STANDS))
      this.#placed = this.#states.observe(row.map((one) => one?.mean as number));
  }

  view(): HealthMessage['operatingState'] {
    const of = this.#states.states?.length ?? 1;
    if (this.#placed.kind === 'one') return undefined;
    if (this.#placed.kind === 'between') return { kind: 'between', of };
    const { state, stopped } = this.#placed;
    return { kind: stopped ? 'stopped' : 'known', state, of };
  }

  state(): MachineStatesState {
    return { values: this.#values, states: this.#states.snapshot(), placed: this.#placed };
  }
}
