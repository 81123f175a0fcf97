import { z } from 'zod';
import { packageIdSchema } from './modelPieces.ts';
import { nameSchema } from './names.ts';

export const targetSchema = z.strictObject({ site: nameSchema, edge: nameSchema, asset: nameSchema });
export type Target = z.infer<typeof targetSchema>;

/**
 * A model on its way to machines: beside the old one everywhere (`shadow`), judging on some (`canary`), on all
 * (`everywhere`), at its goal (`done`); or on its way back (`rolling_back`), and gone (`rolled_back`).
 */
export const rolloutSchema = z.object({
  id: z.int(),
  model: packageIdSchema,
  by: z.string(),
  /** Rows that it has to judge in each stage on each machine before the next one begins. */
  rows: z.int().min(1),
  /** How many of the targets, the first, are canaries. */
  canaries: z.int().min(1),
  targets: z
    .array(
      targetSchema.extend({
        /** The last order, and when it was sent; its answer is the edge's last command. */
        order: z.object({ id: z.string(), what: z.string(), sentMs: z.number() }).optional(),
        /** When the edge that was told began; another one has not heard it. */
        startedMs: z.number().optional(),
        /** When the machine last took a model back before it was told anything; null: never. */
        undoneMs: z.number().nullable().optional(),
        /** What the edge answered to it. */
        said: z.string().optional(),
      }),
    )
    .min(1),
  stage: z.enum(['shadow', 'canary', 'everywhere', 'done', 'rolling_back', 'rolled_back']),
  startedMs: z.number(),
  stageMs: z.number(),
  /** Why it goes back. */
  why: z.string().optional(),
});
export type Rollout = z.infer<typeof rolloutSchema>;
