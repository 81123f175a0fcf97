import { z } from 'zod';
import { commandOutcomeSchema } from './command.ts';
import { SCHEMA_VERSION } from './envelope.ts';
import { machineModelsSchema } from './models.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeMsSchema } from './numbers.ts';

/** Retained; the broker publishes `online: false` as the edge's last will. */
export const statusMessageSchema = z.looseObject({
  v: z.literal(SCHEMA_VERSION),
  site: nameSchema,
  edge: nameSchema,
  online: z.boolean(),
  timeMs: timeMsSchema,
  version: z.string(),
  /** Start of this process, by its own clock: orders to an earlier process are no longer answered. */
  startedMs: timeMsSchema.optional(),
  /** How far the gateway's clock is behind the edge's, in seconds; absent until it is known. */
  gatewayClockOffsetS: quantitySchema.optional(),
  lastCommand: commandOutcomeSchema.optional(),
  /** For each machine that has, or had, a model. */
  models: z.array(machineModelsSchema).optional(),
});
export type StatusMessage = z.infer<typeof statusMessageSchema>;

/** `cmd/ack`, down to an edge: these sequences are durable at the gateway and may leave the outbox. */
export const acknowledgeSchema = z.looseObject({
  v: z.literal(SCHEMA_VERSION),
  outbox: z.string(),
  /** The gateway's clock. */
  timeMs: z.number().optional(),
  /** Inclusive ranges. */
  ranges: z.array(z.tuple([z.int().min(1), z.int().min(1)])).min(1),
});
export type Acknowledge = z.infer<typeof acknowledgeSchema>;
