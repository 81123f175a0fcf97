import { z } from 'zod';
import { alarmSchema } from './alert.ts';
import { orderDecisionSchema, overrideRecordSchema } from './planDecision.ts';

export const machineShareSchema = z.object({
  machine: z.string(),
  /** Source of its probability: planned work, an alert, silence of a watched machine, or the life of such parts. */
  stream: z.enum(['planned', 'alarmed', 'quiet', 'unwatched']),
  /** That it uses the part within the protection interval. */
  chance: z.number(),
  /** Units expected to be used. */
  expected: z.number(),
});

/** Units that one site sends to another. */
const transferSchema = z.object({ site: z.string(), quantity: z.number() });

/** An item at a site: its needs and its order. Times in days, demand in units of the item. */
export const planItemSchema = z.object({
  item: z.string(),
  site: z.string(),
  name: z.string().nullable(),
  family: z.string().nullable(),
  /** Unit of the item from its table; absent: not in the table, or a plan of an older version. */
  unit: z.string().optional(),
  supplier: z.string().nullable(),
  /**
   * In the currency of the tables, 1 if they have no cost; absent here and in the next four: a plan of an older
   * version.
   */
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
  /** Days of lead time and review that the stock has to last. */
  protectionDays: z.number(),
  /** Within the protection interval: from machines, and from all other demand. */
  expectedDemand: z.number(),
  expectedByMachines: z.number(),
  /** The larger of last year's demand and next year's forecast; absent: a plan of an older version. */
  demandAYear: z.number().optional(),
  service: z.object({ kind: z.enum(['cycle', 'fill', 'cost']), level: z.number().nullable() }),
  reorderPoint: z.number(),
  orderUpTo: z.number(),
  safetyStock: z.number(),
  orderNow: z.number(),
  /** Order by the policy: differs from `orderNow` where a planner decided. */
  proposedOrder: z.number().optional(),
  /** Units that other sites send before any purchase, and units that this site sends; absent: none. */
  transfersIn: z.array(transferSchema).optional(),
  transfersOut: z.array(transferSchema).optional(),
  /** Probability that stock, open orders and the present order do not last until the order after it could arrive. */
  runOutAfterOrder: z.number().optional(),
  /** A planner's decision about the order; absent: none. */
  decision: orderDecisionSchema.optional(),
  /** Planners' decisions about transfers to this site; absent: none. */
  transferDecisions: z.array(orderDecisionSchema).optional(),
  /** Open orders. */
  openOrders: z
    .array(z.object({ order: z.string(), quantity: z.number(), promised: z.string().nullable() }))
    .optional(),
  /** Reason for the quantity, in words; absent if nothing is ordered or transferred. */
  whyOrder: z.string().optional(),
  orderCost: z.number(),
  /** Of its amounts; absent: not configured. */
  currency: z.string().optional(),
  /** Beyond the budget, or the order waits for its supplier's minimum. */
  deferred: z.boolean(),
  /** What a deferred order waits for; absent: money. */
  waitsFor: z.literal('supplier_minimum').optional(),
  /** Probability that stock and arrivals do not last until an order of today would arrive. */
  runOutProbability: z.number(),
  /** The first day by which expected demand has used up stock and arrivals; null: not within a year. */
  runOutDate: z.string().nullable(),
  expectedFill: z.number(),
  costOfWaiting: z.number(),
  /** Machines that cause the demand, the largest share first; at most twenty. */
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
    /** The forecast made before the period began, if any: mean, 5 % and 95 %. */
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
  /** Proposed transfers between sites; absent: a plan of an older version. */
  toTransfer: z.int().optional(),
  orderCost: z.number(),
  /** Of all amounts of the plan; absent: not configured. */
  currency: z.string().optional(),
  seconds: z.number(),
  /** What triggered it: `schedule`, `health`, `import`, `asked`. */
  reason: z.string(),
  /** How the records were cleaned, one sentence each. */
  cleaning: z.array(z.string()),
  /** Methods that replaced inaccurate ones. */
  replaced: z.array(
    z.object({ item: z.string(), site: z.string(), method: z.string(), since: z.string(), why: z.string() }),
  ),
  reconciliation: z.enum(['bottom_up', 'mint']).nullable(),
  /** On the newest periods, held back. */
  backtest: z.array(
    z.object({ class: z.string(), items: z.int(), of: z.enum(['period', 'lead_time']), measures: measuresSchema }),
  ),
  /** Of forecasts made before their periods. */
  tracked: z.array(z.object({ date: z.string(), class: z.string(), measures: measuresSchema })),
  /** Whether planners' overrides of forecasts helped; absent: no overridden period has ended. */
  overrides: overrideRecordSchema.optional(),
});
export type PlanSummary = z.infer<typeof planSummarySchema>;

/** An alert for planners: an item will run out before an order of today could arrive. */
export const planAlertSchema = alarmSchema.extend({ item: z.string(), site: z.string() });
export type PlanAlert = z.infer<typeof planAlertSchema>;
