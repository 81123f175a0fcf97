import type { Contribution } from '#models/contracts/health.ts';
import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import type { Score } from './detector.ts';

/** The feature that ISO 20816 limits. */
export const VELOCITY = 'velocityRmsMmPerS';
/** A change of this part of zone B's upper limit is significant, whatever the resulting zone. */
const CHANGE = 0.25;
/** The maximum distance above that limit before an alert is raised. */
const HIGHEST = 1.25;
/** The class with the widest limits: a significant change there is one in every other. */
const WIDEST: IsoClass = { group: 1, foundation: 'flexible' };
/** Minimum ratio of alarm to baseline; a machine below it is always near its alarm, and shown so. */
const ROOM = 1.25;

/**
 * /** The velocity in mm/s RMS a quarter of zone B's upper limit above the baseline. Source: ISO 20816-1:2016, 6.5.2.
 */
export function risenFrom(normal: number, isoClass: IsoClass): number {
  return normal + CHANGE * zoneLimits(isoClass)[1];
}

/**
 * The alarm limit in mm/s RMS: the machine's baseline plus a quarter of zone B's upper limit, at most 1.25 of that
 * limit.
 * Source: ISO 20816-1:2016, 6.4 and 6.5.2; ISO 20816-3:2022, 6.5.
 */
export function velocityAlarm(normal: number, isoClass: IsoClass): number {
  return Math.min(risenFrom(normal, isoClass), HIGHEST * zoneLimits(isoClass)[1]);
}

/**
 * Index of a velocity relative to `velocityAlarm`: 1 at the alarm; a machine at its baseline has `normalIndex`.
 * @param velocity smoothed value and baseline, mm/s RMS.
 * @param normalIndex the index of a machine at its baseline, below 1.
 */
export function velocityIndex({ value, normal }: Contribution, isoClass: IsoClass, normalIndex: number): number {
  const alarm = velocityAlarm(normal, isoClass);
  if (!(alarm > ROOM * normal)) return value / alarm;
  return onItsWay(value, normal, alarm, normalIndex);
}

/**
 * The same for a machine of unknown class, possibly outside the standard: only a change counts that is significant in
 * every class and as large a factor as the level's limit.
 */
function indexWithoutClass({ value, normal }: Contribution, normalIndex: number): number {
  return onItsWay(value, normal, Math.max(risenFrom(normal, WIDEST), normal / normalIndex), normalIndex);
}

function onItsWay(value: number, normal: number, alarm: number, normalIndex: number): number {
  return normalIndex ** (1 - Math.log(value / normal) / Math.log(alarm / normal));
}

/**
 * A score with the velocity index included: the larger of it and the level's index counts.
 * @param iso class of the machine, if known.
 * @param normalIndex as for `velocityIndex`.
 */
export function withVelocity(score: Score, iso: IsoClass | undefined, normalIndex: number): Score {
  const velocity = score.assessable && score.contributions.find((c) => c.feature === VELOCITY);
  if (!velocity || !(velocity.normal > 0)) return score;
  const index = iso ? velocityIndex(velocity, iso, normalIndex) : indexWithoutClass(velocity, normalIndex);
  if (index <= score.index) return score;
  return { ...score, index, contributions: [velocity, ...score.contributions.filter((c) => c !== velocity)] };
}
