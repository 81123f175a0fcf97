import { z } from 'zod';

export const protobufSchema = z.strictObject({
  /** A `.proto` file; what it imports lies beside it. */
  file: z.string().min(1),
  /** The message that a payload is, with its package: `acme.v1.Report`. */
  message: z.string().min(1),
});
export type Protobuf = z.infer<typeof protobufSchema>;

export const csvSchema = z.strictObject({
  delimiter: z.string().length(1).optional(),
  /** Names of the columns where the payload has no header. */
  columns: z.array(z.string().min(1)).min(1).optional(),
  skipLines: z.int().min(0).max(1000).default(0),
});

export const xmlSchema = z.strictObject({
  /** Elements that are lists even where one occurs alone; `all` makes each below the root one. */
  lists: z.union([z.literal('all'), z.array(z.string().min(1)).min(1)]),
});
export type XmlSettings = z.infer<typeof xmlSchema>;

/** A `.proto` file belongs to the format, and the format to one. */
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
