import { randomOf } from '#models/random/random.ts';
import { quantile } from '../statistics.ts';
import { LIFE_CAP } from './lifeFeatures.ts';
import { ENDS, LEVEL, quantilesOf } from './predictLife.ts';
import type { LifeTime } from './timeGrid.ts';
import { downsample, type JudgedUnit, pairsOf } from './trainLife.ts';

/** A number with its 90 % interval by resampling whole units: rows of one unit are not independent. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface LifeEvaluation {
  units: number;
  rows: number;
  /** Unit of all times here. */
  timeUnit: string;
  cap: number;
  /** Root mean square, mean absolute and mean error (predicted minus true), of every row. */
  cappedRmse: Estimate;
  mae: Estimate;
  bias: Estimate;
  /** One row per unit, cut at random like a test set: every unit weighs the same. */
  cutRmse: Estimate;
  /** Part of the rows whose truth lies in their interval, calibrated without the row's own fold. */
  coverage: Estimate & { level: number };
  meanIntervalWidth: number;
  /** Mean truth by prediction, in bins of ten steps. */
  calibration: { said: number; meanTruth: number; rows: number }[];
  worstUnits: { unit: string; rmse: number }[];
}

const RESAMPLES = 400;
const CUTS = 20;
/** Only every n-th row of a unit gets an interval: neighbouring rows carry the same information. */
const STEP = 5;
const BIN = 10;

/** Metrics of out-of-fold predictions, in the unit of time. Pure; deterministic for a seed. */
export function evaluateLife(
  units: readonly JudgedUnit[],
  seed: number,
  { unit: timeUnit, step }: Pick<LifeTime, 'unit' | 'step'> = { unit: 'cycles', step: 1 },
): LifeEvaluation {
  const rows = units.map((u) => ({ ...u, off: u.said.map((s, i) => s - u.truth[i]) }));
  const perUnit = rows.map(({ unit, off }) => ({
    unit,
    n: off.length,
    sum: total(off),
    squares: total(off.map((v) => v * v)),
    absolute: total(off.map(Math.abs)),
  }));
  const random = randomOf(seed);
  const cuts = rows.map(({ off }) => Array.from({ length: CUTS }, () => off[Math.floor(random() * off.length)] ** 2));
  const covered = coverageOf(units);
  const estimate = (of: (chosen: readonly number[]) => number) => bootstrap(units.length, random, of);
  const timed = (of: (chosen: readonly number[]) => number) => estimate((chosen) => step * of(chosen));
  const over = (chosen: readonly number[], key: 'sum' | 'squares' | 'absolute') =>
    total(chosen.map((u) => perUnit[u][key])) / total(chosen.map((u) => perUnit[u].n));
  return {
    units: units.length,
    rows: total(perUnit.map((u) => u.n)),
    timeUnit,
    cap: LIFE_CAP * step,
    cappedRmse: timed((chosen) => Math.sqrt(over(chosen, 'squares'))),
    mae: timed((chosen) => over(chosen, 'absolute')),
    bias: timed((chosen) => over(chosen, 'sum')),
    cutRmse: timed((chosen) => Math.sqrt(total(chosen.flatMap((u) => cuts[u])) / (chosen.length * CUTS))),
    coverage: {
      ...estimate((chosen) => total(chosen.map((u) => covered[u].inside)) / total(chosen.map((u) => covered[u].n))),
      level: LEVEL,
    },
    meanIntervalWidth: (step * total(covered.map((c) => c.width))) / total(covered.map((c) => c.n)),
    calibration: calibrationOf(units).map((bin) => ({
      ...bin,
      said: bin.said * step,
      meanTruth: bin.meanTruth * step,
    })),
    worstUnits: perUnit
      .map(({ unit, n, squares }) => ({ unit, rmse: step * Math.sqrt(squares / n) }))
      .sort((a, b) => b.rmse - a.rmse)
      .slice(0, 5),
  };
}

/** Number of each unit's rows inside the interval from the other folds' errors. */
function coverageOf(units: readonly JudgedUnit[]): { n: number; inside: number; width: number }[] {
  const folds = [...new Set(units.map((u) => u.fold))];
  const others = new Map(folds.map((fold) => [fold, downsample(pairsOf(units.filter((u) => u.fold !== fold)))]));
  return units.map(({ fold, said, truth }) => {
    const calibration = others.get(fold);
    const result = { n: 0, inside: 0, width: 0 };
    if (!calibration) return result;
    for (let i = 0; i < said.length; i += STEP) {
      const [low, high] = quantilesOf(said[i], calibration, ENDS);
      result.n++;
      result.width += high - low;
      if (truth[i] >= low && truth[i] <= high) result.inside++;
    }
    return result;
  });
}

function calibrationOf(units: readonly JudgedUnit[]): LifeEvaluation['calibration'] {
  const bins = new Map<number, { truth: number; rows: number }>();
  for (const { said, truth } of units) {
    said.forEach((s, i) => {
      const bin = Math.floor(s / BIN);
      const known = bins.get(bin) ?? { truth: 0, rows: 0 };
      bins.set(bin, { truth: known.truth + truth[i], rows: known.rows + 1 });
    });
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { truth, rows }]) => ({ said: (bin + 0.5) * BIN, meanTruth: truth / rows, rows }));
}

function bootstrap(n: number, random: () => number, of: (chosen: readonly number[]) => number): Estimate {
  const all = Array.from({ length: n }, (_, i) => i);
  const values = Array.from({ length: RESAMPLES }, () => of(all.map(() => Math.floor(random() * n))));
  return { value: of(all), low: quantile(values, 0.05), high: quantile(values, 0.95) };
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
