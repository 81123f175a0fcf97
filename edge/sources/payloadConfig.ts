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
const numberEncodings = [...waveformEncodings, 'int64', 'uint64'] as const;
export type NumberEncoding = (typeof numberEncodings)[number];

/** Of a number's bytes; by letters also of its words of 16 bits, as Modbus devices have it. */
const byteOrders = ['little', 'big', 'ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type ByteOrder = (typeof byteOrders)[number];

const integerAt = z.strictObject({
  /** Bytes from the payload's beginning. */
  at: z.int().min(0).max(4096),
  type: z.enum(['uint8', 'uint16', 'uint32']).default('uint16'),
  byteOrder: z.enum(['little', 'big']).default('little'),
});
/** Where a number of a chunk stands: a dotted path of the envelope, `{level}` of the topic, or bytes of a raw payload. */
const chunkFieldSchema = z.union([z.string().min(1), integerAt]);
export type ChunkField = z.infer<typeof chunkFieldSchema>;

/** A waveform that a device sends in several messages. */
const chunksSchema = z.strictObject({
  /** The chunk's number. */
  sequence: chunkFieldSchema,
  /** How many chunks a waveform has. */
  total: z.union([z.int().min(1).max(65_536), chunkFieldSchema]),
  /** What the chunks of one waveform share and those of the next do not. */
  message: chunkFieldSchema.optional(),
  /** CRC-32 of the samples' bytes: a number, or hexadecimal digits. */
  checksum: chunkFieldSchema.optional(),
  checksumOf: z.enum(['waveform', 'chunk']).default('waveform'),
  /** Number of the first chunk. */
  first: z.union([z.literal(0), z.literal(1)]).default(0),
  /** A waveform whose next chunk takes longer is incomplete. */
  timeoutMs: z.number().min(100).max(3_600_000).default(10_000),
});
export type Chunks = z.infer<typeof chunksSchema>;

const protobufSchema = z.strictObject({
  /** A `.proto` file; what it imports lies beside it. */
  file: z.string().min(1),
  /** The message that a payload is, with its package: `acme.v1.Report`. */
  message: z.string().min(1),
});
export type Protobuf = z.infer<typeof protobufSchema>;

const csvSchema = z.strictObject({
  delimiter: z.string().length(1).optional(),
  /** Names of the columns where the payload has no header. */
  columns: z.array(z.string().min(1)).min(1).optional(),
  skipLines: z.int().min(0).max(1000).default(0),
});

const xmlSchema = z.strictObject({
  /** Elements that are lists even where one occurs alone; `all` makes each below the root one. */
  lists: z.union([z.literal('all'), z.array(z.string().min(1)).min(1)]),
});
export type XmlSettings = z.infer<typeof xmlSchema>;

/** A `.proto` file belongs to the format, and the format to one. */
const hasItsProtobuf = (p: { format: string; protobuf?: Protobuf }): boolean =>
  (p.format === 'protobuf') === (p.protobuf !== undefined);
const ITS_PROTOBUF = { message: 'a file and a message with format protobuf, and only there', path: ['protobuf'] };

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
    /** Points of interleaved axes, in their order; of a JSON envelope also a path for each point's samples. */
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
        /** Seconds since the first sample, one for each: the rate follows from them. */
        seconds: z.string().min(1).optional(),
      })
      .prefault({}),
    /** What an envelope's rate is in: a frequency, or the time from one sample to the next. */
    sampleRateIn: z.enum(['Hz', 'kHz', 's', 'ms', 'us']).default('Hz'),
    /** What an envelope is written in. */
    format: z.enum(['json', 'cbor', 'msgpack', 'protobuf', 'xml', 'csv']).default('json'),
    protobuf: protobufSchema.optional(),
    xml: xmlSchema.optional(),
    csv: csvSchema.optional(),
    /** Instead of the topic's: paths of the machine's and the point's name in an envelope. */
    assetPath: z.string().min(1).optional(),
    pointPath: z.string().min(1).optional(),
    /** Bytes of a raw payload before its samples. */
    skipBytes: z.int().min(0).max(4096).default(0),
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
  .refine((p) => p.skipBytes === 0 || p.framing === 'raw', { message: 'framing raw', path: ['skipBytes'] })
  .refine((p) => p.framing === 'json' || p.axes === undefined || Array.isArray(p.axes), {
    message: 'a list of points: only a JSON envelope has a path for each',
    path: ['axes'],
  })
  .refine((p) => p.framing !== 'raw' || p.sampleRateHz !== undefined || p.keys.sampleRate.includes('{'), {
    message:
      'a rate in Hz, or one outside the frame as in keys: { sampleRate: "{rate}" }: raw frames do not tell theirs',
    path: ['sampleRateHz'],
  });
