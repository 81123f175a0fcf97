import { z } from 'zod';
import { SEGMENTS } from '#models/planning/segments.ts';
import { accessFields, createSchema } from '../workOrders/restTemplate.ts';
import { REQUISITION_FIELDS } from './requisitionFields.ts';

/** Settings of forecasting and planning. */
export const planningSchema = z
  .strictObject({
    period: z.enum(['day', 'week', 'month']).default('month'),
    /** Periods forecast ahead. */
    horizon: z.int().min(1).max(120).default(12),
    /** Days between two opportunities to order. */
    reviewDays: z.number().min(1).max(365).default(7),
    /** Default for items without one: cycle service, fill rate or least cost. */
    serviceKind: z.enum(['cycle', 'fill', 'cost']).default('cycle'),
    serviceLevel: z.number().min(0.5).max(0.995).default(0.95),
    /** Defaults by segment for items without one: ABC by yearly value, XYZ by variation of demand. */
    segments: z
      .partialRecord(
        z.enum(SEGMENTS),
        z.strictObject({
          serviceKind: z.enum(['cycle', 'fill', 'cost']).default('cycle'),
          serviceLevel: z.number().min(0.5).max(0.995).optional(),
        }),
      )
      .default({}),
    /** Assumed life of a part without records. */
    usualLifeDays: z.number().positive().max(1e5).default(1500),
    /** Yearly holding cost as a share of the unit's cost. */
    holdingRateAYear: z.number().min(0).max(10).default(0.2),
    /** Budget of the orders placed now. */
    budget: z.number().min(0).optional(),
    /** Transfers of excess stock between sites, before purchases; false: none are proposed. */
    transfers: z
      .union([
        z.literal(false),
        z.strictObject({
          /** Sites that send each other stock; absent: all of them. */
          pools: z.array(z.array(z.string().max(200)).min(2)).optional(),
          /** Cost of one transfer, which must save at least as much on a purchase. */
          cost: z.number().min(0).max(1e9).default(0),
        }),
      ])
      .default({ cost: 0 }),
    /** The site that repairs items with `repair_days` for all others, and the days from its shelf to theirs. */
    depot: z.strictObject({ site: z.string().max(200), days: z.number().min(0).max(365).default(1) }).optional(),
    /** Currency of the amounts in the tables, shown with every amount; absent: none is shown. */
    currency: z.string().min(1).max(8).optional(),
    /** Interval between plans; changes of machine alerts or tables also start one, at most every `leastSeconds`. */
    everyHours: z.number().min(0.01).max(168).default(6),
    leastSeconds: z.number().min(1).max(86_400).default(30),
    /** Probability of running out before an order placed today would arrive, from which planners are alerted. */
    alertChance: z.number().min(0.05).max(0.99).default(0.5),
    /** Accepted orders are sent to the ERP system as purchase requisitions; absent: they are not. */
    requisitions: z.strictObject({ create: createSchema(Object.keys(REQUISITION_FIELDS)), ...accessFields }).optional(),
    /** Folder watched for tables: demand*.csv, items*.csv and so on. */
    folder: z.string().min(1).optional(),
    /** Order of day and month in dates such as 03/04/2026; inferred from tables that are unambiguous. */
    dates: z.enum(['dmy', 'mdy']).optional(),
  })
  .prefault({});
export type PlanningConfig = z.infer<typeof planningSchema>;
