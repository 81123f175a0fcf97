import type { Contribution } from '#models/contracts/health.ts';
import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';

/** A change of this part of zone B's upper limit is one that matters, whichever zone it leads to. */
const CHANGE = 0.25;
/** No machine is let run further than this beyond that limit before it is said. */
const HIGHEST = 1.25;

/**
 * How far a velocity is on its way to the alarm limit: the machine's own normal plus a quarter of zone B's upper limit,
 * at most 1.25 of that limit. 1 is the limit. Source: ISO 20816-1:2016, 6.4 and 6.5.2; ISO 20816-3:2022, 6.5.
 * @param velocity smoothed value and normal, mm/s RMS.
 */
export function velocityIndex({ value, normal }: Contribution, isoClass: IsoClass): number {
  const limit = zoneLimits(isoClass)[1];
  return value / Math.min(normal + CHANGE * limit, HIGHEST * limit);
}
