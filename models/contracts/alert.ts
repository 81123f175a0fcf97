import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';
import { spectrumSchema } from './featureVector.ts';
import { contributionSchema, isoVerdictSchema, remainingLifeSchema } from './health.ts';
import { nameSchema } from './names.ts';

export const severitySchema = z.enum(['warning', 'critical']);
export type Severity = z.infer<typeof severitySchema>;

/** Faults by name; `undetermined` where the data does not say which. */
export const faultSchema = z.enum([
  'outer_race',
  'inner_race',
  'ball',
  'cage',
  'unbalance',
  'misalignment',
  'bent_shaft',
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

export const diagnosisSchema = z.object({
  fault: faultSchema,
  /** 0 to 1. */
  confidence: z.number().min(0).max(1),
  /** What speaks for it and against it, a sentence each. */
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

/** What an edge says of an alert. The same `id` from raise to return. */
export const alertMessageSchema = envelopeSchema.extend({
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  change: z.enum(['raise', 'update', 'return']),
  severity: severitySchema,
  raisedAtMs: z.number(),
  /** One sentence: what is wrong with which part of which machine. */
  text: z.string().max(500),
  index: z.number(),
  evidence: evidenceSchema,
  remainingLife: remainingLifeSchema,
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

/** Alarm states of ISA-18.2 / IEC 62682 that the gateway keeps; shelving is not among them yet. */
export const alarmStateSchema = z.enum(['unacknowledged', 'acknowledged', 'returned_unacknowledged', 'normal']);
export type AlarmState = z.infer<typeof alarmStateSchema>;

/** What somebody found who looked at the machine. */
export const findingSchema = z.object({
  finding: z.enum(['confirmed', 'false_alarm']),
  by: z.string(),
  comment: z.string().nullable(),
  atMs: z.number(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What every alarm is, of a machine or for planners: the states of ISA-18.2, and who acknowledged it. */
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
});
export type Alarm = z.infer<typeof alarmSchema>;

/** An alert as the gateway keeps and serves it. */
export const alertRecordSchema = alarmSchema.extend({
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  point: z.string(),
  index: z.number(),
  /** Absent: nobody has said yet. */
  finding: findingSchema.optional(),
  evidence: evidenceSchema,
  remainingLife: remainingLifeSchema,
});
export type AlertRecord = z.infer<typeof alertRecordSchema>;
