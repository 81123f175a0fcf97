import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { spectrumSchema } from './featureVector.ts';
import { contributionSchema, isoVerdictSchema, remainingLifeSchema } from './health.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeMsSchema } from './numbers.ts';
import { suppressionKindSchema } from './suppression.ts';

export const severitySchema = z.enum(['warning', 'critical']);
export type Severity = z.infer<typeof severitySchema>;

/** Faults by name; `undetermined` where the data do not decide. */
export const faultSchema = z.enum([
  'outer_race',
  'inner_race',
  'ball',
  'cage',
  /** Where the part of the bearing is uncertain. */
  'bearing',
  'unbalance',
  'misalignment',
  'bent_shaft',
  /** Where the sensors cannot distinguish the two. */
  'misalignment_or_bent_shaft',
  'unbalance_or_bent_shaft',
  'looseness',
  'rub',
  'gear',
  'belt',
  'blade_pass',
  'cavitation',
  'electrical',
  'process_drift',
  'undetermined',
]);
export type Fault = z.infer<typeof faultSchema>;

/** Alternatives that a diagnosis leaves open. */
const UNDECIDED: Record<string, readonly string[]> = {
  bearing: ['outer_race', 'inner_race', 'ball', 'cage'],
  misalignment_or_bent_shaft: ['misalignment', 'bent_shaft'],
  unbalance_or_bent_shaft: ['unbalance', 'bent_shaft'],
} satisfies Partial<Record<Fault, readonly Fault[]>>;

/** The faults that a diagnosis covers: its own, and those that it cannot rule out. */
export const coveredFaults = (fault: string): string[] => [fault, ...(UNDECIDED[fault] ?? [])];

/** Errors in the wiring or description of a machine, as opposed to machine faults. */
export const wiringFaultSchema = z.enum([
  'swapped_sensors',
  'wrong_bearing',
  'wrong_scale',
  'wrong_mains_frequency',
  'wrong_speed',
  'inverted_axis',
  'dead_channel',
  'duplicate_signal',
]);
export type WiringFault = z.infer<typeof wiringFaultSchema>;

export const wiringSchema = z.object({
  kind: wiringFaultSchema,
  /** What to change, in one sentence. */
  remedy: z.string().max(500),
});
export type Wiring = z.infer<typeof wiringSchema>;

const audienceSchema = z.enum(['plant', 'integrator']);

