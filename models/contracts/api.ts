import { z } from 'zod';
import { alarmActionSchema, alertRecordSchema } from './alert.ts';
import { healthMessageSchema } from './health.ts';
import { clockSchema, pointLedgerSchema, rejectionSchema, sourceOutagesSchema } from './ledger.ts';
import { packageIdSchema } from './modelPieces.ts';
import { planAlertSchema } from './plan.ts';
import { unitSchema } from './units.ts';
import { workOrderSchema } from './workOrder.ts';

/** A series for a chart, in columns: mean and maximum of each non-empty interval. */
export const columnsSchema = z.object({
  timeMs: z.array(z.number()),
  mean: z.array(z.number()),
  max: z.array(z.number()),
});
export type Columns = z.infer<typeof columnsSchema>;

/** Whether messages of a machine arrive. A machine that is not watched has no verdict, whatever its last one was. */
export const watchSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('watched') }),
  z.object({
    state: z.literal('not_watched'),
    /** Time of the newest message, by the gateway's clock; 0: none in this store. */
    sinceMs: z.number(),
    reason: z.enum(['edge_offline', 'edge_silent', 'machine_silent']),
  }),
]);
export type Watch = z.infer<typeof watchSchema>;

export const machineSchema = z.object({
  health: healthMessageSchema,
  watch: watchSchema,
  points: z.array(z.string()),
  /** Points that have a spectrum. */
  waveforms: z.array(z.string()),
  /** Units of the values, by point; a point without values has none. */
  units: z.record(z.string(), unitSchema),
  activeAlerts: z.int(),
});
export type MachineView = z.infer<typeof machineSchema>;

export const ledgerViewSchema = z.object({
  points: z.array(
    pointLedgerSchema.extend({
      site: z.string(),
      edge: z.string(),
      /** Feature rows stored by this gateway. */
      stored: z.int(),
      /** Messages that the counts do not account for; 0 if the ledger balances. */
      unexplained: z.int(),
    }),
  ),
  unmapped: z.array(
    z.object({ site: z.string(), edge: z.string(), counts: z.partialRecord(rejectionSchema, z.int()) }),
  ),
  clocks: z.array(clockSchema.extend({ site: z.string(), edge: z.string() })),
  sources: z.array(sourceOutagesSchema.extend({ site: z.string(), edge: z.string() })),
});
export type LedgerView = z.infer<typeof ledgerViewSchema>;

export const acknowledgeRequestSchema = z.strictObject({
  by: z.string().trim().min(1).max(100),
  comment: z.string().trim().max(1000).optional(),
});

/** A model in the registry, and the machines that run it. */
export const modelViewSchema = z.object({
  id: packageIdSchema,
  name: z.string(),
  release: z.string(),
  kind: z.string(),
  card: z.record(z.string(), z.unknown()),
  added: z.object({ by: z.string(), atMs: z.number(), note: z.string().nullable() }),
  /** Null: not approved for any edge yet. */
  approved: z.object({ by: z.string(), atMs: z.number() }).nullable(),
  where: z.array(
    z.object({
      site: z.string(),
      edge: z.string(),
      asset: z.string(),
      role: z.enum(['active', 'candidate']),
      /** Why it should be retrained; null: it fits. */
      advice: z.string().nullable(),
    }),
  ),
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const findingRequestSchema = acknowledgeRequestSchema.extend({
  finding: z.enum(['confirmed', 'false_alarm', 'nothing_found']),
});

export const alarmActionRequestSchema = z.strictObject({
  by: z.string().trim().min(1).max(100),
  /** A repeated request with the same id takes effect once. */
  requestId: z.string().min(1).max(100).optional(),
  change: alarmActionSchema,
});

/** One notification of an alert to a channel. */
export const deliverySchema = z.object({
  /** Id of its database, and its number there. */
  id: z.string(),
  channel: z.string(),
  alert: z.string(),
  event: z.string(),
  createdMs: z.number(),
  nextMs: z.number(),
  attempts: z.int(),
  state: z.enum(['waiting', 'delivered', 'dead', 'abandoned']),
  error: z.string().nullable(),
});
export type DeliveryView = z.infer<typeof deliverySchema>;

/** What `/api/v1/events` sends: one event as a line of JSON after a line with its id. */
export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alert'), alert: alertRecordSchema }),
  z.object({ type: z.literal('health'), health: healthMessageSchema }),
  /** Machines that are no longer watched, or are watched again. */
  z.object({
    type: z.literal('watch'),
    machines: z.array(z.object({ site: z.string(), edge: z.string(), asset: z.string(), watch: watchSchema })),
  }),
  /** A work order that changed. */
  z.object({ type: z.literal('work_order'), order: workOrderSchema }),
  /** A new plan, and the alerts for planners that it changed. */
  z.object({ type: z.literal('plan'), atMs: z.number(), alerts: z.array(planAlertSchema) }),
  z.object({
    type: z.literal('features'),
    site: z.string(),
    edge: z.string(),
    asset: z.string(),
    point: z.string(),
    timeMs: z.number(),
    values: z.record(z.string(), z.number()),
  }),
  /** Events since `Last-Event-ID` are no longer available: request the current state instead. */
  z.object({ type: z.literal('reload') }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
