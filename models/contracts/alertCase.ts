import { z } from 'zod';
import { severitySchema } from './alert.ts';

/** Alerts of one cause: symptoms of one machine, or machines of a site that one event hit. */
export const alertCaseSchema = z.object({
  /** The id of its first alert. */
  id: z.string(),
  site: z.string(),
  kind: z.enum(['machine', 'event']),
  openedAtMs: z.number(),
  /** The highest of its alerts. */
  severity: severitySchema,
  text: z.string(),
  alerts: z.int(),
  activeAlerts: z.int(),
  machineCount: z.int(),
  /** Of an event of very many the first ones. */
  machines: z.array(z.object({ edge: z.string(), asset: z.string() })),
});
export type AlertCase = z.infer<typeof alertCaseSchema>;
