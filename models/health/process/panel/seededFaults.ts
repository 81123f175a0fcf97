import { gaussian, type Random, randomOf, seedOf } from '#models/random/random.ts';

/** Tables with one known fault each, for judging detectors. A row is half an hour: a day is 48 rows, a week 336. */
export const DAY = 48;
export const TRAIN_ROWS = 28 * DAY;
export const JUDGED_ROWS = 30 * DAY;

export const BACKGROUNDS = ['white', 'autocorrelated', 'daily', 'weekly', 'wandering', 'load'] as const;
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
 * Of several channels: a relation breaks although each channel stays in its range. Of backgrounds with a season: the course
 * of a day comes half a day late.
 */
export type Fault = (typeof FAULTS)[number] | 'relation' | 'wrong_hour';

/** The faults that there can be on a background. */
export function faultsOn(background: Background, channels: 1 | 4): Fault[] {
  return [
    ...FAULTS,
    ...(channels === 4 ? (['relation'] as const) : []),
    ...(background === 'daily' || background === 'weekly' ? (['wrong_hour'] as const) : []),
  ];
}

export interface FaultyTable {
  rows: Float64Array[];
  /** The fault's rows, first and behind the last. */
  from: number;
  to: number;
}

/** @param channels 1, or 4: the last follows the first. */
export function faultyTable(background: Background, fault: Fault, channels: 1 | 4, seed: number): FaultyTable {
  const random = randomOf(seedOf(background, fault, channels, seed));
  const length = TRAIN_ROWS + JUDGED_ROWS;
  const { values, noise } = backgroundOf(background, length, random);
  const rows = values.map((v) => {
    if (channels === 1) return Float64Array.of(v);
    const e = () => gaussian(random);
    return Float64Array.of(v, 20 + 0.3 * v + 0.2 * noise * e(), 5 + e(), -10 + 0.8 * v + 0.3 * noise * e());
  });
  const from = TRAIN_ROWS + Math.floor(JUDGED_ROWS * (0.4 + 0.3 * random()));
  const c = channels === 1 ? 0 : 3;
  const to = from + change(rows, c, fault, from, channels === 1 ? noise : 0.8 * noise, random);
  return { rows, from, to };
}

/** Values, and the noise that is seen from row to row. */
function backgroundOf(background: Background, length: number, random: Random): { values: number[]; noise: number } {
  const e = () => gaussian(random);
  const wave = (t: number, sharp: number) => Math.exp(sharp * (Math.cos((2 * Math.PI * (t / DAY - 0.58)) / 1) - 1));
  let state = 0;
  let load = 1;
  const at = (t: number): number => {
    switch (background) {
      case 'white':
        return 50 + e();
      case 'autocorrelated':
        state = 0.8 * state + 0.6 * e();
        return 50 + state;
      case 'daily':
        return 50 + 8 * wave(t, 2) + e();
      case 'weekly':
        return 50 + 8 * wave(t, 2) * (Math.floor(t / DAY) % 7 < 5 ? 1 : 0.3) + e();
      case 'wandering':
        state += 0.15 * e();
        return 50 + 0.002 * t + state + 0.7 * e();
      case 'load':
        if (random() < 1 / 30) load = [0, 1, 2][Math.floor(3 * random())];
        return 50 + 6 * load + e();
    }
  };
  return { values: Array.from({ length }, (_, t) => at(t)), noise: 1 };
}

/** Changes the rows from `from` on, and gives how many. */
function change(rows: Float64Array[], c: number, fault: Fault, from: number, sd: number, random: Random): number {
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
    case 'relation':
      return over(5 * DAY, (_, i) => rows[from - 7 * DAY + i][c]);
  }
}
