import { z } from 'zod';
import { SCHEMA_VERSION } from './envelope.ts';
import { packageIdSchema } from './modelPieces.ts';
import { nameSchema } from './names.ts';

const aimed = { asset: nameSchema, point: nameSchema };

/** Length of a signed text. */
const MAX_CHARACTERS = 20_000;

/**
 * Orders to an edge: `reload` its configuration, `relearn` a point's baseline, send `evidence` of a point, fetch and
 * try a `model` of a machine's process values and run it in the `shadow` of the active one or as the active one
 * (`live`); or take a model back (`rollback`).
 */
export const orderSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('reload') }),
  z.strictObject({ what: z.literal('relearn'), ...aimed }),
  z.strictObject({ what: z.literal('evidence'), ...aimed }),
  z.strictObject({
    what: z.literal('model'),
    asset: nameSchema,
    /** The hash of its package. */
    id: packageIdSchema,
    stage: z.enum(['shadow', 'live']),
  }),
  z.strictObject({
    what: z.literal('rollback'),
    asset: nameSchema,
    /** Absent: the active model. */
    id: packageIdSchema.optional(),
    why: z.string().max(300).optional(),
  }),
]);
export type Order = z.infer<typeof orderSchema>;

/**
 * The signed content: the order, its recipient, and its time; `issuedMs` rises with each command, so that none takes
 * effect twice.
 */
export const commandSchema = z.object({
  v: z.literal(SCHEMA_VERSION),
  id: z.string().min(1).max(64),
  site: nameSchema,
  edge: nameSchema,
  issuedMs: z.number(),
  order: orderSchema,
});
export type Command = z.infer<typeof commandSchema>;

/** `cmd/do`: the command as text, and the Ed25519 signature of exactly that text in base64. */
export const signedCommandSchema = z.object({ body: z.string().max(MAX_CHARACTERS), signature: z.string().max(200) });

/** Outcome of the edge's last command; part of its status. */
export const commandOutcomeSchema = z.object({
  id: z.string(),
  what: z.string(),
  outcome: z.enum(['done', 'refused']),
  detail: z.string().max(2000),
  timeMs: z.number(),
});
export type CommandOutcome = z.infer<typeof commandOutcomeSchema>;
