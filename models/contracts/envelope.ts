import { z } from 'zod';
import { nameSchema } from './names.ts';
import { timeMsSchema } from './numbers.ts';

/** Version of all that travels under `millwright/v1/`. A receiver refuses any other. */
export const SCHEMA_VERSION = 1;

export const timeQualitySchema = z.enum(['source', 'corrected', 'received']);
/** `source`: the device stamped it. `corrected`: it did, by a clock that is wrong, and the edge added what that lacks. `received`: the edge's clock did, when it arrived. */
export type TimeQuality = z.infer<typeof timeQualitySchema>;

/**
 * What every message bears. `(edge, outbox, sequence)` names it once and for all: a receiver drops what it has seen.
 * `outbox` changes when an edge begins a new outbox, and its sequence starts at 1 again.
 */
export const envelopeSchema = z.looseObject({
  v: z.literal(SCHEMA_VERSION),
  site: nameSchema,
  edge: nameSchema,
  outbox: z.string().min(1).max(64),
  sequence: z.int().min(1),
  /** The lowest sequence that the edge still held: what is below was acknowledged, or thrown away by a full outbox. */
  oldest: z.int().min(1),
  /** Event time, milliseconds since 1970 UTC. */
  timeMs: timeMsSchema,
  timeQuality: timeQualitySchema,
});
export type Envelope = z.infer<typeof envelopeSchema>;
