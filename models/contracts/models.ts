import { z } from 'zod';
import { nameSchema } from './names.ts';

/** A model of a machine, and its statistics since it was installed. */
export const modelRunSchema = z.object({
  /** The hash of its package. */
  id: z.string(),
  name: z.string(),
  release: z.string(),
  rows: z.int(),
  /** Rows that it called unlike its training. */
  over: z.int(),
  /** Rows on which it failed. */
  failures: z.int(),
  msPerRow: z.number(),
  /** What runs it. */
  runtime: z.string().optional(),
  /** Of a machine's own model: the members of the panel beside it, and in how many channels each takes part. */
  members: z.array(z.object({ member: z.string(), channels: z.int() })).optional(),
});
export type ModelRun = z.infer<typeof modelRunSchema>;

/** A channel that is no longer as in the training: population stability index, and chance of it if it were. */
export const fitSchema = z.object({
  rows: z.int(),
  drifted: z.array(z.object({ channel: z.string(), psi: z.number(), p: z.number() })),
  indexPsi: z.number(),
  advice: z.string().nullable(),
});

/** The models of one machine; part of an edge's status. */
export const machineModelsSchema = z.object({
  asset: nameSchema,
  /** It judges. */
  active: modelRunSchema.nullable(),
  /** It runs in the shadow of the active model; its verdicts are not used. */
  candidate: modelRunSchema.nullable(),
  /** The one before, while the active one is watched. */
  previous: modelRunSchema.nullable(),
  /** The last one that was taken back, by itself or by command, and why. */
  undone: z.object({ id: z.string(), why: z.string(), timeMs: z.number() }).nullable(),
  /** Whether the active one still fits; absent while too few rows came. */
  fit: fitSchema.optional(),
});
export type MachineModels = z.infer<typeof machineModelsSchema>;
