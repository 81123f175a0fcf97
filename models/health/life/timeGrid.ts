import { otherInterval, type RowIntervals, rowIntervalsOf } from '../rowIntervals.ts';
import type { UnitHistory } from './lifeFeatures.ts';
import { HistoryError, type TableTime, type TimedUnit } from './readUnits.ts';
import { conversion } from './timeUnit.ts';

/** How a model counts life: in its own equal steps, reported in a unit of time. */
export interface LifeTime {
  unit: string;
  /** Length of a step, in that unit. */
  step: number;
  /** Whether times count since each unit was new; else they only give durations (dates, a plant's clock). */
  sinceNew: boolean;
  /** Time column of the training table; null without a header. */
  column: string | null;
  /** Shortest and longest of the units' usual row intervals; absent in packages from before it was stored. */
  interval?: RowIntervals;
}

/** Steps in a typical unit's life, which feature windows and the cap are designed for. */
const STEPS_OF_LIFE = 200;
/** A sampling interval within this factor of the ideal step is used as the step. */
const NEAR = 2;
/** Times count since new if the earliest fifth of the units begins within this part of a typical life. */
const EARLY = 0.1;
const EARLY_SHARE = 0.2;
/** A longer history must be an error: two clocks in one column, or several runs in one unit. */
const MAX_STEPS = 100 * STEPS_OF_LIFE;
/** Tolerance for rounded times, in steps: a row this far into the next step still belongs to the one before. */
const ROUNDING = 0.01;

/** The step for a fleet: about 200 in a typical life, or its sampling interval if that is near. */
export function lifeTimeOf(units: readonly TimedUnit[], time: TableTime): LifeTime {
  const failed = units.filter((u) => u.failed);
  const spans = (failed.length > 0 ? failed : units).map(({ times }) => times[times.length - 1] - times[0]);
  const life = middle(spans);
  const own = middle(units.flatMap(({ times }) => times.slice(1).map((t, i) => t - times[i])));
  const ideal = life / STEPS_OF_LIFE;
  const step = own > 0 && ideal <= NEAR * own && ideal >= own / NEAR ? own : ideal;
  const starts = units.map((u) => u.times[0]).sort((a, b) => a - b);
  const early = starts[Math.floor(EARLY_SHARE * (starts.length - 1))];
  const sinceNew = !time.dated && starts[0] >= 0 && early <= EARLY * life + step;
  const interval = rowIntervalsOf(units);
  return { unit: time.unit, step: step > 0 ? step : 1, sinceNew, column: time.column, interval };
}

/**
 * A unit's rows at equal steps that end with its last one: the mean of the rows within a step, or linear interpolation
 * if there are none. Only steps with rows of their own are assessed (`fresh`), so that interpolation does not look
 * ahead.
 * @throws HistoryError if it lasts longer than any life could.
 */
export function onGrid({ unit, times, rows, failed }: TimedUnit, time: LifeTime): UnitHistory {
  const end = times[times.length - 1];
  const count = Math.floor((end - times[0]) / time.step + ROUNDING) + 1;
  if (count > MAX_STEPS)
    throw new HistoryError(
      `unit ${unit} lasts ${Number((end - times[0]).toPrecision(4))} ${time.unit}, ${Math.round(count / STEPS_OF_LIFE)} times a usual life: is each unit one run, and the unit of time that of the training?`,
    );
  const first = end - (count - 1) * time.step;
  const members: number[][] = Array.from({ length: count }, () => []);
  times.forEach((t, i) => {
    members[Math.max(0, Math.min(count - 1, Math.ceil((t - first) / time.step - ROUNDING)))].push(i);
  });
  let next = 0;
  const grid = members.map((own, g) => {
    if (own.length > 0) next = own[own.length - 1] + 1;
    if (own.length === 1) return rows[own[0]];
    if (own.length > 1) return rows[0].map((_, c) => own.reduce((sum, i) => sum + rows[i][c], 0) / own.length);
    const [a, b] = [next - 1, next];
    const part = (first + g * time.step - times[a]) / (times[b] - times[a]);
    return rows[a].map((v, c) => v + part * (rows[b][c] - v));
  });
  const startsAt = (time.sinceNew ? first : time.step) / time.step;
  return { unit, startsAt, rows: grid, fresh: members.map((own) => own.length > 0), failed };
}

/** A unit's rows as steps, however far apart: for models from before steps were counted in time. */
export function rowByRow({ unit, times, rows }: TimedUnit): UnitHistory {
  return { unit, startsAt: times[0], rows };
}

/**
 * Units of a table in the model's unit of time.
 * @throws HistoryError if the table's unit cannot be converted.
 */
export function inUnitOf(units: readonly TimedUnit[], table: TableTime, model: LifeTime): TimedUnit[] {
  // A column of the same name without a stated unit is in the unit given for it at training.
  const factor = !table.stated && table.column === model.column ? 1 : conversion(table.unit, model.unit);
  if (factor === null)
    throw new HistoryError(
      `time is in ${table.unit}; the model counts ${model.unit}: state the unit of the time column (--time-unit)`,
    );
  const timed = factor === 1 ? [...units] : units.map((u) => ({ ...u, times: u.times.map((t) => t * factor) }));
  if (!table.given && !table.dated && table.column !== null && model.interval)
    checkInterval(timed, model, model.interval);
  return timed;
}

/** Detects times in another unit than their header states, or row numbers, by their interval. */
function checkInterval(units: readonly TimedUnit[], { unit, column }: LifeTime, interval: RowIntervals) {
  const usual = otherInterval(units, interval);
  if (usual === null) return;
  const { least, most } = interval;
  const short = (v: number) => Number(v.toPrecision(3));
  throw new HistoryError(
    `rows are ${short(usual)} ${unit} apart, where those of the training were ${short(least)}${most > least ? ` to ${short(most)}` : ''}: if ${column} is in ${unit} all the same, say so with --time-unit`,
  );
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
