import type { Unit } from '#models/contracts/units.ts';

/** Physically possible range by unit: from absolute zero or a vacuum to beyond what any such sensor measures. */
const POSSIBLE: Partial<Record<Unit, readonly [number, number]>> = {
  g: [-20_000, 20_000],
  'm/s2': [-200_000, 200_000],
  'mm/s': [-10_000, 10_000],
  degC: [-273.15, 3000],
  bar: [-1.1, 10_000],
  A: [-100_000, 100_000],
  rpm: [-500_000, 500_000],
  'm3/h': [-1_000_000, 1_000_000],
  kW: [-1_000_000, 1_000_000],
};

/** Whether values in this range are possible in a unit. */
export function isPossible(low: number, high: number, unit: Unit): boolean {
  const range = POSSIBLE[unit];
  return range === undefined || (low >= range[0] && high <= range[1]);
}
