import { z } from 'zod';

export const protobufSchema = z.strictObject({
  /** A `.proto` file; its imports are beside it. */
  file: z.string().min(1),
  /** The payload's message type, with its package: `acme.v1.Report`. */
  message: z.string().min(1),
});
export type Protobuf = z.infer<typeof protobufSchema>;

export const csvSchema = z.strictObject({
  delimiter: z.string().length(1).optional(),
  /** Column names for a payload without a header. */
  columns: z.array(z.string().min(1)).min(1).optional(),
  skipLines: z.int().min(0).max(1000).default(0),
});

export const xmlSchema = z.strictObject({
  /** Elements that are lists even if only one occurs; `all` applies to each below the root. */
  lists: z.union([z.literal('all'), z.array(z.string().min(1)).min(1)]),
});
export type XmlSettings = z.infer<typeof xmlSchema>;

/** The protobuf format requires a `.proto` file, which no other format has. */
export const hasItsProtobuf = (p: { format: string; protobuf?: Protobuf }): boolean =>
  (p.format === 'protobuf') === (p.protobuf !== undefined);
export const ITS_PROTOBUF = {
  message: 'a file and a message with format protobuf, and only there',
  path: ['protobuf'],
};

export const formatFields = {
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
  /** Turns names and values in text into an object. */
  pairs: z
    .strictObject({
      separator: z.string().min(1).max(8).default(';'),
      /** If it is the separator, names and values alternate. */
      assignment: z.string().min(1).max(8).default('='),
      /** Names of the texts before the first pair. */
      leading: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  /** Each row is an object by column name: `*.temp` is a column, `0.temp` a value of the first row. */
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
