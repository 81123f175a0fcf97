import { z } from 'zod';
import { decisionSchema, valuesDecisionSchema } from './decision.ts';
import { envelopeSchema } from './envelope.ts';
import { nameSchema } from './names.ts';
import { quantitySchema, timeUsSchema } from './numbers.ts';
import { unitSchema } from './units.ts';

/** A frequency with the name that analysts use. */
export const namedLineSchema = z.object({ name: z.string().min(1).max(40), hz: z.number().positive().max(1e9) });
export type NamedLine = z.infer<typeof namedLineSchema>;

/** Lines to mark in the spectra of a recording, at its end: those from the machine's configuration and speed. */
export const recordingLinesSchema = z.object({
  /** Absent: the speed was unknown. */
  shaftHz: z.number().positive().max(1e5).optional(),
  /** For the spectrum of the vibration itself. */
  spectrum: z.array(namedLineSchema).max(200),
  /** For the envelope spectrum. */
  envelope: z.array(namedLineSchema).max(200),
});
export type RecordingLines = z.infer<typeof recordingLinesSchema>;

/** The signal behind an alert, or requested by a command. `timeMs` is its end. */
export const signalEvidenceSchema = envelopeSchema.extend({
  /** Of the alert, or of the command. */
  id: z.string().min(1).max(300),
  asset: nameSchema,
  point: nameSchema,
  unit: unitSchema,
  sampleRateHz: z.number().positive().max(1e9),
  lines: recordingLinesSchema.optional(),
  /** Gapless pieces of signal; int16 in base64, little-endian, times `scale` in the unit. */
  pieces: z
    .array(z.object({ startUs: timeUsSchema, scale: quantitySchema, samples: z.string() }))
    .min(1)
    .max(1000),
  /** How the alert's verdict on this signal was reached; absent for a signal requested by a command. */
  decision: decisionSchema.optional(),
});
export type SignalEvidence = z.infer<typeof signalEvidenceSchema>;

/** The values behind an alert without a signal, and how its verdict on them was reached. */
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

/** Whether the evidence is a signal rather than the slow or process values of a verdict. */
export const isSignal = (evidence: EvidenceMessage): evidence is SignalEvidence => 'pieces' in evidence;

/** A signal as listed by a gateway. */
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
