import { kmeans } from 'ml-kmeans';

export interface StateSettings {
  /** Number of rows that the states are learned from. */
  learnRows: number;
  /** Consecutive rows, close together and far from all states, that form a new one. */
  newRows: number;
}

export const STATE_DEFAULTS: StateSettings = { learnRows: 360, newRows: 30 };

/** An operating state of a machine. */
export interface OperatingState {
  /** Centre of each value, in its own unit. */
  centre: number[];
  spread: number[];
  /** The machine is at standstill. */
  stopped: boolean;
}

export interface StateSnapshot {
  learning: number[][];
  states: OperatingState[] | null;
  /** Consecutive rows that belong to no state. */
  strange: number[][];
  /** Band of its speed, while it has one state. */
  band?: number;
}

/**
 * The state of a row; `between` states nothing can be compared. `one`: the machine has a single state, refined only by
 * the band of its `speed`.
 */
export type StateAssignment =
  | { kind: 'one'; speed?: number }
  | { kind: 'state'; state: number; stopped: boolean }
  | { kind: 'between' };

const MAX_STATES = 6;
/** A machine with more is not operated in states. */
const MAX_LATER = 12;
/** States must have at least this part of the rows … */
const MIN_PART = 0.05;
/** … and differ in at least one value by this many standard deviations: a continuously varying load is one state. */
const MIN_SEPARATION_SD = 5;
/** Minimum spread of a value, as a part of it. */
const MIN_SPREAD = 0.02;
/** A row belongs to a state if it is within this many standard deviations of it in every value. */
const MAX_DISTANCE_SD = 5;
/** Below this fraction of the fastest state's speed a machine is at standstill. */
const STOPPED_SPEED_FRACTION = 0.1;
/** Ratio of neighbouring speed bands: vibration levels grow with its square. */
const BAND = 1.2;
/** A speed leaves its band at this distance from its middle, in bands: hysteresis at the edge. */
const LEAVES = 0.65;

/**
 * The operating states of a machine, found from its speed and load: k-means (MacQueen 1967; k-means++ by Arthur &
 * Vassilvitskii 2007), with as many states as are still separated (Ashman, Bird & Zepf, Astron. J. 108 (1994): D above
 * 5). Later rows belong to the nearest; those that stay far from all of them form a new state.
 */
export class OperatingStates {
  readonly #settings: StateSettings;
  /** Index of the speed in a row; −1: none. */
  readonly #speed: number;
  #learning: number[][];
  #states: OperatingState[] | null;
  #outliers: number[][];
  #band: number | undefined;

  constructor(settings: StateSettings, speedColumn: number, snapshot?: StateSnapshot) {
    this.#settings = settings;
    this.#speed = speedColumn;
    this.#learning = snapshot ? [...snapshot.learning] : [];
    this.#states = snapshot?.states ?? null;
    this.#outliers = snapshot ? [...snapshot.strange] : [];
    this.#band = snapshot?.band;
  }

  /** Null while they are being learned. */
  get states(): readonly OperatingState[] | null {
    return this.#states;
  }

