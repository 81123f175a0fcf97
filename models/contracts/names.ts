import { z } from 'zod';

/** A name that is safe in a topic, a file name, a tag and an address: letters, digits, `-`, `_` and `.`. */
export const nameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, ".", "_" and "-", beginning with a letter or a digit');

/** Whether a text from the wire may be used as the name of an asset or a point. */
export function isName(text: string): boolean {
  return nameSchema.safeParse(text).success;
}
