import type { HealthMessage } from '#models/contracts/health.ts';
import {
  OperatingStates,
  type Placed,
  type StateSettings,
  type StateSnapshot,
} from '#models/health/operatingStates.ts';
import type { Asset } from '#models/machine/asset.ts';

export interface MachineStatesState {
  values: string[];
  states: StateSnapshot;
  placed: Placed;
}

/** In which of its operating states a machine is, by the means of its speed and loads over one interval. */
export class MachineStates {
  readonly #values: string[];
  readonly #states: OperatingStates;
  #placed: Placed = { kind: 'one' };
  #interval = Number.NaN;
  #row = new Map<string, number>();

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
    // States of other values mean nothing.
    const known = state && state.values.join() === values.join() ? state : undefined;
    const speed = values.findIndex((name) => points[name].role === 'speed');
    this.#states = new OperatingStates(settings, speed, known?.states);
    if (known) this.#placed = known.placed;
  }

  get placed(): Placed {
    return this.#placed;
  }

  /** Takes the mean of a value over an interval; with the last of them the machine is placed anew. */
  add(point: string, interval: number, mean: number): void {
    if (!this.#values.includes(point)) return;
    if (interval !== this.#interval) {
      this.#interval = interval;
      this.#row = new Map();
    }
    this.#row.set(point, mean);
    if (this.#row.size < this.#values.length) return;
    this.#placed = this.#states.observe(this.#values.map((name) => this.#row.get(name) as number));
    this.#row = new Map();
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
