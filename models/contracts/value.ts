import { z } from 'zod';

const sumSchema = z.object({ avoided: z.int(), late: z.int(), inspections: z.int(), amount: z.number() });

/** Value of the alerts, in the configured currency. */
export const valueSchema = z.object({
  currency: z.string(),
  total: sumSchema,
  months: z.array(sumSchema.extend({ month: z.string() })),
  machines: z.array(sumSchema.extend({ machine: z.string() })),
  rules: z.array(sumSchema.extend({ rule: z.string() })),
  /** The newest first, at most 1,000. */
  entries: z.array(
    z.object({
      atMs: z.number(),
      machine: z.string(),
      rule: z.string(),
      kind: z.enum(['avoided', 'late', 'inspection']),
      alerts: z.array(z.string()),
      amount: z.number(),
    }),
  ),
});
export type Value = z.infer<typeof valueSchema>;

export const limitTrialSchema = z.object({
  limit: z.number(),
  persistMinutes: z.number(),
  raised: z.int(),
  falseAlerts: z.int(),
  falsePerMachineMonth: z.number().nullable(),
  foretold: z.int(),
  missed: z.int(),
  leadTimeH: z.number().nullable(),
  cost: z.number(),
});

/** What alert rules would have done over stored history. */
export const backtestSchema = z.object({
  currency: z.string(),
  machines: z.int(),
  failures: z.int(),
  /** Alerts of that time with a finding. */
  findings: z.object({ confirmed: z.int(), false_alarm: z.int(), nothing_found: z.int() }),
  trials: z.array(limitTrialSchema),
  /** The limit of least cost, and its persistence; null: all cost the same. */
  best: z.number().nullable(),
  bestPersistMinutes: z.number().nullable(),
  /** The trial that predicts most failures within the requested budget; null: none is within it, or no budget was requested. */
  inBudget: limitTrialSchema.nullable(),
  /** Source of the index: a model, or null for the index reported by machines. */
  model: z.string().nullable(),
});
export type Backtest = z.infer<typeof backtestSchema>;
