import type { TimedUnit } from './readUnits.ts';
import type { LifeTime } from './timeGrid.ts';
import { fitWeibull, MIN_FAILURES, type WeibullLife } from './weibullLife.ts';

/** A life model by age alone, for fleets with few failures or none. */
export interface AgeModel {
  time: LifeTime;
  /** Null if fewer than `MIN_FAILURES` units failed. */
  life: WeibullLife | null;
  units: number;
  /** What is needed for a verdict, or a better one. */
  needed: string;
}

/** Minimum number of failures for a model of measurements, as its folds are by unit. */
export const MIN_FOR_MEASUREMENTS = 5;

/** Learns lives from unit ages at first and last rows, failed or still running, observed from new or later. */
export function trainAgeModel(units: readonly TimedUnit[], time: LifeTime): AgeModel {
  const spans = units.map(({ times, failed }) => {
    // If times only give durations, each unit is assumed new at its first row.
    const origin = time.sinceNew ? 0 : times[0];
    return { from: times[0] - origin, to: times[times.length - 1] - origin, failed };
  });
  const failures = spans.filter((s) => s.failed).length;
  const watched = Number(spans.reduce((sum, s) => sum + s.to - s.from, 0).toPrecision(4));
  return {
    time,
    life: failures < MIN_FAILURES ? null : fitWeibull(spans),
    units: units.length,
    needed:
      `${failures} of ${units.length} units failed in ${watched} ${time.unit} together: ` +
      (failures < MIN_FAILURES ? `${MIN_FAILURES} failures tell lives by age; ` : '') +
      `${MIN_FOR_MEASUREMENTS} or more, each with its rows up to the failure, tell them from what is measured`,
  };
}
