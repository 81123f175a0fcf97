import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bitSliceSchema } from '../bitSlice.ts';
import { parseBrowsePath } from './browsePath.ts';
import { capturesOf, parsePathPattern } from './pathPattern.ts';

const NODE_ID = /^(ns=\d+;|nsu=[^;]+;)?(i=\d+|s=.+|g=[0-9a-fA-F-]{36}|b=[A-Za-z0-9+/=]+)$/;
export const isNodeId = (text: string): boolean => NODE_ID.test(text);

/** Prefer a namespace URI (`nsu=`): a server may renumber its namespaces whenever it starts. */
const nodeIdSchema = z
  .string()
  .regex(NODE_ID, 'a node id such as nsu=urn:vendor:device;s=Pump.Temperature or ns=2;s=Pump.Temperature');

/** Browse names from the Root folder, each preceded by its namespace. */
const pathSchema = z.string().refine((text) => parseBrowsePath(text) !== null, {
  message: 'a browse path such as /Objects/2:Pump/nsu=urn:vendor:device;Speed',
});

/** How values are sampled and read. */
const nodeFields = {
  /** The server's sampling interval; a waveform is sent whole, as an array, at each change. */
  samplingIntervalMs: z.number().min(0).default(1000),
  /** Values that the server queues between two publications. */
  queueSize: z.int().min(1).max(10_000).default(10),
  /** Which of them a full queue discards; either is reported and counted. */
  discard: z.enum(['oldest', 'newest']).default('oldest'),
  /** Smaller changes are not sent: in the value's unit, or in percent of the node's range. */
  deadband: z.strictObject({ type: z.enum(['absolute', 'percent']), value: z.number().positive() }).optional(),
  /** Rate of a node whose value is an array of samples. */
  sampleRateHz: z.number().min(10).max(200_000).optional(),
  /** Part of an array or a matrix, as `3`, `0:1023` or `0,0:1023`: elements from 0, dimensions separated by commas. */
  range: z
    .string()
    .regex(/^\d+(:\d+)?(,\d+(:\d+)?)*$/, 'a range of elements such as 3, 0:1023 or 0,0:1023')
    .optional(),
  /** A field of a structure, as `Motor.Speed`; elements of arrays by their index, from 0. */
  member: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/, 'a field of a structure such as Motor.Speed or Axes.0.Rms')
    .optional(),
  /** Words that map to numbers, as `{ RUN: 1, STOP: 0 }`; on, off, yes, no, true and false are built in. */
  states: z.record(z.string(), z.number()).optional(),
  /** Part of an integer. */
  bits: bitSliceSchema.optional(),
  /** The value in the point's unit is `number × scale + offset`. */
  scale: z
    .number()
    .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
    .default(1),
  offset: z.number().default(0),
};

const opcuaNodeSchema = z
  .strictObject({
    nodeId: nodeIdSchema.optional(),
    /** Instead of a node id. */
    path: pathSchema.optional(),
    asset: nameSchema,
    point: nameSchema,
    ...nodeFields,
  })
  .refine((node) => (node.nodeId === undefined) !== (node.path === undefined), {
    message: '"nodeId" or "path"',
    path: ['nodeId'],
  });
export type OpcuaNodeConfig = z.infer<typeof opcuaNodeSchema>;

const templateSchema = z.string().min(1).max(200);

