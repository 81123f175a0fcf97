import { z } from 'zod';
import { severitySchema } from './alert.ts';
import { roleSchema } from './identity.ts';

/**
 * `proposed`: needs approval. `approved`: to be sent to the maintenance system. `sent`: the maintenance system has it.
 * `done`: it is closed there. `rejected`: a person decided against it. `withdrawn`: the alert ended before it was sent.
 * `failed`: the maintenance system never accepted it.
 */
export const workOrderStates = ['proposed', 'approved', 'sent', 'done', 'rejected', 'withdrawn', 'failed'] as const;
export const workOrderStateSchema = z.enum(workOrderStates);
export type WorkOrderState = z.infer<typeof workOrderStateSchema>;

/** States that exclude a second order for the machine. */
export const openWorkOrderStates = ['proposed', 'approved', 'sent'] as const satisfies readonly WorkOrderState[];

/** An inspection for a warning, a repair for a critical alert. */
export const workOrderTaskSchema = z.enum(['inspect', 'repair']);
export type WorkOrderTask = z.infer<typeof workOrderTaskSchema>;

/** Work on a machine that an alert calls for. */
export const workOrderSchema = z.object({
  id: z.string(),
  /** The alert that caused it. */
  alert: z.string(),
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  area: z.string().optional(),
  line: z.string().optional(),
  severity: severitySchema,
  text: z.string(),
  task: workOrderTaskSchema,
  /** Estimated, from the machine's configured costs. */
  amount: z.number(),
  currency: z.string(),
  state: workOrderStateSchema,
  /** Roles that may approve it, in addition to administrators. */
  approvers: z.array(roleSchema),
  createdMs: z.number(),
  /** Null: undecided. `policy`: approved without a person. */
  decidedBy: z.string().nullable(),
  decidedMs: z.number().nullable(),
  reason: z.string().nullable(),
  /** The maintenance system's number and status of the order. */
  externalId: z.string().nullable(),
  externalStatus: z.string().nullable(),
  /** Of the last failed attempt. */
  error: z.string().nullable(),
});
export type WorkOrder = z.infer<typeof workOrderSchema>;

/** A machine with open alerts, and the value of work on it. */
export const workItemSchema = z.object({
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  area: z.string().optional(),
  line: z.string().optional(),
  severity: severitySchema,
  task: workOrderTaskSchema,
  /** Of the worst alert. */
  text: z.string(),
  alerts: z.array(z.string()),
  /** The first of them. */
  raisedAtMs: z.number(),
  assignedTo: z.string().nullable(),
  /** Probabilities, 0 to 1: that the fault exists, and that it then stops the machine within the requested days. */
  chanceTrue: z.number(),
  chanceOfStop: z.number(),
  /** Expected loss that the work avoids, in the configured currency; negative: the visit costs more than it saves. */
  riskAvoided: z.number(),
  /** For an inspection, and for a repair if needed. */
  hours: z.number(),
  riskPerHour: z.number(),
});
export type WorkItem = z.infer<typeof workItemSchema>;

export const workListSchema = z.object({
  currency: z.string(),
  days: z.number(),
  items: z.array(workItemSchema),
});
export type WorkList = z.infer<typeof workListSchema>;
