import { z } from 'zod';
import { decisionSchema, valuesDecisionSchema } from './decision.ts';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeUsSchema } from './numbers.ts';
import { unitSchema } from './units.ts';

/** A frequency with the name under which an analyst knows it. */
export const namedLineSchema = z.object({ name: z.string().min(1).max(40), hz: z.number().positive().max(1e9) });
export type NamedLine = z.infer<typeof namedLineSchema>;

/** What places lines in the spectra of a recording, at its end: those that the machine's configuration and speed give. */
export const recordingLinesSchema = z.object({
  /** Absent: the speed was not known. */
  shaftHz: z.number().positive().max(1e5).optional(),
  /** Of the spectrum of the vibration itself. */
  spectrum: z.array(namedLineSchema).max(200),
  /** Of the spectrum of its envelope. */
  envelope: z.array(namedLineSchema).max(200),
});
export type RecordingLines = z.infer<typeof recordingLinesSchema>;

/** The signal behind an alert, or that a command asked for. `timeMs` is its end. */
export const signalEvidenceSchema = envelopeSchema.extend({
  /** Of the alert, or of the command that asked. */
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  unit: unitSchema,
  sampleRateHz: z.number().positive().max(1e9),
  lines: recordingLinesSchema.optional(),
  /** Signal without gaps, each piece so; int16 in base64, little-endian, times `scale` in the unit. */
  pieces: z
    .array(z.object({ startUs: timeUsSchema, scale: quantitySchema, samples: z.string() }))
    .min(1)
    .max(1000),
  /** How the alert's verdict on this signal came about; absent where a command asked for the signal. */
  decision: decisionSchema.optional(),
});
export type SignalEvidence = z.infer<typeof signalEvidenceSchema>;

/** The values behind an alert that no signal led to, and how its verdict on them came about. */
export const valuesEvidenceSchema = envelopeSchema.extend({
  /** Of the alert. */
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  decision: valuesDecisionSchema,
});
export type ValuesEvidence = z.infer<typeof valuesEvidenceSchema>;

export const evidenceMessageSchema = z.union([signalEvidenceSchema, valuesEvidenceSchema]);
export type EvidenceMessage = z.infer<typeof evidenceMessageSchema>;

/** Whether the evidence is a signal, not the values that a verdict on slow or process values came from. */
export const isSignal = (evidence: EvidenceMessage): evidence is SignalEvidence => 'pieces' in evidence;

/** A signal as a gateway lists it. */
export const evidenceViewSchema = z.object({
  id: z.string(),
  site: z.string(),
  edge: z.string(),
  asset: z.string(),
  point: z.string(),
  unit: z.string(),
  sampleRateHz: z.number(),
  lines: recordingLinesSchema.optional(),
  timeMs: z.number(),
  /** Length of each piece in seconds. */
  piecesS: z.array(z.number()),
});
export type EvidenceView = z.infer<typeof evidenceViewSchema>;
