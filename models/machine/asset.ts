import { z } from 'zod';
import { displayNameSchema, nameSchema } from '#models/contracts/names.ts';
import { unitSchema } from '#models/contracts/units.ts';
import { configuredBearingSchema } from './designation.ts';
import { drivetrainSchema } from './drivetrain.ts';
import { isoClassSchema } from './iso20816.ts';

/** Configuration of a point. All of it is optional: a point without it is still watched. */
export const pointSchema = z.strictObject({
  /** What people call it, in any script. */
  displayName: displayNameSchema.optional(),
  unit: unitSchema.optional(),
  /** `speed` marks the process value that gives the shaft's rate in rpm, `tachometer` the waveform whose pulses do. */
  role: z.enum(['condition', 'speed', 'load', 'tachometer']).default('condition'),
  /** Of a tachometer; 1 where it is not said. */
  pulsesPerTurn: z.int().min(1).max(10_000).optional(),
  bearing: configuredBearingSchema.optional(),
  /** Further bands of a vibration point whose RMS is a feature, each from and to a frequency in Hz. */
  bands: z
    .array(z.tuple([z.number().min(0), z.number().positive()]).refine(([a, b]) => a < b, { message: 'a rising pair' }))
    .max(32)
    .optional(),
  /**
   * Of a slow value: the time above it is a feature. Of a temperature, one above 280 °C marks a hot service and one below
   * 0 °C a cold one: such readings are then no sign of wrong wiring.
   */
  limit: z.number().optional(),
});
export type Point = z.infer<typeof pointSchema>;

export const assetSchema = z.strictObject({
  /** What people call it, in any script. */
  displayName: displayNameSchema.optional(),
  kind: z.string().min(1).max(40).default('machine'),
  /** Where it stands in the plant, as ISA-95 divides a site: an area, and a line (work centre) of it. */
  area: displayNameSchema.optional(),
  line: displayNameSchema.optional(),
  /** Used while nothing else has told the speed. */
  ratedRpm: z.number().positive().optional(),
  /** In rpm: where no point measures the speed, the vibration itself tells it, if one speed in this range stands out. */
  speedRange: z
    .tuple([z.number().positive(), z.number().positive()])
    .refine(([low, high]) => low < high, { message: 'a rising pair' })
    .optional(),
  iso: isoClassSchema.optional(),
  drivetrain: drivetrainSchema.optional(),
  /** Machines whose vibration reaches it, and that its own reaches: over a coupling or a common frame. One of the two suffices. */
  coupledTo: z.array(nameSchema).max(20).optional(),
  /** Where its life ends, in multiples of the alert limit: without it no remaining life is given, only the time to that limit. */
  endOfLife: z.strictObject({ feature: z.literal('index'), value: z.number().gt(1).max(1e6) }).optional(),
  /** A file with a model package for it: as it comes on a stick, for an edge that no gateway reaches. */
  model: z.string().min(1).optional(),
  points: z.record(nameSchema, pointSchema).default({}),
});
export type Asset = z.infer<typeof assetSchema>;

/**
 * The configuration of an asset's point; undefined where there is none. A point may be called "constructor": only what
 * was configured counts.
 */
export function configuredPoint(asset: Asset | undefined, point: string): Point | undefined {
  const points = asset?.points ?? {};
  return Object.hasOwn(points, point) ? points[point] : undefined;
}
