import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { formatFields, hasItsProtobuf, ITS_PROTOBUF } from './formatConfig.ts';
import { splitSchema } from './splitName.ts';
import {
  conditionSchema,
  numberFields,
  plainValue,
  someValues,
  timeIsSchema,
  timeSchema,
  valueSchema,
} from './valueConfig.ts';
import type { waveformSchema } from './waveformConfig.ts';

export const scalarSchema = z
  .strictObject({
    type: z.literal('scalar'),
    ...formatFields,
    ...numberFields,
    /**
     * Dotted path of the number in the message; empty if the payload is the number. `*` matches each element of an
     * array. As any path it may list alternatives, `a | b`: the first with a value counts.
     */
    value: z.string().default('value'),
    /** Several points of one message: a path each, or settings that extend those of the payload. */
    values: someValues.optional(),
    /** Instead of the topic's names: paths of the machine's and the point's name in the message. */
    assetPath: z.string().min(1).optional(),
    pointPath: z.string().min(1).optional(),
    /** Names within one text: `{asset}`, `{point}`, or others that templates refer to. */
    split: splitSchema.optional(),
    /** Paths of texts that are JSON themselves, or base64 of it; other paths may lead into them. */
    json: z.array(z.string().min(1)).min(1).optional(),
    /** Messages to accept, by values at paths. Others are ignored. */
    where: conditionSchema.optional(),
    /**
     * A message of several points: each element of the array, or entry of the object, at `path` is one; `*` matches all
     * elements of a level. Other paths are relative to the element, `^` goes out by one level; a time that it lacks is
     * that of the message.
     */
    each: z
      .strictObject({
        path: z.string().default(''),
        /**
         * Path of the point's name; `$key`: the entry's key, or the element's index from 0; `$1`: that of the first
         * `*`.
         */
        point: z.string().min(1).optional(),
        asset: z.string().min(1).optional(),
        /** The points to accept, of many. */
        only: z.array(nameSchema).min(1).optional(),
        /** Elements to accept, by values at paths within them. */
        where: conditionSchema.optional(),
      })
      .optional(),
    /**
     * Bytes at `value` that are records, each a header and a value (Cayenne LPP, Milesight): by header, in hexadecimal
     * digits.
     */
    records: z
      .strictObject({
        headerBytes: z.int().min(1).max(4).default(2),
        types: z.record(
          z.string().regex(/^([0-9a-f]{2}){1,4}$/, 'hexadecimal digits in lower case, such as 0367'),
          z.strictObject({
            /** Bytes after the header; by default as many as the values need. */
            length: z.int().min(0).max(255).optional(),
            values: z.record(nameSchema, valueSchema).default({}),
          }),
        ),
      })
      .optional(),
    /** The value times `scale` plus `offset` is in the point's unit. */
    scale: z.number().default(1),
    offset: z.number().default(0),
    /** If it is absent, the time of arrival is used. */
    time: timeSchema.default('time'),
    /** Path of the offset from `time` at which the value was measured, or of an array with one per element. */
    deltas: z.string().min(1).optional(),
    deltasIn: z.enum(['s', 'ms', 'us']).default('ms'),
    /** For an array with one time, which belongs to its last element or, by `timeIs`, its first. */
    intervalMs: z.number().positive().optional(),
    timeIs: timeIsSchema.default('last'),
    /** Dotted path of a quality, and its values if the value is good; null: it is absent. */
    quality: z.string().min(1).optional(),
    good: z.array(plainValue.nullable()).default(['Good', 'good', 'GOOD', 'OK', 'ok', true, 192]),
    /** Dotted path of the unit's name: values of another unit than the point's are rejected. */
    unit: z.string().min(1).optional(),
  })
  .refine(hasItsProtobuf, ITS_PROTOBUF);
export type ScalarPayload = z.infer<typeof scalarSchema>;

/** SenML records in JSON or CBOR (RFC 8428): a point per name. */
export const senmlSchema = z.strictObject({
  type: z.literal('senml'),
  format: z.enum(['json', 'cbor']).default('json'),
});

/** InfluxDB line protocol: a point per field, of the machine named by a tag. */
export const lineSchema = z.strictObject({ type: z.literal('line_protocol'), assetTag: z.string().min(1).optional() });
export type LinePayload = z.infer<typeof lineSchema>;

export type Payload = z.infer<typeof waveformSchema> | ScalarPayload | z.infer<typeof senmlSchema> | LinePayload;
