import { z } from 'zod';
import { SCHEMA_VERSION } from './envelope.ts';
import { nameSchema } from './names.ts';

/** Characters of a package in one message. */
export const PIECE_CHARACTERS = 128 * 1024;

/** SHA-256 of a package's manifest, hex. */
export const packageIdSchema = z.string().regex(/^[0-9a-f]{64}$/, 'a package is called by the SHA-256 of its manifest');

/** `want`, up from an edge: a piece, counted from 0, of a package that it was ordered to fetch. */
export const wantSchema = z.object({
  v: z.literal(SCHEMA_VERSION),
  site: nameSchema,
  edge: nameSchema,
  id: packageIdSchema,
  piece: z.int().min(0).max(1000),
});
export type Want = z.infer<typeof wantSchema>;

/** `cmd/piece`, down to an edge; without `text` the gateway has no such package, or has not approved it. */
export const pieceSchema = z.object({
  v: z.literal(SCHEMA_VERSION),
  id: packageIdSchema,
  piece: z.int().min(0),
  of: z.int().min(0).max(1000),
  text: z.string().max(PIECE_CHARACTERS).nullable(),
});
export type Piece = z.infer<typeof pieceSchema>;
