import { z } from 'zod';

const sumSchema = z.object({ avoided: z.int(), late: z.int(), inspections: z.int(), amount: z.number() });

/** What alerts were worth, in the currency that is configured. */
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
  /** Alerts with a finding that really were raised in that time. */
  findings: z.object({ confirmed: z.int(), false_alarm: z.int(), nothing_found: z.int() }),
  trials: z.array(limitTrialSchema),
  /** The limit of least cost, and how long it has to last; null: all cost the same. */
  best: z.number().nullable(),
  bestPersistMinutes: z.number().nullable(),
  /** The trial that foretells most failures within the budget that was asked for; null: none is within it, or none was asked for. */
  inBudget: limitTrialSchema.nullable(),
  /** Whose index the history is: a model's, or the one that machines reported. */
  model: z.string().nullable(),
});
export type Backtest = z.infer<typeof backtestSchema>;
