import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { displayNameSchema, nameSchema } from './names.ts';
import { amountSchema, quantitySchema } from './numbers.ts';

/** NAMUR NE 107 status signals, as in OPC 10000-100. */
export const namurSchema = z.enum(['NORMAL', 'FAILURE', 'CHECK_FUNCTION', 'OFF_SPEC', 'MAINTENANCE_REQUIRED']);
export type Namur = z.infer<typeof namurSchema>;

/** One feature that deviates: its value and its baseline. */
export const contributionSchema = z.object({
  feature: z.string(),
  value: quantitySchema,
  normal: quantitySchema,
});
export type Contribution = z.infer<typeof contributionSchema>;

/** The alert limit as a multiple of the configured one, and what sets it: that minimum, or the false-alarm budget. */
export const alarmLimitSchema = z.object({ times: quantitySchema, by: z.enum(['floor', 'budget']) });
export type AlarmLimit = z.infer<typeof alarmLimitSchema>;

/** A point's verdict, or why there is none and what would change that. */
export const pointHealthSchema = z.discriminatedUnion('assessment', [
  z.object({
    assessment: z.literal('assessed'),
    point: nameSchema,
    /** 1 is the alert limit. */
    index: quantitySchema,
    limit: alarmLimitSchema.optional(),
    contributions: z.array(contributionSchema),
  }),
  z.object({
    assessment: z.literal('not_assessable'),
    point: nameSchema,
    reason: z.string(),
    remedy: z.string(),
    /** By the edge's clock: time since when no usable data have arrived; absent if that is not the reason. */
    silentSinceMs: quantitySchema.optional(),
  }),
]);
export type PointHealth = z.infer<typeof pointHealthSchema>;

export const isoVerdictSchema = z.object({
  zone: z.enum(['A', 'B', 'C', 'D']),
  velocityMmPerS: quantitySchema,
  /** Upper limits of zones A, B and C, mm/s RMS. */
  limitsMmPerS: z.tuple([quantitySchema, quantitySchema, quantitySchema]).optional(),
  edition: z.string(),
});
export type IsoVerdict = z.infer<typeof isoVerdictSchema>;

/** Time until the health index reaches its end-of-life limit, with a 90 % interval; or why it is unknown. */
export const remainingLifeSchema = z.discriminatedUnion('assessment', [
  z.object({
    assessment: z.literal('assessed'),
    medianS: amountSchema,
    lowS: amountSchema,
    /** Absent: the interval has no upper end. */
    highS: amountSchema.optional(),
    /** For an exponential trend: the health index at that time. */
    toIndex: quantitySchema.optional(),
    method: z.string(),
  }),
  z.object({ assessment: z.literal('not_assessable'), reason: z.string(), remedy: z.string() }),
]);
export type RemainingLife = z.infer<typeof remainingLifeSchema>;

/** Result of the machine's process model for the newest row; `model` is its name and release. */
export const processHealthSchema = z.discriminatedUnion('assessment', [
  z.object({
    assessment: z.literal('assessed'),
    model: z.string(),
    /** 1 is the limit. */
    index: quantitySchema,
    /** The channels that contribute most, the largest contribution first. */
    channels: z.array(z.string()),
    /** Members of the machine's own panel whose limit the row exceeds, and by what factor. */
    by: z.array(z.object({ member: z.string(), channel: z.string(), ratio: quantitySchema })).optional(),
  }),
  z.object({ assessment: z.literal('not_assessable'), model: z.string(), reason: z.string(), remedy: z.string() }),
]);
export type ProcessHealth = z.infer<typeof processHealthSchema>;

export const healthMessageSchema = envelopeSchema.extend({
  asset: nameSchema,
  kind: z.string(),
  /** The machine's display name, if configured. */
  displayName: displayNameSchema.optional(),
  /** Display names of its points, where they differ from the id. */
  pointNames: z.record(nameSchema, displayNameSchema).optional(),
  area: displayNameSchema.optional(),
  line: displayNameSchema.optional(),
  status: namurSchema,
  /** The largest index of the machine's points; absent while none is assessable. */
  index: quantitySchema.optional(),
  points: z.array(pointHealthSchema),
  iso: isoVerdictSchema.optional(),
  remainingLife: remainingLifeSchema,
  /** Until the index reaches the alert limit; absent in messages of older versions. */
  timeToLimit: remainingLifeSchema.optional(),
  /** The coupled machine that causes its vibration and has the alert; absent: none. */
  transmittedFrom: nameSchema.optional(),
  /** Operating state, counted from 0, and the number of states; absent: unknown, or only one. */
  operatingState: z
    .object({ kind: z.enum(['known', 'stopped', 'between']), state: z.int().optional(), of: z.int() })
    .optional(),
  /** Absent: the machine has no process model. */
  process: processHealthSchema.optional(),
});
export type HealthMessage = z.infer<typeof healthMessageSchema>;
