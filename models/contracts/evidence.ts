import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeUsSchema } from './numbers.ts';
import { unitSchema } from './units.ts';

/** The signal behind an alert, or that a command asked for. `timeMs` is its end. */
export const evidenceMessageSchema = envelopeSchema.extend({
  /** Of the alert, or of the command that asked. */
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  unit: unitSchema,
  sampleRateHz: z.number().positive().max(1e9),
  /** Signal without gaps, each piece so; int16 in base64, little-endian, times `scale` in the unit. */
  pieces: z
    .array(z.object({ startUs: timeUsSchema, scale: quantitySchema, samples: z.string() }))
    .min(1)
    .max(1000),
});
export type EvidenceMessage = z.infer<typeof evidenceMessageSchema>;

/** Evidence as a gateway lists it. */
export const evidenceViewSchema = z.object({
  id: z.string(),
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  point: z.string(),
  unit: z.string(),
  sampleRateHz: z.number(),
  timeMs: z.number(),
  /** Length of each piece in seconds. */
  piecesS: z.array(z.number()),
});
export type EvidenceView = z.infer<typeof evidenceViewSchema>;
