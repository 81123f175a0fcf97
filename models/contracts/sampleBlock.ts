import { z } from 'zod';
import { timeQualitySchema } from './envelope.ts';
import { nameSchema } from './names.ts';

const blockOf = {
  asset: nameSchema,
  point: nameSchema,
  timeQuality: timeQualitySchema,
  /** The device's name of the unit, if any. */
  unit: z.string().optional(),
  /** Stored by its device and sent later than live data: it is kept but not judged. */
  historical: z.literal(true).optional(),
};

/** Evenly spaced samples of one point. Times in microseconds since 1970 UTC, samples in the point's unit. */
export const waveformBlockSchema = z.object({
  ...blockOf,
  kind: z.literal('waveform'),
  startUs: z.number(),
  sampleRateHz: z.number().positive(),
  samples: z.instanceof(Float32Array),
});

/** Slow values of one point, in columns: `values[i]` was measured at `timesUs[i]`. */
export const scalarBlockSchema = z.object({
  ...blockOf,
  kind: z.literal('scalars'),
  timesUs: z.instanceof(Float64Array),
  values: z.instanceof(Float64Array),
});

export const sampleBlockSchema = z.discriminatedUnion('kind', [waveformBlockSchema, scalarBlockSchema]);
export type WaveformBlock = z.infer<typeof waveformBlockSchema>;
export type ScalarBlock = z.infer<typeof scalarBlockSchema>;
export type SampleBlock = z.infer<typeof sampleBlockSchema>;
