import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema } from './numbers.ts';

/** Why something that arrived was not used. Each is a label of a metric and a line in the ledger. */
export const rejectionSchema = z.enum([
  'too_large',
  'bad_topic',
  'too_many_points',
  'bad_json',
  'too_deep',
  'missing_value',
  'wrong_type',
  'not_finite',
  'out_of_range',
  'truncated',
  'empty',
  'bad_header',
  'bad_rate',
  'time_too_old',
  'time_in_future',
  'retained',
  'bad_quality',
  'bad_payload',
  'unsupported_type',
  'unknown_metric',
  'impossible_value',
  'unit_mismatch',
  'wrong_byte_order',
  'several_points',
  'missing_chunk',
  'bad_chunk',
  'bad_checksum',
]);
export type Rejection = z.infer<typeof rejectionSchema>;

/**
 * What was wrong with data that were taken: `gap` messages missing before one, `silent` times that a point of known rhythm
 * was heard of no more, `overflow` values that a server's queue lost;
 * windows or intervals that were not judged and from which nothing was learned: `clipped`, `stuck`, `spikes`.
 */
export const flawSchema = z.enum(['gap', 'silent', 'overflow', 'overlap', 'clipped', 'stuck', 'spikes']);
export type Flaw = z.infer<typeof flawSchema>;

const countSchema = z.int().min(0);

/** Messages of one point since its edge began: `received = delivered + late + duplicate + held + Σ rejected`. */
export const pointLedgerSchema = z.object({
  asset: nameSchema,
  point: nameSchema,
  received: countSchema,
  delivered: countSchema,
  /** Of those delivered: stored by the device or its server, and sent later. */
  historical: countSchema.optional(),
  late: countSchema,
  duplicate: countSchema,
  held: countSchema,
  rejected: z.partialRecord(rejectionSchema, countSchema),
  /** Feature rows made of what was delivered. */
  windows: countSchema,
  flaws: z.partialRecord(flawSchema, countSchema).optional(),
});
export type PointLedger = z.infer<typeof pointLedgerSchema>;

/** A machine's clock by the stamps of its messages and their arrivals. */
export const clockSchema = z.object({
  asset: nameSchema,
  /** Seconds that it is behind; negative: ahead. */
  offsetS: quantitySchema,
  /** Millionths that it is slower; null until half an hour was heard. */
  driftPpm: quantitySchema.nullable(),
  /** Times that it was set. */
  jumps: countSchema,
  /** Its stamps are corrected by the offset. */
  corrected: z.boolean().optional(),
});
export type Clock = z.infer<typeof clockSchema>;

/** A source of an edge, and how long it had no connection since the edge began; what was measured meanwhile never came. */
export const sourceOutagesSchema = z.object({
  /** Its place in the configuration, from 0. */
  source: countSchema,
  type: z.string(),
  connected: z.boolean(),
  outages: countSchema,
  downS: z.number().min(0),
});
export type SourceOutages = z.infer<typeof sourceOutagesSchema>;

/** Messages of one subscription since its source began, whether or not they could be given to a point. */
export const subscriptionLedgerSchema = z.object({
  /** Place of its source in the configuration, from 0. */
  source: countSchema,
  /** Its topic, as configured. */
  subscription: z.string(),
  messages: countSchema,
  /** Values and waveforms that were taken of them. */
  values: countSchema,
  /** Messages of which nothing was asked for. */
  ignored: countSchema,
  /** Messages that are a part of a waveform. */
  chunks: countSchema,
  rejected: z.partialRecord(rejectionSchema, countSchema),
  lastRefusal: z
    .object({
      reason: rejectionSchema,
      detail: z.string().optional(),
      topic: z.string(),
      remedy: z.string().optional(),
    })
    .optional(),
});
export type SubscriptionLedger = z.infer<typeof subscriptionLedgerSchema>;

export const ledgerMessageSchema = envelopeSchema.extend({
  points: z.array(pointLedgerSchema),
  /** Messages that could not be given to a point. */
  unmapped: z.partialRecord(rejectionSchema, countSchema),
  /** Of the machines that were heard since the last ledger and that stamp what they send. */
  clocks: z.array(clockSchema).optional(),
  sources: z.array(sourceOutagesSchema).optional(),
  subscriptions: z.array(subscriptionLedgerSchema).optional(),
});
export type LedgerMessage = z.infer<typeof ledgerMessageSchema>;

/** Messages that a point's ledger cannot account for: 0 where it closes. */
export function unexplained(point: PointLedger): number {
  const rejected = Object.values(point.rejected).reduce((sum, n) => sum + n, 0);
  return point.received - point.delivered - point.late - point.duplicate - point.held - rejected;
}
