import { z } from 'zod';
import { nameSchema } from './names.ts';

/** A model of a machine, and its statistics since installation. */
export const modelRunSchema = z.object({
  /** The hash of its package. */
  id: z.string(),
  name: z.string(),
  release: z.string(),
  rows: z.int(),
  /** Rows beyond its limit: unlike the training data. */
  over: z.int(),
  /** Rows on which it failed. */
  failures: z.int(),
  msPerRow: z.number(),
  /** Its runtime. */
  runtime: z.string().optional(),
  /** For a machine's own model: the other members of the panel, and in how many channels each takes part. */
  members: z.array(z.object({ member: z.string(), channels: z.int() })).optional(),
});
export type ModelRun = z.infer<typeof modelRunSchema>;

/**
 * A channel whose distribution differs from the training: population stability index, and the probability of it by
 * chance.
 */
export const fitSchema = z.object({
  rows: z.int(),
  drifted: z.array(z.object({ channel: z.string(), psi: z.number(), p: z.number() })),
  indexPsi: z.number(),
  advice: z.string().nullable(),
});

/** The models of one machine; part of an edge's status. */
export const machineModelsSchema = z.object({
  asset: nameSchema,
  /** The active model. */
  active: modelRunSchema.nullable(),
  /** Runs in the shadow of the active model; its verdicts are not used. */
  candidate: modelRunSchema.nullable(),
  /** The previous model, while the active one is on probation. */
  previous: modelRunSchema.nullable(),
  /** The last model that was rolled back, automatically or by command, and why. */
  undone: z.object({ id: z.string(), why: z.string(), timeMs: z.number() }).nullable(),
  /** Whether the active model still fits; absent: too few rows so far. */
  fit: fitSchema.optional(),
});
export type MachineModels = z.infer<typeof machineModelsSchema>;
