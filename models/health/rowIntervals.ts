import { z } from 'zod';

/** Shortest and longest of the units' usual row intervals, in the training's unit of time. */
export const rowIntervalsSchema = z.strictObject({ least: z.number(), most: z.number() });
export type RowIntervals = z.infer<typeof rowIntervalsSchema>;

/** Row intervals that differ by this factor are in another unit of time. */
const OTHER_INTERVAL = 1.5;

/** Undefined if no unit has two rows. Pure. */
export function rowIntervalsOf(units: readonly { times: readonly number[] }[]): RowIntervals | undefined {
  const interval = usualIntervals(units);
  return interval.length > 0 ? { least: interval[0], most: interval[interval.length - 1] } : undefined;
}

/** The usual row interval if it is outside the training's; null: it is inside, or no unit has two rows. Pure. */
export function otherInterval(
  units: readonly { times: readonly number[] }[],
  { least, most }: RowIntervals,
): number | null {
  const interval = usualIntervals(units);
  const usual = interval.at(interval.length >> 1);
  if (usual === undefined || (usual >= least / OTHER_INTERVAL && usual <= most * OTHER_INTERVAL)) return null;
  return usual;
}

/** Each unit's median row interval, ascending. */
function usualIntervals(units: readonly { times: readonly number[] }[]): number[] {
  return units
    .flatMap(({ times }) => {
      const steps = times.slice(1).map((t, i) => t - times[i]);
      return steps.length > 0 ? [steps.sort((a, b) => a - b)[steps.length >> 1]] : [];
    })
    .sort((a, b) => a - b);
}
