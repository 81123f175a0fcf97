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
     * Dotted path of the number in the message; empty where the payload is the number. `*` stands for each element of an
     * array. As any path it may list several, `a | b`: the first where something lies counts.
     */
    value: z.string().default('value'),
    /** Several points of one message: a path for each, or settings of its own beside those of the payload. */
    values: someValues.optional(),
    /** Instead of the topic's: paths of the machine's and the point's name in the message. */
    assetPath: z.string().min(1).optional(),
    pointPath: z.string().min(1).optional(),
    /** Names that stand in one text: `{asset}`, `{point}`, or others that templates refer to. */
    split: splitSchema.optional(),
    /** Paths of texts that are JSON themselves, or base64 of it; further paths may lead into them. */
    json: z.array(z.string().min(1)).min(1).optional(),
    /** Messages that are taken: what has to lie at a path. Others are ignored. */
    where: conditionSchema.optional(),
    /**
     * A message of several points: each element of the array, or entry of the object, at `path` is one, in which
     * `*` stands for each element, too. Other paths are seen from the element, `^` from one level further out; a time that
     * it lacks is that of the message.
     */
    each: z
      .strictObject({
        path: z.string().default(''),
        /** Path of the point's name; `$key`: the entry's key, or the element's number from 0; `$1`: that of the first `*`. */
        point: z.string().min(1).optional(),
        asset: z.string().min(1).optional(),
        /** Points that are taken, of many. */
        only: z.array(nameSchema).min(1).optional(),
        /** Elements that are taken: what has to lie at a path in them. */
        where: conditionSchema.optional(),
      })
      .optional(),
    /** Bytes at `value` that are records, each of a header and a value (Cayenne LPP, Milesight): by header, in hexadecimal digits. */
    records: z
      .strictObject({
        headerBytes: z.int().min(1).max(4).default(2),
        types: z.record(
          z.string().regex(/^([0-9a-f]{2}){1,4}$/, 'hexadecimal digits in lower case, such as 0367'),
          z.strictObject({
            /** Bytes after the header; without it, as many as the values take. */
            length: z.int().min(0).max(255).optional(),
            values: z.record(nameSchema, valueSchema).default({}),
          }),
        ),
      })
      .optional(),
    /** The value times `scale` plus `offset` is in the point's unit. */
    scale: z.number().default(1),
    offset: z.number().default(0),
    /** Where it is absent the arrival's time is taken. */
    time: timeSchema.default('time'),
    /** Path of the time after `time` at which the value was measured, or of an array with one for each element of it. */
    deltas: z.string().min(1).optional(),
    deltasIn: z.enum(['s', 'ms', 'us']).default('ms'),
    /** Of an array whose message has one time, that of its last element or, by `timeIs`, its first. */
    intervalMs: z.number().positive().optional(),
    timeIs: timeIsSchema.default('last'),
    /** Dotted path of a quality, and what it says where the value is good; null: it is absent. */
    quality: z.string().min(1).optional(),
    good: z.array(plainValue.nullable()).default(['Good', 'good', 'GOOD', 'OK', 'ok', true, 192]),
    /** Dotted path of the unit's name: values of another unit than the point's are rejected. */
    unit: z.string().min(1).optional(),
  })
  .refine(hasItsProtobuf, ITS_PROTOBUF);
export type ScalarPayload = z.infer<typeof scalarSchema>;

/** SenML records in JSON or CBOR (RFC 8428): a point for each name. */
export const senmlSchema = z.strictObject({
  type: z.literal('senml'),
  format: z.enum(['json', 'cbor']).default('json'),
});

/** InfluxDB line protocol: a point for each field, of the machine that a tag names. */
export const lineSchema = z.strictObject({ type: z.literal('line_protocol'), assetTag: z.string().min(1).optional() });
export type LinePayload = z.infer<typeof lineSchema>;

export type Payload = z.infer<typeof waveformSchema> | ScalarPayload | z.infer<typeof senmlSchema> | LinePayload;