export type WaveformPayload = z.infer<typeof waveformSchema>;

const formatFields = {
  /** `text`: the value itself. `binary`: bytes. Others become objects and arrays, to which paths apply. */
  format: z
    .enum([
      'json',
      'json_lines',
      'cbor',
      'msgpack',
      'protobuf',
      'csv',
      'xml',
      'pairs',
      'line_protocol',
      'text',
      'binary',
    ])
    .default('json'),
  protobuf: protobufSchema.optional(),
  /** Names and values in a text become an object. */
  pairs: z
    .strictObject({
      separator: z.string().min(1).max(8).default(';'),
      /** Where it is the separator, names and values take turns. */
      assignment: z.string().min(1).max(8).default('='),
      /** Names of what stands before the first pair. */
      leading: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  /** Each row is an object by its column's name: `*.temp` is a column, `0.temp` a value of the first row. */
  csv: csvSchema.optional(),
  xml: xmlSchema.optional(),
};
export interface MessageFormat {
  format:
    | 'json'
    | 'json_lines'
    | 'cbor'
    | 'msgpack'
    | 'protobuf'
    | 'csv'
    | 'xml'
    | 'pairs'
    | 'line_protocol'
    | 'text'
    | 'binary';
  pairs?: { separator: string; assignment: string; leading: string[] };
  csv?: { delimiter?: string; columns?: string[]; skipLines: number };
  xml?: XmlSettings;
  protobuf?: Protobuf;
}

const plainValue = z.union([z.string(), z.number(), z.boolean()]);

/** How a number is read from what lies at its path. */
const numberFields = {
  /** Words that stand for numbers, as `{ RUN: 1, STOP: 0 }`; on, off, yes, no, true and false are known. */
  states: z.record(z.string(), z.number()).optional(),
  /** The value is a text of hexadecimal digits. */
  hex: z.boolean().optional(),
  /** The sign between whole and fraction of a number in a text. */
  decimal: z.enum(['.', ',']).optional(),
  /** The value is a number with its unit behind it, as `61.2 °C`. */
  unitInText: z.boolean().optional(),
  /** The value is bytes: base64, hexadecimal digits, a list of words of 16 bits; lists of bytes and binary formats need no setting. */
  bytes: z.enum(['base64', 'hex', 'words']).optional(),
  /** A number in bytes, and where it begins; negative: from the end. */
  as: z.enum(numberEncodings).optional(),
  at: z.int().min(-65_536).max(65_536).optional(),
  byteOrder: z.enum(byteOrders).optional(),
  /** A part of a whole number. */
  bits: bitSliceSchema.optional(),
  /** Each four bits are a decimal digit. */
  bcd: z.boolean().optional(),
  /** What a device sends where it has no value, before scale and offset. */
  none: z.array(plainValue).min(1).optional(),
};

const valueSchema = z.strictObject({
  ...numberFields,
  /** As `value`. */
  path: z.string().optional(),
  scale: z.number().optional(),
  offset: z.number().optional(),
  time: z.string().optional(),
  intervalMs: z.number().positive().optional(),
  quality: z.string().min(1).optional(),
  good: z.array(plainValue.nullable()).optional(),
  unit: z.string().min(1).optional(),
});
export type ValueSpec = z.infer<typeof valueSchema>;

const someValues = z
  .record(nameSchema, z.union([z.string().min(1), valueSchema]))
  .refine((v) => Object.keys(v).length > 0, { message: 'one point or more' });

const conditionSchema = z.record(z.string().min(1), z.union([plainValue, z.array(plainValue).min(1)]));

export const scalarSchema = z
  .strictObject({
    type: z.literal('scalar'),
    ...formatFields,
    ...numberFields,
    /** Dotted path of the number in the message; empty where the payload is the number. `*` stands for each element of an array. */
    value: z.string().default('value'),
    /** Several points of one message: a path for each, or settings of its own beside those of the payload. */
    values: someValues.optional(),
    /** Instead of the topic's: paths of the machine's and the point's name in the message. */
    assetPath: z.string().min(1).optional(),
    pointPath: z.string().min(1).optional(),
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
    /** Path of the time, or texts put together, as `{date} {clock}`; where it is absent the arrival's time is taken. */
    time: z
      .string()
      .refine((path) => !path.includes('}.{'), {
        message: 'one path: seconds and nanoseconds put together lose the zeros of the fraction',
      })
      .default('time'),
    /** Path of the time after `time` at which the value was measured, or of an array with one for each element of it. */
    deltas: z.string().min(1).optional(),
    deltasIn: z.enum(['s', 'ms', 'us']).default('ms'),
    /** Of an array whose message has one time, that of its last element. */
    intervalMs: z.number().positive().optional(),
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
