import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bitSliceSchema } from '../bitSlice.ts';

const opcuaNodeSchema = z.strictObject({
  /** A namespace is best named by its URI (`nsu=`): a server may number its namespaces anew whenever it starts. */
  nodeId: z
    .string()
    .regex(
      /^(ns=\d+;|nsu=[^;]+;)?(i=\d+|s=.+|g=[0-9a-fA-F-]{36}|b=[A-Za-z0-9+/=]+)$/,
      'a node id such as nsu=urn:vendor:device;s=Pump.Temperature or ns=2;s=Pump.Temperature',
    ),
  asset: nameSchema,
  point: nameSchema,
  /** How often the server samples; a waveform is sent whole, as an array, each time it changes. */
  samplingIntervalMs: z.number().min(0).default(1000),
  /** Values that the server keeps between two publications. */
  queueSize: z.int().min(1).max(10_000).default(10),
  /** Which of them a full queue throws away; either is told and counted. */
  discard: z.enum(['oldest', 'newest']).default('oldest'),
  /** Changes that are smaller are not sent: in the value's unit, or in percent of the range that the node tells. */
  deadband: z.strictObject({ type: z.enum(['absolute', 'percent']), value: z.number().positive() }).optional(),
  /** Rate of a node whose value is an array of samples. */
  sampleRateHz: z.number().min(10).max(200_000).optional(),
  /** A part of an array or a matrix, as `3`, `0:1023` or `0,0:1023`: elements from 0, dimensions with commas between. */
  range: z
    .string()
    .regex(/^\d+(:\d+)?(,\d+(:\d+)?)*$/, 'a range of elements such as 3, 0:1023 or 0,0:1023')
    .optional(),
  /** Words that stand for numbers, as `{ RUN: 1, STOP: 0 }`; on, off, yes, no, true and false are known. */
  states: z.record(z.string(), z.number()).optional(),
  /** A part of a whole number. */
  bits: bitSliceSchema.optional(),
  /** The value in the point's unit is `number × scale + offset`. */
  scale: z
    .number()
    .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
    .default(1),
  offset: z.number().default(0),
});
export type OpcuaNodeConfig = z.infer<typeof opcuaNodeSchema>;

export const opcuaSourceSchema = z
  .strictObject({
    type: z.literal('opcua'),
    endpoint: z.url({ protocol: /^opc\.tcp$/, error: 'an address such as opc.tcp://host:4840' }),
    securityMode: z.enum(['None', 'Sign', 'SignAndEncrypt']).default('None'),
    securityPolicy: z.enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']).default('None'),
    username: z.string().optional(),
    passwordFile: z.string().optional(),
    /** Instead of a user name: a certificate and its key, in PEM. */
    userCertificateFile: z.string().optional(),
    userKeyFile: z.string().optional(),
    publishingIntervalMs: z.number().min(10).default(500),
    /** Which time a value bears. Where the source's is absent it is the server's, and where that is, the arrival's. */
    timestamps: z.enum(['source', 'server', 'arrival']).default('source'),
    /** Whether values of a gap are read from the server's history after a new connection. */
    history: z.boolean().default(false),
    nodes: z.array(opcuaNodeSchema).min(1),
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
