import { z } from 'zod';

const dateSchema = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date such as 2026-01-31');
const itemSchema = z.string().min(1).max(200);
const siteSchema = z.string().max(200).default('');
const bySchema = z.string().trim().min(1).max(100);
const quantitySchema = z.number().min(0).max(1e9);
const reasonSchema = z.string().trim().min(1).max(1000);
const about = { item: itemSchema, site: siteSchema, by: bySchema };

/** A planner's decision about the proposed order of an item at a site. */
export const orderDecisionRequestSchema = z.strictObject({
  ...about,
  decision: z.discriminatedUnion('action', [
    /** The order will be made: it counts as on order from today. */
    z.strictObject({
      action: z.literal('accept'),
      quantity: quantitySchema.refine((units) => units > 0, 'an order needs a quantity'),
      reason: reasonSchema.optional(),
    }),
    /** The proposal keeps this quantity until it is accepted or withdrawn. */
    z.strictObject({ action: z.literal('freeze'), quantity: quantitySchema, reason: reasonSchema }),
    /** Nothing is proposed before this day. */
    z.strictObject({ action: z.literal('delay'), until: dateSchema, reason: reasonSchema }),
    /** Another site is to send this many: they count as on order here and are deducted there from today. */
    z.strictObject({
      action: z.literal('accept_transfer'),
      from: z.string().max(200),
      quantity: quantitySchema.refine((units) => units > 0, 'a transfer needs a quantity'),
      reason: reasonSchema.optional(),
    }),
    /** The transfer keeps this quantity (0: it is not proposed) until it is accepted or withdrawn. */
    z.strictObject({
      action: z.literal('freeze_transfer'),
      from: z.string().max(200),
      quantity: quantitySchema,
      reason: reasonSchema,
    }),
  ]),
});
export type OrderDecisionRequest = z.infer<typeof orderDecisionRequestSchema>;

export const orderDecisionStates = [
  'open',
  'ordered',
  'received',
  'cancelled',
  'withdrawn',
  'replaced',
  'ended',
] as const;

export const orderDecisionSchema = z.object({
  id: z.string(),
  item: z.string(),
  site: z.string(),
  action: z.enum(['accept', 'freeze', 'delay', 'accept_transfer', 'freeze_transfer']),
  /** The sending site; absent: the decision is about an order. */
  from: z.string().optional(),
  /** Units; null for a delay. */
  quantity: z.number().nullable(),
  /** Last day of a delay; null for others. */
  until: z.string().nullable(),
  /** What the plan proposed at that time. */
  proposed: z.number(),
  reason: z.string().nullable(),
  by: z.string(),
  decidedAtMs: z.number(),
  updatedAtMs: z.number(),
  /** `ordered`: the purchases have an order for it; `ended`: the day of a delay has come. */
  state: z.enum(orderDecisionStates),
  /** The purchase order that fulfils an accepted proposal; null: none yet. */
  order: z.string().nullable(),
  /** The purchase requisition sent for it; absent: none. */
  requisition: z
    .object({
      /** Its number in the ERP system; null: not received there yet. */
      number: z.string().nullable(),
      attempts: z.int(),
      /** The next attempt; null: delivered, or given up. */
      nextMs: z.number().nullable(),
      /** Why the last attempt failed. */
      error: z.string().nullable(),
    })
    .optional(),
  /** Open orders of the item at that time: none of them fulfils the decision. */
  ordersBefore: z.array(z.string()),
});
export type OrderDecision = z.infer<typeof orderDecisionSchema>;

/** What a planner knows beyond the history: demand of an item in some periods, as a factor or in units. */
export const forecastOverrideRequestSchema = z
  .strictObject({
    ...about,
    /** The first and the last day; periods that begin within count. */
    from: dateSchema,
    to: dateSchema,
    factor: z.number().min(0).max(100).optional(),
    /** Units a period. */
    quantity: quantitySchema.optional(),
    reason: reasonSchema,
  })
  .refine((o) => (o.factor === undefined) !== (o.quantity === undefined), 'either a factor or a quantity is needed')
  .refine((o) => o.from <= o.to, 'the last day is before the first');
export type ForecastOverrideRequest = z.infer<typeof forecastOverrideRequestSchema>;

export const forecastOverrideSchema = z.object({
  id: z.string(),
  item: z.string(),
  site: z.string(),
  from: z.string(),
  to: z.string(),
  factor: z.number().nullable(),
  quantity: z.number().nullable(),
  reason: z.string(),
  by: z.string(),
  atMs: z.number(),
  withdrawn: z.object({ atMs: z.number(), by: z.string() }).nullable(),
});
export type ForecastOverride = z.infer<typeof forecastOverrideSchema>;

/** Whether overrides helped: absolute errors, summed over the periods completed since. */
export const overrideRecordSchema = z.object({
  periods: z.int(),
  errorOfForecast: z.number(),
  errorOfOverride: z.number(),
  /** Periods in which the override was closer. */
  closer: z.int(),
});
export type OverrideRecord = z.infer<typeof overrideRecordSchema>;

/** An exception of the plan that needs a person, with the money at stake. */
export const planExceptionSchema = z.object({
  kind: z.enum(['order', 'over_budget', 'late_delivery', 'not_ordered', 'transfer', 'dead_stock', 'excess_stock']),
  item: z.string(),
  site: z.string(),
  name: z.string().nullable(),
  /** In the currency of the tables. */
  atStake: z.number(),
  text: z.string(),
  recommendation: z.string(),
});
export type PlanException = z.infer<typeof planExceptionSchema>;