  snapshot(): StateSnapshot {
    return { learning: [...this.#learning], states: this.#states, strange: [...this.#outliers], band: this.#band };
  }

  /** Whether a value is compatible with the assigned state; during learning, everything but a different speed is. */
  mayBelong(assigned: StateAssignment, column: number, value: number): boolean {
    if (assigned.kind === 'between') return false;
    const { speed } = assigned.kind === 'one' ? assigned : {};
    if (column === this.#speed && speed !== undefined && bandOf(value, speed) !== speed) return false;
    const one = this.#states?.[assigned.kind === 'one' ? 0 : assigned.state];
    return !one || Math.abs(value - one.centre[column]) <= MAX_DISTANCE_SD * one.spread[column];
  }

  /** Assigns a row of values to a state. */
  observe(row: readonly number[]): StateAssignment {
    if (!this.#states) {
      this.#learning.push([...row]);
      if (this.#learning.length === this.#settings.learnRows) this.#cluster();
      return this.#one(row);
    }
    const assignment = this.#assign(row);
    if (assignment.kind !== 'between') {
      this.#outliers = [];
      return assignment;
    }
    this.#outliers = [...this.#outliers, [...row]].slice(-this.#settings.newRows);
    if (this.#outliers.length < this.#settings.newRows || this.#states.length >= MAX_LATER) return assignment;
    const state = stateOf(this.#outliers);
    if (!this.#outliers.every((one) => isWithin(one, state))) return assignment;
    this.#states = this.#markStopped([...this.#states, state]);
    this.#outliers = [];
    return this.#assign(row);
  }

  #assign(row: readonly number[]): StateAssignment {
    const states = this.#states as OperatingState[];
    const near = states.map((state, i) => ({ i, far: distance(row, state) })).sort((a, b) => a.far - b.far)[0];
    if (near.far > MAX_DISTANCE_SD) return { kind: 'between' };
    return states.length === 1 ? this.#one(row) : { kind: 'state', state: near.i, stopped: states[near.i].stopped };
  }

  /** A machine with one state is compared with itself at a similar speed. */
  #one(row: readonly number[]): StateAssignment {
    if (this.#speed < 0) return { kind: 'one' };
    this.#band = bandOf(row[this.#speed], this.#band);
    return { kind: 'one', speed: this.#band };
  }

  #cluster(): void {
    let best = [stateOf(this.#learning)];
    const scale = best[0].spread;
    const scaled = this.#learning.map((row) => row.map((v, c) => v / scale[c]));
    for (let k = 2; k <= MAX_STATES; k++) {
      const { clusters } = kmeans(scaled, k, { initialization: 'kmeans++', seed: 1 });
      const groups = Array.from({ length: k }, (_, g) => this.#learning.filter((__, i) => clusters[i] === g));
      if (groups.some((rows) => rows.length < MIN_PART * this.#learning.length)) continue;
      const states = groups.map(stateOf);
      if (states.every((a, i) => states.every((b, j) => i === j || areApart(a, b)))) best = states;
    }
    this.#states = this.#markStopped(best.sort((a, b) => a.centre[0] - b.centre[0]));
    this.#learning = [];
  }

  #markStopped(states: readonly OperatingState[]): OperatingState[] {
    if (this.#speed < 0) return [...states];
    const fastest = Math.max(...states.map((s) => Math.abs(s.centre[this.#speed])));
    return states.map((s) => ({ ...s, stopped: Math.abs(s.centre[this.#speed]) < STOPPED_SPEED_FRACTION * fastest }));
  }
}

function stateOf(rows: readonly (readonly number[])[]): OperatingState {
  const centre = rows[0].map((_, c) => rows.reduce((sum, row) => sum + row[c], 0) / rows.length);
  const largest = rows[0].map((_, c) => Math.max(...rows.map((row) => Math.abs(row[c]))));
  const spread = centre.map((mean, c) => {
    const variance = rows.reduce((sum, row) => sum + (row[c] - mean) ** 2, 0) / rows.length;
    return Math.max(Math.sqrt(variance), MIN_SPREAD * largest[c], 1e-9);
  });
  return { centre, spread, stopped: false };
}

function distance(row: readonly number[], { centre, spread }: OperatingState): number {
  return Math.max(...row.map((v, c) => Math.abs(v - centre[c]) / spread[c]));
}

/** From 0 on. */
function bandOf(speed: number, before: number | undefined): number {
  const at = Math.log(Math.max(1, Math.abs(speed))) / Math.log(BAND);
  return before !== undefined && Math.abs(at - before) <= LEAVES ? before : Math.round(at);
}

function isWithin(row: readonly number[], state: OperatingState): boolean {
  return distance(row, state) <= MAX_DISTANCE_SD;
}

function areApart(a: OperatingState, b: OperatingState): boolean {
  return a.centre.some((v, c) => {
    const spread = Math.sqrt((a.spread[c] ** 2 + b.spread[c] ** 2) / 2);
    return Math.abs(v - b.centre[c]) > MIN_SEPARATION_SD * spread;
  });
}
