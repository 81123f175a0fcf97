import { z } from 'zod';
import { alarmSchema } from './alert.ts';
import { orderDecisionSchema, overrideRecordSchema } from './planDecision.ts';

export const machineShareSchema = z.object({
  machine: z.string(),
  /** Where its chance comes from: planned work, an alert, silence of a watched machine, or the life of such parts. */
  stream: z.enum(['planned', 'alarmed', 'quiet', 'unwatched']),
  /** That it takes the part within the protection interval. */
  chance: z.number(),
  /** Units that it is expected to take. */
  expected: z.number(),
});

/** Units that one site sends to another. */
const transferSchema = z.object({ site: z.string(), quantity: z.number() });

/** An item at a site: what it will need, and what to order. Times in days, demand in units of the item. */
export const planItemSchema = z.object({
  item: z.string(),
  site: z.string(),
  name: z.string().nullable(),
  family: z.string().nullable(),
  /** In which the item is counted, as its table says; absent: the table does not say, or the plan is of an older version. */
  unit: z.string().optional(),
  supplier: z.string().nullable(),
  /** In the money of the tables, 1 where they name none; absent: the plan is of an older version, as of the next four. */
  unitCost: z.number().optional(),
  /** ABC by the value of a year's demand, XYZ by its variation: `AX`. */
  segment: z.string().optional(),
  class: z.string(),
  method: z.string(),
  why: z.string(),
  flags: z.array(z.string()),
  stock: z.number(),
  onOrder: z.number(),
  leadTimeDays: z.number(),
  leadTimeFrom: z.enum(['item', 'supplier', 'orders', 'assumed']),
  /** Days of delivery and review, that the stock has to last. */
  protectionDays: z.number(),
  /** Within the protection interval: by machines, by everything else. */
  expectedDemand: z.number(),
  expectedByMachines: z.number(),
  /** The larger of what the last year brought and what is forecast of the next; absent: an older version's plan. */
  demandAYear: z.number().optional(),
  service: z.object({ kind: z.enum(['cycle', 'fill', 'cost']), level: z.number().nullable() }),
  reorderPoint: z.number(),
  orderUpTo: z.number(),
  safetyStock: z.number(),
  orderNow: z.number(),
  /** What the policy calls for: other than `orderNow` where a planner decided. */
  proposedOrder: z.number().optional(),
  /** What other sites send before anything is purchased, and what this one sends them; absent: nothing. */
  transfersIn: z.array(transferSchema).optional(),
  transfersOut: z.array(transferSchema).optional(),
  /** Chance that stock, open orders and the order of now do not last until the order after it could come. */
  runOutAfterOrder: z.number().optional(),
  /** What a planner decided about the order; absent: nothing. */
  decision: orderDecisionSchema.optional(),
  /** What planners decided about transfers to this site; absent: nothing. */
  transferDecisions: z.array(orderDecisionSchema).optional(),
  /** Orders that are open. */
  openOrders: z
    .array(z.object({ order: z.string(), quantity: z.number(), promised: z.string().nullable() }))
    .optional(),
  /** Why so many, in words; absent where none are to be ordered or transferred. */
  whyOrder: z.string().optional(),
  orderCost: z.number(),
  /** Of its sums; absent: not configured. */
  currency: z.string().optional(),
  /** The budget does not reach for it, or the order waits to come to what its supplier asks for. */
  deferred: z.boolean(),
  /** What a deferred order waits for; absent: money. */
  waitsFor: z.literal('supplier_minimum').optional(),
  /** Chance that what is there and comes in time does not last until an order of today would come. */
  runOutProbability: z.number(),
  /** The first day by which expected demand has used up what is there and comes; null: not within a year. */
  runOutDate: z.string().nullable(),
  expectedFill: z.number(),
  costOfWaiting: z.number(),
  /** Those that make the demand, the largest first; of many the first twenty. */
  machines: z.array(machineShareSchema),
});
export type PlanItem = z.infer<typeof planItemSchema>;

/** History and fan of one item, in columns for a chart. Dates are the first days of periods. */
export const planSeriesSchema = z.object({
  item: z.string(),
  site: z.string(),
  history: z.object({
    date: z.array(z.string()),
    quantity: z.array(z.number()),
    byMachines: z.array(z.number()),
    /** What had been told of the period before it began, where it was: mean, 5 % and 95 %. */
    told: z.array(z.number().nullable()),
    toldLow: z.array(z.number().nullable()),
    toldHigh: z.array(z.number().nullable()),
  }),
  forecast: z.object({
    date: z.array(z.string()),
    mean: z.array(z.number()),
    byMachines: z.array(z.number()),
    /** By level. */
    quantiles: z.record(z.string(), z.array(z.number())),
  }),
  outliers: z.array(z.object({ date: z.string(), quantity: z.number(), usual: z.number() })),
  unitChange: z.object({ date: z.string(), factor: z.number() }).nullable(),
});
export type PlanSeries = z.infer<typeof planSeriesSchema>;

export const measuresSchema = z.object({
  n: z.number(),
  bias: z.number(),
  wape: z.number(),
  mase: z.number().nullable(),
  pinball: z.number(),
  coverage: z.record(z.string(), z.number()),
  valueAdded: z.number(),
});

export const levelSchema = z.object({
  id: z.string(),
  level: z.enum(['total', 'site', 'family']),
  date: z.array(z.string()),
  mean: z.array(z.number()),
});

export const supplierScoreSchema = z.object({
  supplier: z.string(),
  name: z.string().nullable(),
  orders: z.int(),
  received: z.int(),
  open: z.int(),
  overdue: z.int(),
  cancelled: z.int(),
  onTime: z.number().nullable(),
  medianDays: z.number().nullable(),
  p90Days: z.number().nullable(),
  promiseRatio: z.number().nullable(),
  quantityRate: z.number().nullable(),
  delayTrendDaysAYear: z.number().nullable(),
  risk: z.number(),
});

export const planSummarySchema = z.object({
  atMs: z.number(),
  today: z.string(),
  period: z.enum(['day', 'week', 'month']),
  items: z.int(),
  toOrder: z.int(),
  /** Transfers between sites that are proposed; absent: an older version's plan. */
  toTransfer: z.int().optional(),
  orderCost: z.number(),
  /** Of all sums of the plan; absent: not configured. */
  currency: z.string().optional(),
  seconds: z.number(),
  /** Why it was made: `schedule`, `health`, `import`, `asked`. */
  reason: z.string(),
  /** What was done to the records, a sentence each. */
  cleaning: z.array(z.string()),
  /** Methods that took the place of ones that had turned bad. */
  replaced: z.array(
    z.object({ item: z.string(), site: z.string(), method: z.string(), since: z.string(), why: z.string() }),
  ),
  reconciliation: z.enum(['bottom_up', 'mint']).nullable(),
  /** On the newest periods, held back. */
  backtest: z.array(
    z.object({ class: z.string(), items: z.int(), of: z.enum(['period', 'lead_time']), measures: measuresSchema }),
  ),
  /** Of forecasts that were told before their periods came. */
  tracked: z.array(z.object({ date: z.string(), class: z.string(), measures: measuresSchema })),
  /** Whether planners' overrides of forecasts helped; absent: no overridden period has ended. */
  overrides: overrideRecordSchema.optional(),
});
export type PlanSummary = z.infer<typeof planSummarySchema>;

/** An alert for planners: what will run out before an order of today could come. */
export const planAlertSchema = alarmSchema.extend({ item: z.string(), site: z.string() });
export type PlanAlert = z.infer<typeof planAlertSchema>;
