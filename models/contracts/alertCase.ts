import { z } from 'zod';
import { severitySchema } from './alert.ts';

/** Alerts with one cause: symptoms of one machine, or machines of a site affected by one event. */
export const alertCaseSchema = z.object({
  /** The id of its first alert. */
  id: z.string(),
  site: z.string(),
  kind: z.enum(['machine', 'event']),
  openedAtMs: z.number(),
  /** The highest severity of its alerts. */
  severity: severitySchema,
  text: z.string(),
  alerts: z.int(),
  activeAlerts: z.int(),
  machineCount: z.int(),
  /** For a very large event, only the first ones. */
  machines: z.array(z.object({ edge: z.string(), asset: z.string() })),
});
export type AlertCase = z.infer<typeof alertCaseSchema>;
