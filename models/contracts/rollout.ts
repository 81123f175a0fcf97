import { z } from 'zod';
import { packageIdSchema } from './modelPieces.ts';
import { nameSchema } from './names.ts';

export const targetSchema = z.strictObject({ site: nameSchema, edge: nameSchema, asset: nameSchema });
export type Target = z.infer<typeof targetSchema>;

/**
 * A model on its way to machines: beside the old one everywhere (`shadow`), active on some (`canary`), on all
 * (`everywhere`), complete (`done`); or being rolled back (`rolling_back`), and removed (`rolled_back`).
 */
export const rolloutSchema = z.object({
  id: z.int(),
  model: packageIdSchema,
  by: z.string(),
  /** Rows that it has to judge in each stage on each machine before the next stage begins. */
  rows: z.int().min(1),
  /** Number of canaries, the first of the targets. */
  canaries: z.int().min(1),
  targets: z
    .array(
      targetSchema.extend({
        /** The last order, and when it was sent; the answer is the edge's last command. */
        order: z.object({ id: z.string(), what: z.string(), sentMs: z.number() }).optional(),
        /** Start of the edge process that the order was sent to; a later process has not received it. */
        startedMs: z.number().optional(),
        /** When the machine last rolled a model back before any order was sent; null: never. */
        undoneMs: z.number().nullable().optional(),
        /** The edge's answer to it. */
        said: z.string().optional(),
      }),
    )
    .min(1),
  stage: z.enum(['shadow', 'canary', 'everywhere', 'done', 'rolling_back', 'rolled_back']),
  startedMs: z.number(),
  stageMs: z.number(),
  /** Why it is rolled back. */
  why: z.string().optional(),
});
export type Rollout = z.infer<typeof rolloutSchema>;
