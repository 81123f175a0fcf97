import { z } from 'zod';

/** What became of a table that a planner gave. */
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
  /** Counts of the shelf older than the one that is known. */
  older: z.int(),
  /** What was repaired or left out on the way, a sentence each. */
  notes: z.array(z.string()),
});
export type ImportReport = z.infer<typeof importReportSchema>;
