import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bitSliceSchema } from './bitSlice.ts';

export const waveformEncodings = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int24',
  'int32',
  'uint32',
  'float32',
  'float64',
] as const;
export type WaveformEncoding = (typeof waveformEncodings)[number];
export const numberEncodings = [...waveformEncodings, 'int64', 'uint64'] as const;
export type NumberEncoding = (typeof numberEncodings)[number];

/** Order of a number's bytes; letters also order its 16-bit words, as in Modbus devices. */
const byteOrders = ['little', 'big', 'ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type ByteOrder = (typeof byteOrders)[number];

export const plainValue = z.union([z.string(), z.number(), z.boolean()]);

/** How to read a number at a path. */
export const numberFields = {
  /** Words that map to numbers, as `{ RUN: 1, STOP: 0 }`; on, off, yes, no, true and false are built in. */
  states: z.record(z.string(), z.number()).optional(),
  /** The value is text of hexadecimal digits. */
  hex: z.boolean().optional(),
  /** The decimal mark of a number in a text. */
  decimal: z.enum(['.', ',']).optional(),
  /** The value is a number followed by its unit, as `61.2 °C`. */
  unitInText: z.boolean().optional(),
  /**
   * The value is bytes: base64, hexadecimal digits, a list of 16-bit words; lists of bytes and binary formats need no
   * setting.
   */
  bytes: z.enum(['base64', 'hex', 'words']).optional(),
  /** A number in bytes, and its position; negative: from the end. */
  as: z.enum(numberEncodings).optional(),
  at: z.int().min(-65_536).max(65_536).optional(),
  byteOrder: z.enum(byteOrders).optional(),
  /** Length in bytes of consecutive records: `at` is a position in each, and the value is an array of them. */
  every: z.int().min(1).max(65_536).optional(),
  /** Bytes before the first record. */
  skipBytes: z.int().min(0).max(65_536).optional(),
  /** Part of an integer. */
  bits: bitSliceSchema.optional(),
  /** Each four bits are a decimal digit. */
  bcd: z.boolean().optional(),
  /** Values that mark a missing value, before scale and offset. */
  none: z.array(plainValue).min(1).optional(),
};

const timeInBytes = z.strictObject({
  at: z.int().min(-65_536).max(65_536),
  as: z.enum(numberEncodings).default('uint32'),
  byteOrder: z.enum(byteOrders).default('big'),
});
export type TimeInBytes = z.infer<typeof timeInBytes>;

/**
 * Path of the time, a composed text, as `{date} {clock}`, or a position in the value's bytes, with `every` of each
 * record.
 */
export const timeSchema = z.union([
  z.string().refine((path) => !path.includes('}.{'), {
    message: 'one path: seconds and nanoseconds put together lose the zeros of the fraction',
  }),
  timeInBytes,
]);

/** Of an array with one time: the element that it belongs to. */
export const timeIsSchema = z.enum(['first', 'last']);

export const valueSchema = z.strictObject({
  ...numberFields,
  /** As `value`. */
  path: z.string().optional(),
  scale: z.number().optional(),
  offset: z.number().optional(),
  time: timeSchema.optional(),
  intervalMs: z.number().positive().optional(),
  quality: z.string().min(1).optional(),
  good: z.array(plainValue.nullable()).optional(),
  unit: z.string().min(1).optional(),
});
export type ValueSpec = z.infer<typeof valueSchema>;

export const someValues = z
  .record(nameSchema, z.union([z.string().min(1), valueSchema]))
  .refine((v) => Object.keys(v).length > 0, { message: 'one point or more' });

export const conditionSchema = z.record(z.string().min(1), z.union([plainValue, z.array(plainValue).min(1)]));
