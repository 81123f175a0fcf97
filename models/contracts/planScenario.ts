import { z } from 'zod';

/** Key figures of a plan, to compare plans side by side. Amounts are in the currency of the tables. */
export const planFiguresSchema = z.object({
  items: z.int(),
  /** Orders due now, and their cost; without deferred ones. */
  toOrder: z.int(),
  orderCost: z.number(),
  /** Cost of the orders that wait for money or for their supplier's minimum. */
  deferredCost: z.number(),
  /** Items with a probability of at least one half to run out before an order of today would arrive. */
  atRisk: z.int(),
  /** Expected cost of making no order before the next review. */
  costOfWaiting: z.number(),
  /** Value of the safety stock of all items. */
  safetyStockValue: z.number(),
  /** Share of demand expected to be served from the shelf, weighted by the value of a year's demand; null: none. */
  expectedFill: z.number().nullable(),
});
export type PlanFigures = z.infer<typeof planFiguresSchema>;

/** A what-if plan saved under a name. */
export const planScenarioSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Its changes, as the what-if has them. */
  change: z.record(z.string(), z.union([z.string(), z.number()])),
  by: z.string(),
  /** When it was last planned. */
  atMs: z.number(),
  figures: planFiguresSchema,
});
export type PlanScenario = z.infer<typeof planScenarioSchema>;

export const scenarioComparisonSchema = z.object({
  /** Of the latest plan; null: there is none. */
  current: z.object({ atMs: z.number(), currency: z.string().optional(), figures: planFiguresSchema }).nullable(),
  /** The oldest first. */
  scenarios: z.array(planScenarioSchema),
});
export type ScenarioComparison = z.infer<typeof scenarioComparisonSchema>;
