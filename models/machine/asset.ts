import { z } from 'zod';
import { displayNameSchema, nameSchema } from '#models/contracts/names.ts';
import { unitSchema } from '#models/contracts/units.ts';
import { configuredBearingSchema } from './designation.ts';
import { drivetrainSchema } from './drivetrain.ts';
import { isoClassSchema } from './iso20816.ts';

/** Configuration of a point. All fields are optional: a point without configuration is still watched. */
export const pointSchema = z.strictObject({
  /** What people call it, in any script. */
  displayName: displayNameSchema.optional(),
  unit: unitSchema.optional(),
  /** `speed` marks the process value that gives the shaft's rate in rpm, `tachometer` the waveform whose pulses do. */
  role: z.enum(['condition', 'speed', 'load', 'tachometer']).default('condition'),
  /** Pulses per turn of a tachometer; default 1. */
  pulsesPerTurn: z.int().min(1).max(10_000).optional(),
  bearing: configuredBearingSchema.optional(),
  /** Further bands of a vibration point whose RMS is a feature, each from and to a frequency in Hz. */
  bands: z
    .array(z.tuple([z.number().min(0), z.number().positive()]).refine(([a, b]) => a < b, { message: 'a rising pair' }))
    .max(32)
    .optional(),
  /**
   * For a slow value: the time above it is a feature. For a temperature, a limit above 280 °C marks a hot service and
   * one below 0 °C a cold one, whose readings are then not treated as wrong wiring.
   */
  limit: z.number().optional(),
});
export type Point = z.infer<typeof pointSchema>;

export const assetSchema = z.strictObject({
  /** What people call it, in any script. */
  displayName: displayNameSchema.optional(),
  kind: z.string().min(1).max(40).default('machine'),
  /** Location in the plant by ISA-95: an area, and a line (work centre) of it. */
  area: displayNameSchema.optional(),
  line: displayNameSchema.optional(),
  /** Used while the speed is unknown. */
  ratedRpm: z.number().positive().optional(),
  /** In rpm: if no point measures the speed, it is estimated from vibration, if one speed in this range stands out. */
  speedRange: z
    .tuple([z.number().positive(), z.number().positive()])
    .refine(([low, high]) => low < high, { message: 'a rising pair' })
    .optional(),
  iso: isoClassSchema.optional(),
  drivetrain: drivetrainSchema.optional(),
  /** Machines that exchange vibration with it through a coupling or a common frame. Stating it on either suffices. */
  coupledTo: z.array(nameSchema).max(20).optional(),
  /**
   * End of life in multiples of the alert limit; without it only the time to that limit is given, not the remaining
   * life.
   */
  endOfLife: z.strictObject({ feature: z.literal('index'), value: z.number().gt(1).max(1e6) }).optional(),
  /** File with a model package for it, such as from a USB stick, for an edge without a gateway. */
  model: z.string().min(1).optional(),
  points: z.record(nameSchema, pointSchema).default({}),
});
export type Asset = z.infer<typeof assetSchema>;

/**
 * The configuration of an asset's point; undefined if there is none. A point may be called "constructor", so only own
 * properties count.
 */
export function configuredPoint(asset: Asset | undefined, point: string): Point | undefined {
  const points = asset?.points ?? {};
  return Object.hasOwn(points, point) ? points[point] : undefined;
}
