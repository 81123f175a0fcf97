import type { Contribution } from '#models/contracts/health.ts';
import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import type { Score } from './detector.ts';

/** The feature that ISO 20816's limits are of. */
export const VELOCITY = 'velocityRmsMmPerS';
/** A change of this part of zone B's upper limit is one that matters, whichever zone it leads to. */
const CHANGE = 0.25;
/** The maximum distance above that limit before an alert is raised. */
const HIGHEST = 1.25;
/** The class of the widest limits: what is a change there is one in every other. */
const WIDEST: IsoClass = { group: 1, foundation: 'flexible' };
/** A machine whose alarm lies no further above its normal than this is always near it, and shown so. */
const ROOM = 1.25;

/** The velocity in mm/s RMS at which a machine has changed by a quarter of zone B's upper limit. Source: ISO 20816-1:2016, 6.5.2. */
export function risenFrom(normal: number, isoClass: IsoClass): number {
  return normal + CHANGE * zoneLimits(isoClass)[1];
}

/**
 * The alarm limit in mm/s RMS: the machine's own normal plus a quarter of zone B's upper limit, at most 1.25 of that limit.
 * Source: ISO 20816-1:2016, 6.4 and 6.5.2; ISO 20816-3:2022, 6.5.
 */
export function velocityAlarm(normal: number, isoClass: IsoClass): number {
  return Math.min(risenFrom(normal, isoClass), HIGHEST * zoneLimits(isoClass)[1]);
}

/**
 * How far a velocity is on its way to `velocityAlarm`: 1 is there, and a machine at its normal has the index of a level at
 * its normal.
 * @param velocity smoothed value and normal, mm/s RMS.
 * @param normalIndex the index of a machine at its normal, below 1.
 */
export function velocityIndex({ value, normal }: Contribution, isoClass: IsoClass, normalIndex: number): number {
  const alarm = velocityAlarm(normal, isoClass);
  if (!(alarm > ROOM * normal)) return value / alarm;
  return onItsWay(value, normal, alarm, normalIndex);
}

/**
 * The same for a machine whose class is unknown, which may be outside the standard: only a change counts, one that
 * matters in every class and by as large a factor as that of a level.
 */
function indexWithoutClass({ value, normal }: Contribution, normalIndex: number): number {
  return onItsWay(value, normal, Math.max(risenFrom(normal, WIDEST), normal / normalIndex), normalIndex);
}

function onItsWay(value: number, normal: number, alarm: number, normalIndex: number): number {
  return normalIndex ** (1 - Math.log(value / normal) / Math.log(alarm / normal));
}

/**
 * A score whose velocity may be further on its way to its limit than the level is to its own: then it speaks for both.
 * @param iso class of the machine, where it is known.
 * @param normalIndex as of `velocityIndex`.
 */
export function withVelocity(score: Score, iso: IsoClass | undefined, normalIndex: number): Score {
  const velocity = score.assessable && score.contributions.find((c) => c.feature === VELOCITY);
  if (!velocity || !(velocity.normal > 0)) return score;
  const index = iso ? velocityIndex(velocity, iso, normalIndex) : indexWithoutClass(velocity, normalIndex);
  if (index <= score.index) return score;
  return { ...score, index, contributions: [velocity, ...score.contributions.filter((c) => c !== velocity)] };
}
