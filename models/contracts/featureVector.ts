import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeMsSchema, timeUsSchema } from './numbers.ts';
import { unitSchema } from './units.ts';

/** An amplitude spectrum reduced for display: `amplitude[i]` is the largest peak amplitude between `i` and `i+1` steps. */
export const spectrumSchema = z.object({
  timeMs: timeMsSchema,
  unit: unitSchema,
  stepHz: z.number().positive().max(1e9),
  amplitude: z.array(quantitySchema).max(2048),
});
export type Spectrum = z.infer<typeof spectrumSchema>;

/**
 * Features of one or more windows of one point, a row a window: `values[row][column]` is the feature `names[column]` of
 * the window that began at `startUs[row]`. Names carry their unit.
 */
export const featureMessageSchema = envelopeSchema
  .extend({
    asset: nameSchema,
    point: nameSchema,
    unit: unitSchema,
    windowUs: z.number().positive().max(1e15),
    names: z.array(z.string().min(1).max(64)).min(1).max(256),
    startUs: z.array(timeUsSchema).min(1).max(4096),
    values: z.array(z.array(quantitySchema)).min(1).max(4096),
    /** Rows that a device stored and sent later: they are not judged. */
    historical: z.boolean().optional(),
    /** The newest spectrum of the point, sent occasionally. */
    spectrum: spectrumSchema.optional(),
  })
  .refine((m) => m.values.length === m.startUs.length && m.values.every((row) => row.length === m.names.length), {
    message: 'values must have a row for each start and a column for each name',
  });
export type FeatureMessage = z.infer<typeof featureMessageSchema>;
