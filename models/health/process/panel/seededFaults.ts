import { gaussian, type Random, randomOf, seedOf } from '#models/random/random.ts';

/** Tables with one known fault each, for judging detectors. A row is half an hour: a day is 48 rows, a week 336. */
export const DAY = 48;
export const TRAIN_ROWS = 28 * DAY;
export const JUDGED_ROWS = 30 * DAY;

export const BACKGROUNDS = [
  'white',
  'autocorrelated',
  'daily',
  'weekly',
  'wandering',
  'load',
  'returning',
  'bursts',
] as const;
export type Background = (typeof BACKGROUNDS)[number];
export const FAULTS = [
  'spike',
  'burst',
  'step_up',
  'step_down',
  'drift',
  'stuck',
  'missing',
  'more_spread',
  'less_spread',
  'swing',
  'hump',
  'dropout',
] as const;
/**
 * `relation`, for several channels: a relation breaks although each channel stays in its range. `wrong_hour`, with a
 * season: the daily pattern is half a day late. `at_one_load`, if a load explains the level: at high load only, the
 * level falls halfway to that of the next lower load, so that the value stays in its range.
 */
export type Fault = (typeof FAULTS)[number] | 'relation' | 'wrong_hour' | 'at_one_load';

/** The faults that can be seeded on a background. */
export function faultsOn(background: Background, channels: 1 | 4): Fault[] {
  const seasonal = background === 'daily' || background === 'weekly';
  return [
    ...FAULTS,
    ...(channels === 4 ? (['relation'] as const) : []),
    ...(seasonal ? (['wrong_hour'] as const) : []),
    ...(channels === 4 || seasonal || background === 'load' ? (['at_one_load'] as const) : []),
  ];
}

export interface FaultyTable {
  rows: Float64Array[];
  /** The fault's rows, from the first to one past the last. */
  from: number;
  to: number;
}

/**
 * A simulated table of 28 days without a fault and 30 days in which it begins, one row every half hour.
 * @param channels 1, or 4: the last follows the first, which is a stepped load for `at_one_load`.
 * @param seed the same one gives the same table.
 */
export function faultyTable(background: Background, fault: Fault, channels: 1 | 4, seed: number): FaultyTable {
  const random = randomOf(seedOf(background, fault, channels, seed));
  const length = TRAIN_ROWS + JUDGED_ROWS;
  const { values, explained, noise } = backgroundOf(background, length, random);
  const given = channels === 4 && fault === 'at_one_load' ? stepsOf(length, random) : null;
  const rows = values.map((v, t) => {
    if (channels === 1) return Float64Array.of(v);
    const e = () => gaussian(random);
    const second = 20 + 0.3 * v + 0.2 * noise * e();
    const third = 5 + e();
    if (given)
      return Float64Array.of(given[t], second, third, -10 + 0.8 * (v + LOAD_STEP * given[t]) + 0.3 * noise * e());
    return Float64Array.of(v, second, third, -10 + 0.8 * v + 0.3 * noise * e());
  });
  const from = TRAIN_ROWS + Math.floor(JUDGED_ROWS * (0.4 + 0.3 * random()));
  const c = channels === 1 ? 0 : 3;
  const level = given ? given.map((load) => LOAD_STEP * load) : explained;
  const highFrom = HIGH_LOAD * Math.max(...level);
  const high = (t: number) => level[t] > highFrom;
  const to = from + change(rows, c, fault, from, channels === 1 ? noise : 0.8 * noise, random, high);
  return { rows, from, to };
}

/** Rise of the level per load step, in units of the row-to-row noise, and the number of loads. */
const LOAD_STEP = 6;
const LOADS = 3;
/** Part of the largest level due to load, above which the load is high. */
const HIGH_LOAD = 0.75;

/** Rows within which a wandering value returns. */
const RETURN_ROWS = 2 * DAY;
/** Nominal row noise of the `bursts` background, which jumps by 30 with bursts of 25, in whole numbers. */
const BURST_NOISE = 6;

/** Loads 0, 1, 2 …, each held for about 30 rows. */
function stepsOf(length: number, random: Random): number[] {
  let load = 1;
  return Array.from({ length }, () => {
    if (random() < 1 / 30) load = Math.floor(LOADS * random());
    return load;
  });
}

