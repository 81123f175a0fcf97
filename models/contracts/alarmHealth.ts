import { z } from 'zod';

const sourceSchema = z.object({ source: z.string(), alerts: z.int() });

/** Measures of an alarm system over a time, by EEMUA 191 and ISA-18.2; `source` is `site/edge/machine/point`. */
export const alarmSystemHealthSchema = z.object({
  alerts: z.int(),
  meanPer10Min: z.number(),
  peakPer10Min: z.number(),
  floods: z.array(z.object({ fromMs: z.number(), toMs: z.number(), alerts: z.int() })),
  floodPart: z.number(),
  chattering: z.array(sourceSchema),
  stale: z.int(),
  badActors: z.array(sourceSchema.extend({ part: z.number() })),
  severities: z.object({ warning: z.int(), critical: z.int() }),
  acknowledgement: z.object({ acknowledged: z.int(), medianS: z.number(), p90S: z.number() }).nullable(),
  unacknowledged: z.int(),
});

export const trackRecordSchema = z.object({
  /** What raised the alerts: the kind of evidence, and its fault. */
  rule: z.string(),
  /** With a finding. */
  alerts: z.int(),
  findings: z.object({ confirmed: z.int(), false_alarm: z.int(), nothing_found: z.int() }),
  /** Confirmed of those with a finding, with a 95 % interval. */
  precision: z.object({
    count: z.int(),
    of: z.int(),
    share: z.number().optional(),
    low: z.number().optional(),
    high: z.number().optional(),
  }),
  /** Median time from the raise to the confirming finding, in hours; null where none was confirmed. */
  leadTimeH: z.number().nullable(),
});

/** How often the alerts of each rule were right, by their findings; and failures without an alert before them. */
export const trackRecordsSchema = z.object({
  rules: z.array(trackRecordSchema),
  failures: z.int(),
  missed: z.array(z.object({ machine: z.string(), atMs: z.number() })),
});
