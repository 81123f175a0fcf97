import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema } from './numbers.ts';

/** Why received data were not used. Each is a label of a metric and a line in the ledger. */
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
 * Flaws of accepted data: `gap` messages missing before one, `silent` times that a point with a known interval stopped
 * sending, `overflow` values lost by a server's queue; windows or intervals that were neither judged nor learned from:
 * `clipped`, `stuck`, `spikes`.
 */
export const flawSchema = z.enum(['gap', 'silent', 'overflow', 'overlap', 'clipped', 'stuck', 'spikes']);
export type Flaw = z.infer<typeof flawSchema>;

const countSchema = z.int().min(0);

/** Messages of one point since its edge started: `received = delivered + late + duplicate + held + Σ rejected`. */
export const pointLedgerSchema = z.object({
  asset: nameSchema,
  point: nameSchema,
  received: countSchema,
  delivered: countSchema,
  /** Of the delivered ones: stored by the device or its server, and sent later. */
  historical: countSchema.optional(),
  late: countSchema,
  duplicate: countSchema,
  held: countSchema,
  rejected: z.partialRecord(rejectionSchema, countSchema),
  /** Feature rows computed from delivered messages. */
  windows: countSchema,
  flaws: z.partialRecord(flawSchema, countSchema).optional(),
});
export type PointLedger = z.infer<typeof pointLedgerSchema>;

/** A machine's clock, from the time stamps and arrivals of its messages. */
export const clockSchema = z.object({
  asset: nameSchema,
  /** Seconds behind; negative: ahead. */
  offsetS: quantitySchema,
  /** Parts per million slow; null for the first half hour. */
  driftPpm: quantitySchema.nullable(),
  /** Number of times it was set. */
  jumps: countSchema,
  /** Its time stamps are corrected by the offset. */
  corrected: z.boolean().optional(),
});
export type Clock = z.infer<typeof clockSchema>;

/** A source of an edge, and how long it was disconnected since the edge started; measurements of that time are lost. */
export const sourceOutagesSchema = z.object({
  /** Its index in the configuration, from 0. */
  source: countSchema,
  type: z.string(),
  connected: z.boolean(),
  outages: countSchema,
  downS: z.number().min(0),
});
export type SourceOutages = z.infer<typeof sourceOutagesSchema>;

/** Messages of one subscription since its source started, whether or not they belong to a point. */
export const subscriptionLedgerSchema = z.object({
  /** Index of its source in the configuration, from 0. */
  source: countSchema,
  /** Its topic, as configured. */
  subscription: z.string(),
  messages: countSchema,
  /** Values and waveforms read from them. */
  values: countSchema,
  /** Messages without anything configured to read. */
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
  /** Messages that could not be assigned to a point. */
  unmapped: z.partialRecord(rejectionSchema, countSchema),
  /** Of the machines that sent time stamps since the last ledger. */
  clocks: z.array(clockSchema).optional(),
  sources: z.array(sourceOutagesSchema).optional(),
  subscriptions: z.array(subscriptionLedgerSchema).optional(),
});
export type LedgerMessage = z.infer<typeof ledgerMessageSchema>;

/** Messages that a point's ledger cannot account for: 0 if it balances. */
export function unexplained(point: PointLedger): number {
  const rejected = Object.values(point.rejected).reduce((sum, n) => sum + n, 0);
  return point.received - point.delivered - point.late - point.duplicate - point.held - rejected;
}
