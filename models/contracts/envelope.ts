import { z } from 'zod';
import { nameSchema } from './names.ts';
import { timeMsSchema } from './numbers.ts';

/** Version of all messages under `millwright/v1/`. Receivers refuse any other. */
export const SCHEMA_VERSION = 1;

export const timeQualitySchema = z.enum(['source', 'corrected', 'received']);
/** `source`: the device's time stamp. `corrected`: the device's time stamp, corrected by the edge for the error of its clock. `received`: the edge's time of arrival. */
export type TimeQuality = z.infer<typeof timeQualitySchema>;

/**
 * Common fields of all messages. `(edge, outbox, sequence)` identifies a message: receivers drop duplicates. `outbox`
 * changes when an edge starts a new outbox, whose sequence starts at 1 again.
 */
export const envelopeSchema = z.looseObject({
  v: z.literal(SCHEMA_VERSION),
  site: nameSchema,
  edge: nameSchema,
  outbox: z.string().min(1).max(64),
  sequence: z.int().min(1),
  /** The lowest sequence still in the outbox: lower ones were acknowledged, or discarded by a full outbox. */
  oldest: z.int().min(1),
  /** Event time, milliseconds since 1970 UTC. */
  timeMs: timeMsSchema,
  timeQuality: timeQualitySchema,
});
export type Envelope = z.infer<typeof envelopeSchema>;
