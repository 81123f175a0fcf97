import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { csvSchema, hasItsProtobuf, ITS_PROTOBUF, protobufSchema, xmlSchema } from './formatConfig.ts';
import { numberEncodings, someValues, timeIsSchema, waveformEncodings } from './valueConfig.ts';

const integerAt = z.strictObject({
  /** Bytes from the start of the payload. */
  at: z.int().min(0).max(4096),
  type: z.enum(['uint8', 'uint16', 'uint32']).default('uint16'),
  byteOrder: z.enum(['little', 'big']).default('little'),
});
const numberAt = integerAt.extend({ type: z.enum(numberEncodings).default('uint16') });
export type NumberAt = z.infer<typeof numberAt>;
/** Position of a chunk's field: a dotted path of the envelope, `{level}` of the topic, or bytes of a raw payload. */
const chunkFieldSchema = z.union([z.string().min(1), integerAt]);
export type ChunkField = z.infer<typeof chunkFieldSchema>;

/** A waveform that a device sends in several messages. */
const chunksSchema = z.strictObject({
  /** The chunk's index. */
  sequence: chunkFieldSchema,
  /** Number of chunks per waveform. */
  total: z.union([z.int().min(1).max(65_536), chunkFieldSchema]),
  /** An id shared by the chunks of one waveform and different for the next. */
  message: chunkFieldSchema.optional(),
  /** CRC-32 of the samples' bytes: a number, or hexadecimal digits. */
  checksum: chunkFieldSchema.optional(),
  checksumOf: z.enum(['waveform', 'chunk']).default('waveform'),
  /** Index of the first chunk. */
  first: z.union([z.literal(0), z.literal(1)]).default(0),
  /** A waveform whose next chunk takes longer is incomplete. */
  timeoutMs: z.number().min(100).max(3_600_000).default(10_000),
});
export type Chunks = z.infer<typeof chunksSchema>;

/** Raw frames need a configured or transmitted rate. */
const hasRate = (p: {
  framing: string;
  sampleRateHz?: number;
  keys: { sampleRate: string };
  header?: { sampleRate?: NumberAt };
}): boolean =>
  p.framing !== 'raw' ||
  p.sampleRateHz !== undefined ||
  p.header?.sampleRate !== undefined ||
  p.keys.sampleRate.includes('{');

export const waveformSchema = z
  .strictObject({
    type: z.literal('waveform'),
    /** `header`: Millwright's 32-byte header, then samples. `json`: an envelope. `raw`: samples alone. */
    framing: z.enum(['header', 'json', 'raw']),
    encoding: z.enum(waveformEncodings).default('float32'),
    byteOrder: z.enum(['little', 'big']).default('little'),
    sampleRateHz: z.number().min(10).max(200_000).optional(),
    /** Multiplies each sample to give the point's unit. */
    scale: z.number().default(1),
    /** Points of interleaved axes, in order; for a JSON envelope alternatively a path for each point's samples. */
    axes: z
      .union([z.array(nameSchema).min(2).max(16), z.record(nameSchema, z.string().min(1))])
      .refine((axes) => Array.isArray(axes) || Object.keys(axes).length > 0, { message: 'one point or more' })
      .optional(),
    /** Dotted paths in a JSON envelope; `{level}` is a level of the topic or a property, also of raw frames. */
    keys: z
      .strictObject({
        samples: z.string().min(1).default('samples'),
        sampleRate: z.string().min(1).default('sampleRateHz'),
        time: z.string().min(1).default('startTime'),
        scale: z.string().min(1).default('scale'),
        unit: z.string().min(1).default('unit'),
        /** Seconds since the first sample, one per sample: they determine the rate. */
        seconds: z.string().min(1).optional(),
      })
      .prefault({}),
    /** Unit of an envelope's rate: a frequency, or the interval between samples. */
    sampleRateIn: z.enum(['Hz', 'kHz', 's', 'ms', 'us']).default('Hz'),
    /** Format of an envelope. */
    format: z.enum(['json', 'cbor', 'msgpack', 'protobuf', 'xml', 'csv']).default('json'),
    protobuf: protobufSchema.optional(),
    xml: xmlSchema.optional(),
    csv: csvSchema.optional(),
    /** Instead of the topic's names: paths of the machine's and the point's name in an envelope. */
    assetPath: z.string().min(1).optional(),
    pointPath: z.string().min(1).optional(),
    /** Bytes of a raw payload before its samples. */
    skipBytes: z.int().min(0).max(4096).default(0),
    /** Numbers in those bytes; `sampleRateIn` is the unit of the rate, and `scale` multiplies the configured one. */
    header: z
      .strictObject({ sampleRate: numberAt.optional(), time: numberAt.optional(), scale: numberAt.optional() })
      .optional(),
    /** The sample to which the time of an envelope or header belongs. */
    timeIs: timeIsSchema.default('first'),
    /** Slow values in an envelope, beside its samples: as in a payload of type scalar. */
    values: someValues.optional(),
    chunks: chunksSchema.optional(),
  })
  .refine(hasItsProtobuf, ITS_PROTOBUF)
  .refine((p) => p.chunks === undefined || p.framing !== 'header', {
    message: 'framing json or raw: a frame with the header is whole',
    path: ['chunks'],
  })
  .refine(
    (p) => p.chunks?.message !== undefined || p.chunks === undefined || (p.assetPath ?? p.pointPath) === undefined,
    {
      message: 'a message id: chunks of several machines come on one topic',
      path: ['chunks', 'message'],
    },
  )
  .refine((p) => p.framing === 'json' || (p.assetPath ?? p.pointPath) === undefined, {
    message: 'framing json: only an envelope names its machine',
    path: ['framing'],
  })
  .refine((p) => p.values === undefined || (p.framing === 'json' && p.chunks === undefined), {
    message: 'framing json, without chunks: only a whole envelope has values beside its samples',
    path: ['values'],
  })
  .refine((p) => p.header === undefined || (p.framing === 'raw' && p.chunks === undefined), {
    message: 'framing raw, without chunks',
    path: ['header'],
  })
  .refine((p) => p.timeIs === 'first' || p.framing !== 'header', {
    message: 'framing json or raw: the time of a frame with the header is that of its first sample',
    path: ['timeIs'],
  })
  .refine((p) => p.skipBytes === 0 || p.framing === 'raw', { message: 'framing raw', path: ['skipBytes'] })
  .refine((p) => p.framing === 'json' || p.axes === undefined || Array.isArray(p.axes), {
    message: 'a list of points: only a JSON envelope has a path for each',
    path: ['axes'],
  })
  .refine(hasRate, {
    message:
      'a rate in Hz, one in bytes as in header: { sampleRate: { at: 2 } }, or one outside the frame as in keys: { sampleRate: "{rate}" }',
    path: ['sampleRateHz'],
  });
export type WaveformPayload = z.infer<typeof waveformSchema>;
