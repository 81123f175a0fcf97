import { z } from 'zod';

/** Outcome of a planner's table import. */
export const importReportSchema = z.object({
  atMs: z.number(),
  by: z.string(),
  /** A file, a topic, `rest`. */
  source: z.string(),
  table: z.string(),
  rows: z.int(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  /** Stock counts older than the stored one. */
  older: z.int(),
  /** What was repaired or left out, one sentence each. */
  notes: z.array(z.string()),
});
export type ImportReport = z.infer<typeof importReportSchema>;
