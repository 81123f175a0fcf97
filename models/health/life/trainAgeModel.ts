import type { TimedUnit } from './readUnits.ts';
import type { LifeTime } from './timeGrid.ts';
import { fitWeibull, MIN_FAILURES, type WeibullLife } from './weibullLife.ts';

/** Lives by age alone: what a fleet with few failures, or none, can tell. */
export interface AgeModel {
  time: LifeTime;
  /** Null where fewer than `LEAST_FAILURES` units failed. */
  life: WeibullLife | null;
  units: number;
  /** What a verdict, or a better one, takes. */
  needed: string;
}

/** Failures that a model of measurements needs: its folds are by unit. */
export const MIN_FOR_MEASUREMENTS = 5;

/** Lives from the ages of units at their first and last rows, failed or still running; watched from new or later. */
export function trainAgeModel(units: readonly TimedUnit[], time: LifeTime): AgeModel {
  const spans = units.map(({ times, failed }) => {
    // Where times only tell durations, each unit is taken as new at its first row.
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
