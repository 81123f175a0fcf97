import { z } from 'zod';

/** An entry of the audit trail. Its hash covers the entry before it. */
export const auditEntrySchema = z.object({
  /** From 1, without gaps. */
  sequence: z.int().min(1),
  atMs: z.number(),
  who: z.string(),
  what: z.string(),
  subject: z.string(),
  detail: z.string().nullable(),
  /** SHA-256, hexadecimal, of the hash before and of the other fields. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