export const diagnosisSchema = z.object({
  fault: faultSchema,
  /** 0 to 1. */
  confidence: z.number().min(0).max(1),
  /** Reasons for and against it, one sentence each. */
  reasons: z.array(z.string()),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const evidenceSchema = z.object({
  contributions: z.array(contributionSchema),
  diagnosis: diagnosisSchema,
  iso: isoVerdictSchema.optional(),
  spectrum: spectrumSchema.optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** An alert message of an edge, with the same `id` from raise to return. */
export const alertMessageSchema = envelopeSchema.extend({
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  change: z.enum(['raise', 'update', 'return']),
  severity: severitySchema,
  raisedAtMs: timeMsSchema,
  /** What is wrong with which part of which machine, in one sentence. */
  text: z.string().max(500),
  index: quantitySchema,
  evidence: evidenceSchema,
  remainingLife: remainingLifeSchema,
  /** The recipients; absent: the plant. */
  audience: audienceSchema.optional(),
  /** For an alert to the integrator about the machine's wiring or configuration. */
  wiring: wiringSchema.optional(),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

/**
 * Alarm states of ISA-18.2 / IEC 62682. `normal`: acknowledged and returned, or closed. An alarm that is shelved,
 * suppressed by design or out of service is not annunciated.
 */
export const alarmStateSchema = z.enum([
  'unacknowledged',
  'acknowledged',
  'returned_unacknowledged',
  'normal',
  'shelved',
  'suppressed',
  'out_of_service',
]);
export type AlarmState = z.infer<typeof alarmStateSchema>;

/** Severity of the damage that was found. */
export const damageSchema = z.enum(['light', 'moderate', 'severe']);

/** The finding of a person who inspected the machine. */
export const findingSchema = z.object({
  finding: z.enum(['confirmed', 'false_alarm', 'nothing_found']),
  by: z.string(),
  comment: z.string().nullable(),
  atMs: z.number(),
  failureMode: z.string().optional(),
  part: z.string().optional(),
  damage: damageSchema.optional(),
});
export type Finding = z.infer<typeof findingSchema>;

const PERSON = z.string().trim().min(1).max(100);
const TEXT = z.string().trim().min(1).max(1000);

/** An action of a person on an alarm. A repeated request with the same `requestId` takes effect once. */
export const alarmActionSchema = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('acknowledge'), comment: TEXT.optional() }),
    z.strictObject({ action: z.literal('unacknowledge'), reason: TEXT }),
    z.strictObject({ action: z.literal('assign'), to: PERSON }),
    z.strictObject({ action: z.literal('comment'), text: TEXT }),
    z.strictObject({ action: z.literal('shelve'), untilMs: timeMsSchema, reason: TEXT }),
    z.strictObject({ action: z.literal('unshelve') }),
    z.strictObject({ action: z.literal('remove_from_service'), reason: TEXT }),
    z.strictObject({ action: z.literal('return_to_service') }),
    z.strictObject({
      action: z.literal('close'),
      finding: z.enum(['confirmed', 'false_alarm', 'nothing_found']),
      comment: TEXT.optional(),
      failureMode: TEXT.optional(),
      part: TEXT.optional(),
      damage: damageSchema.optional(),
    }),
    z.strictObject({ action: z.literal('reopen'), reason: TEXT }),
  ])
  .describe('one transition of the ISA-18.2 life cycle');
export type AlarmAction = z.infer<typeof alarmActionSchema>;

/** Who changed an alarm, when, how and why. `by` is null for changes by the edge or by time. */
export const alarmTransitionSchema = z.object({
  atMs: z.number(),
  by: z.string().nullable(),
  action: z.string(),
  note: z.string().nullable(),
  requestId: z.string().optional(),
});
export type AlarmTransition = z.infer<typeof alarmTransitionSchema>;

/** Common to all alarms, of machines and for planners: ISA-18.2 state, assignee, and history. */
export const alarmSchema = z.object({
  id: z.string(),
  state: alarmStateSchema,
  severity: severitySchema,
  text: z.string(),
  raisedAtMs: z.number(),
  updatedAtMs: z.number(),
  returnedAtMs: z.number().nullable(),
  acknowledgedAtMs: z.number().nullable(),
  acknowledgedBy: z.string().nullable(),
  comment: z.string().nullable(),
  /** Absent: not assigned. */
  assignedTo: z.string().optional(),
  /** Not annunciated until then. */
  shelved: z.object({ untilMs: z.number(), by: z.string(), reason: z.string() }).optional(),
  outOfService: z.object({ by: z.string(), reason: z.string() }).optional(),
  /** By design: its machine is under maintenance, or off. */
  suppressed: z
    .object({
      /** Id of the suppression. */
      id: z.string(),
      kind: suppressionKindSchema,
      by: z.string(),
      reason: z.string(),
      untilMs: z.number(),
      /** Whether it was active, and annunciated, before. */
      wasStanding: z.boolean(),
    })
    .optional(),
  closed: z.object({ atMs: z.number(), by: z.string() }).optional(),
  /** Absent: no finding yet. The newest of `findings`. */
  finding: findingSchema.optional(),
  /** Oldest first; later ones add to earlier ones. */
  findings: z.array(findingSchema).optional(),
  /** Oldest first; of a very long history only the newest. */
  history: z.array(alarmTransitionSchema).optional(),
});
export type Alarm = z.infer<typeof alarmSchema>;

/** An alert as stored and served by the gateway. */
export const alertRecordSchema = alarmSchema.extend({
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  point: z.string(),
  index: z.number(),
  /** Kind of the machine; absent: unknown when the alert was raised. */
  kind: z.string().optional(),
  area: z.string().optional(),
  line: z.string().optional(),
  /** Id of its case, which is that of the case's first alert; absent: older than cases. */
  case: z.string().optional(),
  /** The recipients; absent: the plant. Alerts on wiring, clocks and silence are for those who connected the machine. */
  audience: audienceSchema.optional(),
  /** For an alert about the machine's wiring or configuration. */
  wiring: wiringSchema.optional(),
  evidence: evidenceSchema,
  remainingLife: remainingLifeSchema,
});
export type AlertRecord = z.infer<typeof alertRecordSchema>;

/** One alert as served by its id. */
export const alertViewSchema = alertRecordSchema.extend({
  /** Whether the evidence of its verdict is stored, for a bundle that can be replayed. */
  hasBundle: z.boolean(),
});
export type AlertView = z.infer<typeof alertViewSchema>;
