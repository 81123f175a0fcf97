import { z } from 'zod';
import { namePatternSchema, nameSchema } from './names.ts';
import { timeMsSchema } from './numbers.ts';

export const suppressionKindSchema = z.enum(['maintenance', 'machine_off']);

/** A request of a person or a control system: alerts of some machines are stored but not annunciated for a time. */
export const suppressionRequestSchema = z.strictObject({
  by: z.string().trim().min(1).max(100),
  kind: suppressionKindSchema.default('maintenance'),
  site: nameSchema,
  /** Machines of the site; `pump-*` matches every name with that prefix. Absent: all. */
  machines: z.array(namePatternSchema).min(1).max(200).optional(),
  /** Absent: now. */
  fromMs: timeMsSchema.optional(),
  untilMs: timeMsSchema,
  reason: z.string().trim().min(1).max(1000),
});
export type SuppressionRequest = z.infer<typeof suppressionRequestSchema>;

/** Suppression by design of ISA-18.2, for a time. */
export const suppressionSchema = suppressionRequestSchema.extend({
  id: z.string(),
  fromMs: z.number(),
  untilMs: z.number(),
  /** When, and by whom, it was ended early; null: it was not. */
  ended: z.object({ atMs: z.number(), by: z.string() }).nullable(),
});
export type Suppression = z.infer<typeof suppressionSchema>;
