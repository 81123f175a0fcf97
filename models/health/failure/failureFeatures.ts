import type { FailureRecords, UnitEvent, UnitTelemetry } from './failureRecords.ts';

/** Layout of the features; the same for every unit. */
export interface FeatureShape {
  channels: string[];
  eventKinds: string[];
  maintenanceKinds: string[];
  failureKinds: string[];
  /** In the tables' unit of time. */
  horizon: number;
}

/** Windows of a channel's mean and deviation, and of the counts of events, in horizons. */
export const CHANNEL_WINDOWS = [1 / 8, 1, 7] as const;
const COUNT_WINDOWS = [1, 7] as const;
/** Cap of times since an event, in horizons. */
const LONGEST = 100;

/**
 * The feature layout of some records: their channels, and the kinds of events that occur, in alphabetical order.
 * @param horizon in the unit of time of the tables.
 */
export function shapeOf({ channels, events, maintenance, failures }: FailureRecords, horizon: number): FeatureShape {
  const kinds = (of: FailureRecords['events']) =>
    [...new Set([...of.values()].flatMap((own) => own.map((e) => e.kind)))].sort();
  return {
    channels,
    eventKinds: kinds(events),
    maintenanceKinds: kinds(maintenance),
    failureKinds: kinds(failures),
    horizon,
  };
}

/** Names of the columns of `featuresAt`. */
export function featureNames({ channels, eventKinds, maintenanceKinds, failureKinds }: FeatureShape): string[] {
  return [
    ...channels.flatMap((c) => [
      c,
      ...CHANNEL_WINDOWS.flatMap((w) => [`${c}: mean over ${w} horizons`, `${c}: deviation over ${w} horizons`]),
    ]),
    ...eventKinds.flatMap((k) => [...COUNT_WINDOWS.map((w) => `${k}: count within ${w} horizons`), `time since ${k}`]),
    ...maintenanceKinds.map((k) => `time since ${k} was maintained`),
    ...failureKinds.map((k) => `time since ${k} failed`),
  ];
}

/**
 * Causal features of each of a unit's rows: for every channel its value, and mean and deviation over one eighth, one
 * and seven horizons; for every kind of event its count within one and seven horizons, and the time since the last one;
 * for every kind of maintenance and of failure the time since the last one. Nothing later than the row is used.
 */
export function featuresOf(unit: UnitTelemetry, records: FailureRecords, shape: FeatureShape): Float64Array[] {
  const { horizon } = shape;
  const windows = CHANNEL_WINDOWS.map((w) => new Trailing(unit, w * horizon));
  const groups = [
    { events: records.events.get(unit.unit) ?? [], kinds: shape.eventKinds, counted: true },
    { events: records.maintenance.get(unit.unit) ?? [], kinds: shape.maintenanceKinds, counted: false },
    { events: records.failures.get(unit.unit) ?? [], kinds: shape.failureKinds, counted: false },
  ].flatMap(({ events, kinds, counted }) =>
    kinds.map((kind) => ({ past: new Past(events.filter((e) => e.kind === kind)), counted })),
  );
  return unit.rows.map((row, t) => {
    const now = unit.times[t];
    for (const window of windows) window.advance(t);
    const values: number[] = [];
    for (let c = 0; c < row.length; c++) {
      values.push(row[c]);
      for (const window of windows) values.push(window.mean(c), window.deviation(c));
    }
    for (const { past, counted } of groups) {
      past.advance(now);
      if (counted) for (const w of COUNT_WINDOWS) values.push(past.count(now - w * horizon));
      values.push(Math.min(LONGEST, past.since(now) / horizon));
    }
    return Float64Array.from(values);
  });
}

/** Whether a unit fails within the horizon after each row; null if unknown because its records end before. */
export function labelsOf(unit: UnitTelemetry, failures: readonly UnitEvent[], horizon: number): (boolean | null)[] {
  const end = unit.times[unit.times.length - 1];
  let next = 0;
  return unit.times.map((time) => {
    while (next < failures.length && failures[next].time <= time) next++;
    if (next < failures.length && failures[next].time <= time + horizon) return true;
    return time + horizon <= end ? false : null;
  });
}

/** Sums over the rows of a trailing time window. */
class Trailing {
  readonly #unit: UnitTelemetry;
  readonly #span: number;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  /** Subtracted before summing, so that large values lose no digits. */
  readonly #offset: Float64Array;
  #from = 0;
  #to = 0;

  constructor(unit: UnitTelemetry, span: number) {
    this.#unit = unit;
    this.#span = span;
    this.#offset = unit.rows[0];
    this.#sum = new Float64Array(unit.rows[0].length);
    this.#squares = new Float64Array(unit.rows[0].length);
  }

  advance(t: number): void {
    const { times } = this.#unit;
    for (; this.#to <= t; this.#to++) this.#add(this.#to, 1);
    for (; times[this.#from] <= times[t] - this.#span; this.#from++) this.#add(this.#from, -1);
  }

  mean(c: number): number {
    return this.#offset[c] + this.#sum[c] / (this.#to - this.#from);
  }

  deviation(c: number): number {
    const n = this.#to - this.#from;
    return Math.sqrt(Math.max(0, this.#squares[c] / n - (this.#sum[c] / n) ** 2));
  }

  #add(t: number, sign: number): void {
    const row = this.#unit.rows[t];
    for (let c = 0; c < row.length; c++) {
      const v = row[c] - this.#offset[c];
      this.#sum[c] += sign * v;
      this.#squares[c] += sign * v * v;
    }
  }
}

/** Past events of one kind. */
class Past {
  readonly #events: readonly UnitEvent[];
  #known = 0;

  constructor(events: readonly UnitEvent[]) {
    this.#events = events;
  }

  advance(now: number): void {
    while (this.#known < this.#events.length && this.#events[this.#known].time <= now) this.#known++;
  }

  count(after: number): number {
    let count = 0;
    for (let i = this.#known - 1; i >= 0 && this.#events[i].time > after; i--) count++;
    return count;
  }

  since(now: number): number {
    return this.#known === 0 ? Number.POSITIVE_INFINITY : now - this.#events[this.#known - 1].time;
  }
}
