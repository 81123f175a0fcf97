import { z } from 'zod';
import { SEGMENTS } from '#models/planning/segments.ts';

/** How demand is forecast and orders are planned. */
export const planningSchema = z
  .strictObject({
    period: z.enum(['day', 'week', 'month']).default('month'),
    /** Periods ahead that are shown. */
    horizon: z.int().min(1).max(120).default(12),
    /** Between two chances to order. */
    reviewDays: z.number().min(1).max(365).default(7),
    /** Of items that name none: no run-out in a cycle, part of demand filled, or least cost. */
    serviceKind: z.enum(['cycle', 'fill', 'cost']).default('cycle'),
    serviceLevel: z.number().min(0.5).max(0.995).default(0.95),
    /** Of items of a segment that name none: ABC by yearly value, XYZ by variation of demand. */
    segments: z
      .partialRecord(
        z.enum(SEGMENTS),
        z.strictObject({
          serviceKind: z.enum(['cycle', 'fill', 'cost']).default('cycle'),
          serviceLevel: z.number().min(0.5).max(0.995).optional(),
        }),
      )
      .default({}),
    /** Life of a part without records. */
    usualLifeDays: z.number().positive().max(1e5).default(1500),
    /** Part of a unit's cost that holding it for a year costs. */
    holdingRateAYear: z.number().min(0).max(10).default(0.2),
    /** Money for orders now. */
    budget: z.number().min(0).optional(),
    /** Of the money in the tables: shown beside every sum; absent: sums are shown without one. */
    currency: z.string().min(1).max(8).optional(),
    /** Planned this often, and when a machine's alerts or the tables change, but not more often than the other. */
    everyHours: z.number().min(0.01).max(168).default(6),
    leastSeconds: z.number().min(1).max(86_400).default(30),
    /** Chance of running out before an order of today could come, from which on planners are alerted. */
    alertChance: z.number().min(0.05).max(0.99).default(0.5),
    /** A folder that is watched for tables: demand*.csv, items*.csv and so on. */
    folder: z.string().min(1).optional(),
    /** Of dates such as 03/04/2026 in those tables; found from each table where it is unambiguous. */
    dates: z.enum(['dmy', 'mdy']).optional(),
  })
  .prefault({});
export type PlanningConfig = z.infer<typeof planningSchema>;
