import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { displayNameSchema, nameSchema } from './names.ts';
import { amountSchema, quantitySchema } from './numbers.ts';

/** NAMUR NE 107 status signals, as in OPC 10000-100. */
export const namurSchema = z.enum(['NORMAL', 'FAILURE', 'CHECK_FUNCTION', 'OFF_SPEC', 'MAINTENANCE_REQUIRED']);
export type Namur = z.infer<typeof namurSchema>;

/** One feature that moved: its value beside the machine's own normal. */
export const contributionSchema = z.object({
  feature: z.string(),
  value: quantitySchema,
  normal: quantitySchema,
});
export type Contribution = z.infer<typeof contributionSchema>;

/** The alert limit: so many times the configured one, which is its floor, or what the false-alarm budget asks for. */
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
    /** By the edge's clock: since when nothing that could be used arrived; absent where that is not the reason. */
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

/** Time until the health index reaches its end-of-life limit, with a 90 % interval; or why it cannot be said. */
export const remainingLifeSchema = z.discriminatedUnion('assessment', [
  z.object({
    assessment: z.literal('assessed'),
    medianS: amountSchema,
    lowS: amountSchema,
    /** Absent: the interval has no upper end. */
    highS: amountSchema.optional(),
    /** Of an exponential trend: the health index that it reaches then. */
    toIndex: quantitySchema.optional(),
    method: z.string(),
  }),
  z.object({ assessment: z.literal('not_assessable'), reason: z.string(), remedy: z.string() }),
]);
export type RemainingLife = z.infer<typeof remainingLifeSchema>;

/** What the machine's model of its process values says of the newest row; `model` is its name and release. */
export const processHealthSchema = z.discriminatedUnion('assessment', [
  z.object({
    assessment: z.literal('assessed'),
    model: z.string(),
    /** 1 is the limit. */
    index: quantitySchema,
    /** The channels that moved it, the one that moved it most first. */
    channels: z.array(z.string()),
    /** Members of the machine's own panel whose limit the row exceeds, and how many times. */
    by: z.array(z.object({ member: z.string(), channel: z.string(), ratio: quantitySchema })).optional(),
  }),
  z.object({ assessment: z.literal('not_assessable'), model: z.string(), reason: z.string(), remedy: z.string() }),
]);
export type ProcessHealth = z.infer<typeof processHealthSchema>;

export const healthMessageSchema = envelopeSchema.extend({
  asset: nameSchema,
  kind: z.string(),
  /** What people call the machine, where that is configured. */
  displayName: displayNameSchema.optional(),
  /** What people call its points, of those that have another name than their id. */
  pointNames: z.record(nameSchema, displayNameSchema).optional(),
  area: displayNameSchema.optional(),
  line: displayNameSchema.optional(),
  status: namurSchema,
  /** The largest index of the machine's points; absent while none is assessable. */
  index: quantitySchema.optional(),
  points: z.array(pointHealthSchema),
  iso: isoVerdictSchema.optional(),
  remainingLife: remainingLifeSchema,
  /** Until the index reaches the alert limit; absent of messages written before it was given. */
  timeToLimit: remainingLifeSchema.optional(),
  /** The coupled machine that its vibration comes from, which has the alert; absent where there is none. */
  transmittedFrom: nameSchema.optional(),
  /** How it is run: absent where nothing tells it, or it is run in one way only. Counted from 0, of so many. */
  operatingState: z
    .object({ kind: z.enum(['known', 'stopped', 'between']), state: z.int().optional(), of: z.int() })
    .optional(),
  /** Absent: the machine has no model of its process values. */
  process: processHealthSchema.optional(),
});
export type HealthMessage = z.infer<typeof healthMessageSchema>;