/** Nodes discovered on the server, on each connection, by path and type. */
const selectionSchema = z
  .strictObject({
    /** Where the search starts: a node id or a browse path. */
    under: z.union([pathSchema, nodeIdSchema], { error: 'a node id or a browse path' }).default('/Objects'),
    /** Browse names below it, in any namespace. */
    path: z.string().refine((text) => parsePathPattern(text) !== null, {
      message:
        'browse names below "under" such as {asset}/Monitoring/{point}: {…} and * within a name, + for one, one # for any number',
    }),
    /** Types of the nodes captured by braces, by name or node id; subtypes match. */
    types: z
      .record(
        z.string(),
        z.string().refine((text) => isNodeId(text) || /^[A-Za-z_]\w*$/.test(text), {
          message: 'the name or the node id of a type, such as AnalogItemType or nsu=urn:vendor:types;i=1002',
        }),
      )
      .default({}),
    asset: templateSchema.default('{asset}'),
    point: templateSchema.default('{point}'),
    /** Replacements for the server's names of machines and points. */
    names: z.record(z.string().min(1), nameSchema).optional(),
    /** Largest number of nodes. */
    limit: z.int().min(1).max(20_000).default(1000),
    ...nodeFields,
  })
  .superRefine(({ path, types, asset, point }, context) => {
    const parts = new Set([...capturesOf(path), 'name', ...(path.split('/').includes('#') ? ['rest'] : [])]);
    for (const [key, template] of Object.entries({ asset, point }))
      for (const part of capturesOf(template))
        if (!parts.has(part))
          context.addIssue({
            code: 'custom',
            path: [key],
            message: `placeholders that "path" has, not {${part}}: ${[...parts].map((one) => `{${one}}`).join(', ')}`,
          });
    for (const part of Object.keys(types))
      if (!capturesOf(path).includes(part))
        context.addIssue({ code: 'custom', path: ['types', part], message: 'a placeholder of "path"' });
  });
export type OpcuaSelectionConfig = z.infer<typeof selectionSchema>;

/** Key of a point. */
export const keyOf = ({ asset, point }: { asset: string; point: string }): string => `${asset}/${point}`;

/** A node's configured id or path. */
export const addressOf = ({ nodeId, path }: OpcuaNodeConfig): string => nodeId ?? path ?? '';

const endpointSchema = z.url({ protocol: /^opc\.tcp$/, error: 'an address such as opc.tcp://host:4840' });

export const opcuaSourceSchema = z
  .strictObject({
    type: z.literal('opcua'),
    endpoint: endpointSchema,
    /** Servers with the same address space, used while the first is unreachable or unhealthy. */
    standby: z.array(endpointSchema).default([]),
    securityMode: z.enum(['None', 'Sign', 'SignAndEncrypt']).default('None'),
    securityPolicy: z.enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']).default('None'),
    username: z.string().optional(),
    passwordFile: z.string().optional(),
    /** Instead of a user name: a certificate and its key, in PEM. */
    userCertificateFile: z.string().optional(),
    userKeyFile: z.string().optional(),
    publishingIntervalMs: z.number().min(10).default(500),
    /** The timestamp to use. If the source's is missing, the server's is used, then the time of arrival. */
    timestamps: z.enum(['source', 'server', 'arrival']).default('source'),
    /**
     * Whether values of a gap, including the edge's own downtime, are read from the server's history after a new
     * connection.
     */
    history: z.boolean().default(false),
    nodes: z.array(opcuaNodeSchema).default([]),
    /** In addition to `nodes`, or instead of them. */
    browse: z.array(selectionSchema).default([]),
  })
  .refine(({ nodes, browse }) => nodes.length + browse.length > 0, {
    message: 'at least one node, or one selection in "browse"',
    path: ['nodes'],
  })
  .refine((s) => (s.userCertificateFile === undefined) === (s.userKeyFile === undefined), {
    message: 'a certificate and its key, or neither',
    path: ['userCertificateFile'],
  })
  .superRefine(({ nodes }, context) => {
    const seen = new Set<string>();
    for (const [i, { asset, point }] of nodes.entries()) {
      if (seen.has(`${asset}/${point}`))
        context.addIssue({
          code: 'custom',
          path: ['nodes', i, 'point'],
          message: 'one node for each point: another has this one',
        });
      seen.add(`${asset}/${point}`);
    }
  });
export type OpcuaSourceConfig = z.infer<typeof opcuaSourceSchema>;
