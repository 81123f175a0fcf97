import { z } from 'zod';
import type { IsoVerdict } from '#models/contracts/health.ts';

export const isoClassSchema = z.strictObject({
  /** 1: over 300 kW. 2: 15 to 300 kW. */
  group: z.union([z.literal(1), z.literal(2)]),
  foundation: z.enum(['rigid', 'flexible']),
  /** Upper limits of zones A, B and C in mm/s RMS, if agreed to differ from the standard's. */
  limitsMmPerS: z
    .tuple([z.number().positive(), z.number().positive(), z.number().positive()])
    .refine(([a, b, c]) => a < b && b < c, { message: 'three rising limits' })
    .optional(),
});
export type IsoClass = z.infer<typeof isoClassSchema>;

export const ISO_EDITION = 'ISO 20816-3:2022 (zone limits as in ISO 10816-3)';
const AGREED_LIMITS = 'zones as in ISO 20816-3:2022, limits by agreement';

/** Upper limits of zones A, B and C in mm/s RMS, 10–1000 Hz. */
const LIMITS_MM_PER_S = {
  '1 rigid': [2.3, 4.5, 7.1],
  '1 flexible': [3.5, 7.1, 11],
  '2 rigid': [1.4, 2.8, 4.5],
  '2 flexible': [2.3, 4.5, 7.1],
} as const;

/** Upper limits of zones A, B and C in mm/s RMS: the agreed ones if any, else those of `ISO_EDITION`. */
export function zoneLimits({ group, foundation, limitsMmPerS }: IsoClass): readonly [number, number, number] {
  return limitsMmPerS ?? LIMITS_MM_PER_S[`${group} ${foundation}`];
}

/** Upper limits of zones A, B and C in µm RMS, for machines below 600 rpm. */
const LIMITS_UM = {
  '1 rigid': [29, 57, 90],
  '1 flexible': [45, 90, 140],
  '2 rigid': [22, 45, 71],
  '2 flexible': [37, 71, 113],
} as const;

/**
 * Upper limits of zones A, B and C in µm RMS, for machines below `SLOW_RPM`. Agreed limits are for velocity and do not
 * change these.
 */
export function displacementLimits({ group, foundation }: IsoClass): readonly [number, number, number] {
  return LIMITS_UM[`${group} ${foundation}`];
}

/** Slower machines are outside the standard. */
export const SLOWEST_RPM = 120;
/** Up to this speed lower frequencies count; for slower machines displacement is judged in addition to velocity. */
export const SLOW_RPM = 600;

/**
 * Frequency band of the judged velocity, in Hz: from 2 Hz up to 600 rpm, else from 10 Hz; to 1000 Hz. A machine of
 * nominally 600 rpm runs slightly slower due to slip.
 * @param rpm absent: unknown.
 */
export function velocityBandHz(rpm = Number.POSITIVE_INFINITY): readonly [fromHz: number, toHz: number] {
  return [rpm <= SLOW_RPM ? 2 : 10, 1000];
}

/**
 * The zone of a velocity; a value on a limit belongs to the lower zone.
 * @param velocityMmPerS mm/s RMS in the band of `velocityBandHz`.
 */
export function isoVerdict(isoClass: IsoClass, velocityMmPerS: number): IsoVerdict {
  const limits = zoneLimits(isoClass);
  const above = limits.filter((limit) => velocityMmPerS > limit).length;
  return {
    zone: (['A', 'B', 'C', 'D'] as const)[above],
    velocityMmPerS,
    limitsMmPerS: [...limits],
    edition: isoClass.limitsMmPerS ? AGREED_LIMITS : ISO_EDITION,
  };
}
