import { z } from 'zod';

/** The shortest and the longest of the units' usual times from row to row, in the training's unit of time. */
export const rowIntervalsSchema = z.strictObject({ least: z.number(), most: z.number() });
export type RowIntervals = z.infer<typeof rowIntervalsSchema>;

/** Rows this many times as far apart, or as close, are in another unit of time. */
const OTHER_INTERVAL = 1.5;

/** Undefined where no unit has two rows. Pure. */
export function rowIntervalsOf(units: readonly { times: readonly number[] }[]): RowIntervals | undefined {
  const interval = usualIntervals(units);
  return interval.length > 0 ? { least: interval[0], most: interval[interval.length - 1] } : undefined;
}

/** The usual time from row to row where it is none of the training's; null: it is one, or no unit has two rows. Pure. */
export function otherInterval(
  units: readonly { times: readonly number[] }[],
  { least, most }: RowIntervals,
): number | null {
  const interval = usualIntervals(units);
  const usual = interval.at(interval.length >> 1);
  if (usual === undefined || (usual >= least / OTHER_INTERVAL && usual <= most * OTHER_INTERVAL)) return null;
  return usual;
}

/** Each unit's median time from row to row, rising. */
function usualIntervals(units: readonly { times: readonly number[] }[]): number[] {
  return units
    .flatMap(({ times }) => {
      const steps = times.slice(1).map((t, i) => t - times[i]);
      return steps.length > 0 ? [steps.sort((a, b) => a - b)[steps.length >> 1]] : [];
    })
    .sort((a, b) => a - b);
}
