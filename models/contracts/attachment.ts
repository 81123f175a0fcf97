import { z } from 'zod';
import { displayNameSchema } from './names.ts';

/** Accepted media types: photographs, reports, notes. */
export const attachmentTypes = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'text/plain'] as const;
export const attachmentTypeSchema = z.enum(attachmentTypes);
export type AttachmentType = z.infer<typeof attachmentTypeSchema>;

/** A file that someone added to an alert: evidence from the machine. */
export const attachmentSchema = z.object({
  id: z.int(),
  alert: z.string(),
  name: displayNameSchema,
  type: attachmentTypeSchema,
  bytes: z.int(),
  sha256: z.string(),
  by: z.string(),
  atMs: z.number(),
});
export type Attachment = z.infer<typeof attachmentSchema>;
