import { z } from 'zod';
import { diagnosisSchema, severitySchema } from './alert.ts';
import { contributionSchema } from './health.ts';
import { quantitySchema, timeMsSchema } from './numbers.ts';

/** A gapless piece of signal: int16 in base64, little-endian, times `scale` in its unit. */
export const signalPieceSchema = z.object({ scale: quantitySchema, samples: z.string() });
export type SignalPiece = z.infer<typeof signalPieceSchema>;

const column = z.string().max(100);
const settings = z.record(z.string(), z.unknown());

/** The outcome for a point's alert. */
export const verdictSchema = z.object({
  /** 1 is the alert limit. */
  index: quantitySchema,
  contributions: z.array(contributionSchema).max(1000),
  /** Whether the point's trigger is on after this window. */
  on: z.boolean(),
  change: z.enum(['raise', 'update', 'return']).nullable(),
  severity: severitySchema.nullable(),
  diagnosis: diagnosisSchema,
});
export type Verdict = z.infer<typeof verdictSchema>;

/** State of persistence and hysteresis before the verdict. */
const triggerBeforeSchema = z.object({
  settings: z.object({ persistence: z.number(), offBelow: z.number(), offAfter: z.number() }),
  before: z.object({ on: z.boolean(), run: z.number() }),
});

/** The machine's alert before the verdict, and the input that the verdict adds. */
const alertBeforeSchema = z.object({
  settings: z.object({ criticalIndex: z.number(), repeatMs: z.number() }),
  before: z.discriminatedUnion('active', [
    z.object({ active: z.literal(false) }),
    z.object({
      active: z.literal(true),
      id: z.string(),
      point: z.string(),
      severity: severitySchema,
      raisedAtMs: timeMsSchema,
      lastSaidMs: timeMsSchema,
      peak: quantitySchema,
    }),
  ]),
  seen: z.object({
    timeMs: timeMsSchema,
    point: z.string(),
    /** Whether the trigger of any point of the machine is on. */
    on: z.boolean(),
    news: z.boolean(),
    name: z.string(),
  }),
});

/**
 * How a verdict on a vibration point was reached: all inputs of the decision except the signal. The same version of
 * Millwright reproduces the verdict from them, bit for bit.
 */
export const decisionSchema = z.object({
  /** Version of Millwright on the edge. */
  version: z.string().max(100),
  /** The machine's configuration; null: not configured. */
  configuration: settings.nullable(),
  /** Features of the window. */
  features: z.object({ names: z.array(column).max(1000), row: z.array(quantitySchema).max(1000) }),
  /** State of the detector before the window, its features, and its settings. */
  baseline: z.object({
    indexed: z.array(column).max(1000),
    evidence: z.array(column).max(1000),
    settings: z.object({ skipWindows: z.number(), learnWindows: z.number(), ratioLimit: z.number() }),
    snapshot: z.array(z.number()).max(100_000),
    /** Limit from the false-alarm budget, as a multiple of the configured one. */
    limitTimes: z.number(),
  }),
  trigger: triggerBeforeSchema,
  alert: alertBeforeSchema,
  /** For the diagnosis of the signal; null: by the features only. */
  context: settings.nullable(),
  /** Signal of an axial sensor next to the point. */
  axial: z.array(signalPieceSchema).max(1000),
  verdict: verdictSchema,
});
export type Decision = z.infer<typeof decisionSchema>;

/**
 * How a verdict on values was reached: daily velocities, a slow value, or a row of process values. The same version of
 * Millwright reproduces the verdict, bit for bit.
 */
export const valuesDecisionSchema = z.object({
  /** Version of Millwright on the edge. */
  version: z.string().max(100),
  /** The machine's configuration; null: not configured. */
  configuration: settings.nullable(),
  /** The values and the state before them, by `kind`, in the form of `toExactJson`. */
  basis: z.looseObject({ kind: z.enum(['trend', 'value', 'process']) }),
  /** Null: the verdict is on as long as its index reaches the limit. */
  trigger: triggerBeforeSchema.nullable(),
  alert: alertBeforeSchema,
  verdict: verdictSchema,
});
export type ValuesDecision = z.infer<typeof valuesDecisionSchema>;