/** Values, the part of each due to the hour or the load, and the row-to-row noise. */
function backgroundOf(
  background: Background,
  length: number,
  random: Random,
): { values: number[]; explained: number[]; noise: number } {
  const e = () => gaussian(random);
  const wave = (t: number, sharp: number) => Math.exp(sharp * (Math.cos((2 * Math.PI * (t / DAY - 0.58)) / 1) - 1));
  let state = 0;
  let load = 1;
  let burst = 0;
  const explainedAt = (t: number): number => {
    switch (background) {
      case 'daily':
        return 8 * wave(t, 2);
      case 'weekly':
        return 8 * wave(t, 2) * (Math.floor(t / DAY) % 7 < 5 ? 1 : 0.3);
      case 'load':
        if (random() < 1 / 30) load = Math.floor(LOADS * random());
        return LOAD_STEP * load;
      default:
        return 0;
    }
  };
  const restAt = (t: number): number => {
    switch (background) {
      case 'autocorrelated':
        state = 0.8 * state + 0.6 * e();
        return state;
      case 'wandering':
        state += 0.15 * e();
        return 0.002 * t + state + 0.7 * e();
      case 'returning':
        state += 0.35 * e() - state / RETURN_ROWS;
        return state + 0.3 * e();
      case 'bursts':
        if (random() < 1 / 10) load = 1 - load;
        burst = burst > 0 ? burst - 1 : random() < 2 / DAY ? 1 + Math.floor(4 * random()) : 0;
        return Math.round(Math.max(-40, 30 * load - 40 + 1.5 * e() + (burst > 0 ? 15 + 10 * random() : 0)));
      default:
        return e();
    }
  };
  const explained: number[] = [];
  const values = Array.from({ length }, (_, t) => {
    explained.push(explainedAt(t));
    return 50 + explained[t] + restAt(t);
  });
  return { values, explained, noise: background === 'bursts' ? BURST_NOISE : 1 };
}

/** Changes the rows from `from` on, and returns their number. @param high whether the load of a row is high. */
function change(
  rows: Float64Array[],
  c: number,
  fault: Fault,
  from: number,
  sd: number,
  random: Random,
  high: (row: number) => boolean,
): number {
  const over = (n: number, of: (v: number, i: number) => number) => {
    const end = Math.min(rows.length, from + n);
    for (let t = from; t < end; t++) rows[t][c] = of(rows[t][c], t - from);
    return end - from;
  };
  const local = (t: number) => {
    const near = rows.slice(t - DAY, t + DAY).map((row) => row[c]);
    return near.reduce((a, b) => a + b, 0) / near.length;
  };
  const held = rows[from - 1][c];
  const centre = local(from);
  switch (fault) {
    case 'spike':
      return over(1, (v) => v + 15 * sd);
    case 'burst':
      return over(4, (v, i) => v + (i % 2 ? -10 : 10) * sd);
    case 'step_up':
      return over(10 * DAY, (v) => v + 8 * sd);
    case 'step_down':
      return over(10 * DAY, (v) => v - 8 * sd);
    case 'drift':
      return over(8 * DAY, (v, i) => v + (12 * sd * i) / (8 * DAY));
    case 'stuck':
      return over(DAY, () => held);
    case 'missing':
      return over(DAY, () => Number.NaN);
    case 'more_spread':
      return over(3 * DAY, (v) => v + 4 * sd * gaussian(random));
    case 'less_spread':
      return over(3 * DAY, () => centre + 0.1 * sd * gaussian(random));
    case 'swing':
      return over(2 * DAY, (v, i) => v + 5 * sd * Math.sin((2 * Math.PI * i) / 12));
    case 'hump':
      return over(10, (v, i) => v + 8 * sd * Math.sin((Math.PI * (i + 1)) / 11));
    case 'dropout':
      return over(6, () => 0);
    case 'wrong_hour':
      return over(DAY, (_, i) => rows[from - 7 * DAY - DAY / 2 + i][c]);
    case 'at_one_load':
      return over(5 * DAY, (v, i) => (high(from + i) ? v - (LOAD_STEP / 2) * sd : v));
    case 'relation':
      return over(5 * DAY, (_, i) => rows[from - 7 * DAY + i][c]);
  }
}
