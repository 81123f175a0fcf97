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
  /** SHA-256, hexadecimal, of the previous hash and the other fields. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditHeadSchema = z.object({ sequence: z.int(), hash: z.string() });

/** A page of the audit log. */
export const auditPageSchema = z.object({
  /** The last entry written. */
  head: auditHeadSchema,
  entries: z.array(auditEntrySchema),
  /** Newest first: `before` of the next page, even if this one is empty; null: last page. */
  next: z.int().nullable().optional(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** The outcome of a check of the entire log. */
export const auditVerificationSchema = z.object({
  entries: z.int(),
  head: auditHeadSchema,
  faultCount: z.int(),
  /** At most the first hundred. */
  faults: z.array(z.string()),
  atMs: z.number(),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
