import { z } from 'zod';
import { nameSchema } from './names.ts';

/** A code as the gateway generates it: `mwe_` and 256 bits in base64url. */
export const enrolmentCodeSchema = z.string().regex(/^mwe_[A-Za-z0-9_-]{43}$/, 'an enrolment code, mwe_…');

/** What an edge receives for its one-time code. */
export const enrolledSchema = z.object({
  site: nameSchema,
  edge: nameSchema,
  brokerUrl: z.string(),
  username: z.string(),
  password: z.string(),
  /** Certificate of the authority that signed the broker's certificate (PEM); null: one that Node.js trusts. */
  certificateAuthority: z.string().nullable(),
  /** The gateway's public key for commands (PEM); null: this gateway sends none. */
  commandKey: z.string().nullable(),
});
export type Enrolled = z.infer<typeof enrolledSchema>;

/** An edge that has enrolled, or has an open code. */
export const enrolmentSchema = z.object({
  site: nameSchema,
  edge: nameSchema,
  username: z.string(),
  receives: z.array(z.string()),
  /** Null: it has not enrolled yet. */
  enrolledMs: z.number().nullable(),
  /** End of validity of its open code; null: it has none. */
  codeExpiresMs: z.number().nullable(),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;
