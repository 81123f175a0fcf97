import { kmeans } from 'ml-kmeans';

export interface StateSettings {
  /** Rows from which the states are told. */
  learnRows: number;
  /** Rows in a row, near one another and far from all states, that are a new one. */
  newRows: number;
}

export const STATE_DEFAULTS: StateSettings = { learnRows: 360, newRows: 30 };

/** One way in which a machine is run. */
export interface OperatingState {
  /** Of each value; in its own unit. */
  centre: number[];
  spread: number[];
  /** Its speed is next to nothing. */
  stopped: boolean;
}

export interface StateSnapshot {
  learning: number[][];
  states: OperatingState[] | null;
  /** Rows in a row that belong to no state. */
  strange: number[][];
  /** Of its speed, while it has one state. */
  band?: number;
}

/**
 * Which state a row belongs to; `between` states nothing can be compared. Unlike the others `one` is all that is known,
 * but for the band of its `speed`.
 */
export type Placed =
  | { kind: 'one'; speed?: number }
  | { kind: 'state'; state: number; stopped: boolean }
  | { kind: 'between' };

const MOST_STATES = 6;
/** Beyond so many a machine is not run in states. */
const MOST_LATER = 12;
/** States hold at least this part of the rows … */
const LEAST_PART = 0.05;
/** … and lie apart, in one value at least, by so many standard deviations: a load that glides is one state. */
const APART = 5;
/** No value's spread is taken as less than this part of it. */
const LEAST_SPREAD = 0.02;
/** A row belongs to a state within so many standard deviations in every value. */
const WITHIN = 5;
/** Below this part of the fastest state's speed a machine stands. */
const STOPPED = 0.1;
/** Ratio of neighbouring bands of speed: levels of vibration grow with its square. */
const BAND = 1.2;
/** A speed leaves its band when it is so many bands from the middle of it: one at the edge of two stays in one. */
const LEAVES = 0.65;

/**
 * The states in which a machine is run, found from its speed and load: k-means (MacQueen 1967; k-means++ by Arthur &
 * Vassilvitskii 2007), with as many states as still lie apart (Ashman, Bird & Zepf, Astron. J. 108 (1994): D above 5).
 * Later rows belong to the nearest; those that stay far from all of them are a new state.
 */
export class OperatingStates {
  readonly #settings: StateSettings;
  /** Of a row's values the one that is a speed; −1: none. */
  readonly #speed: number;
  #learning: number[][];
  #states: OperatingState[] | null;
  #strange: number[][];
  #band: number | undefined;

  constructor(settings: StateSettings, speedColumn: number, snapshot?: StateSnapshot) {
    this.#settings = settings;
    this.#speed = speedColumn;
    this.#learning = snapshot ? [...snapshot.learning] : [];
    this.#states = snapshot?.states ?? null;
    this.#strange = snapshot ? [...snapshot.strange] : [];
    this.#band = snapshot?.band;
  }

  /** Null while they are learned. */
  get states(): readonly OperatingState[] | null {
    return this.#states;
  }

  snapshot(): StateSnapshot {
    return { learning: [...this.#learning], states: this.#states, strange: [...this.#strange], band: this.#band };
  }

  /** Whether a value may be of where the machine was placed; all but another speed may be while states are learned. */
  isOf(placed: Placed, column: number, value: number): boolean {
    if (placed.kind === 'between') return false;
    const { speed } = placed.kind === 'one' ? placed : {};
    if (column === this.#speed && speed !== undefined && bandOf(value, speed) !== speed) return false;
    const one = this.#states?.[placed.kind === 'one' ? 0 : placed.state];
    return !one || Math.abs(value - one.centre[column]) <= WITHIN * one.spread[column];
  }

  /** Takes a row of values, and places it. */
  observe(row: readonly number[]): Placed {
    if (!this.#states) {
      this.#learning.push([...row]);
      if (this.#learning.length === this.#settings.learnRows) this.#settle();
      return this.#one(row);
    }
    const placed = this.#place(row);
    if (placed.kind !== 'between') {
      this.#strange = [];
      return placed;
    }
    this.#strange = [...this.#strange, [...row]].slice(-this.#settings.newRows);
    if (this.#strange.length < this.#settings.newRows || this.#states.length >= MOST_LATER) return placed;
    const state = stateOf(this.#strange);
    if (!this.#strange.every((one) => isWithin(one, state))) return placed;
    this.#states = this.#marked([...this.#states, state]);
    this.#strange = [];
    return this.#place(row);
  }

  #place(row: readonly number[]): Placed {
    const states = this.#states as OperatingState[];
    const near = states.map((state, i) => ({ i, far: distance(row, state) })).sort((a, b) => a.far - b.far)[0];
    if (near.far > WITHIN) return { kind: 'between' };
    return states.length === 1 ? this.#one(row) : { kind: 'state', state: near.i, stopped: states[near.i].stopped };
  }

  /** A machine of one state is compared with itself at about the same speed. */
  #one(row: readonly number[]): Placed {
    if (this.#speed < 0) return { kind: 'one' };
    this.#band = bandOf(row[this.#speed], this.#band);
    return { kind: 'one', speed: this.#band };
  }

  #settle(): void {
    let best = [stateOf(this.#learning)];
    const scale = best[0].spread;
    const scaled = this.#learning.map((row) => row.map((v, c) => v / scale[c]));
    for (let k = 2; k <= MOST_STATES; k++) {
      const { clusters } = kmeans(scaled, k, { initialization: 'kmeans++', seed: 1 });
      const groups = Array.from({ length: k }, (_, g) => this.#learning.filter((__, i) => clusters[i] === g));
      if (groups.some((rows) => rows.length < LEAST_PART * this.#learning.length)) continue;
      const states = groups.map(stateOf);
      if (states.every((a, i) => states.every((b, j) => i === j || areApart(a, b)))) best = states;
    }
    this.#states = this.#marked(best.sort((a, b) => a.centre[0] - b.centre[0]));
    this.#learning = [];
  }

  #marked(states: readonly OperatingState[]): OperatingState[] {
    if (this.#speed < 0) return [...states];
    const fastest = Math.max(...states.map((s) => Math.abs(s.centre[this.#speed])));
    return states.map((s) => ({ ...s, stopped: Math.abs(s.centre[this.#speed]) < STOPPED * fastest }));
  }
}

function stateOf(rows: readonly (readonly number[])[]): OperatingState {
  const centre = rows[0].map((_, c) => rows.reduce((sum, row) => sum + row[c], 0) / rows.length);
  const largest = rows[0].map((_, c) => Math.max(...rows.map((row) => Math.abs(row[c]))));
  const spread = centre.map((mean, c) => {
    const variance = rows.reduce((sum, row) => sum + (row[c] - mean) ** 2, 0) / rows.length;
    return Math.max(Math.sqrt(variance), LEAST_SPREAD * largest[c], 1e-9);
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
  return distance(row, state) <= WITHIN;
}

function areApart(a: OperatingState, b: OperatingState): boolean {
  return a.centre.some((v, c) => {
    const spread = Math.sqrt((a.spread[c] ** 2 + b.spread[c] ** 2) / 2);
    return Math.abs(v - b.centre[c]) > APART * spread;
  });
}
