import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { isTimeFormat, isZone } from './timeReader.ts';

/** Of sources and of the uplink. */
export const brokerFields = {
  url: z.url({ protocol: /^(mqtt|mqtts|tcp|ssl)$/, error: 'an address such as mqtt://host:1883 or mqtts://host:8883' }),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** Of MQTT. */
  protocol: z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.enum(['3.1.1', '5'])).default('3.1.1'),
};
export type BrokerConfig = z.infer<z.ZodObject<typeof brokerFields>>;

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

const waveformSchema = z
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
    /** Dotted paths in a JSON envelope. */
    keys: z
      .strictObject({
        samples: z.string().min(1).default('samples'),
        sampleRate: z.string().min(1).default('sampleRateHz'),
        time: z.string().min(1).default('startTime'),
        scale: z.string().min(1).default('scale'),
        unit: z.string().min(1).default('unit'),
      })
      .prefault({}),
    /** What an envelope's rate is in: a frequency, or the time from one sample to the next. */
    sampleRateIn: z.enum(['Hz', 'kHz', 's', 'ms', 'us']).default('Hz'),
  })
  .refine((p) => p.framing === 'json' || p.axes === undefined || Array.isArray(p.axes), {
    message: 'a list of points: only a JSON envelope has a path for each',
    path: ['axes'],
  })
  .refine((p) => p.framing !== 'raw' || p.sampleRateHz !== undefined, {
    message: 'a rate in Hz: raw frames do not tell theirs',
    path: ['sampleRateHz'],
  });
export type WaveformPayload = z.infer<typeof waveformSchema>;

const scalarSchema = z.strictObject({
  type: z.literal('scalar'),
  /** Dotted path of the number in the JSON; empty where the payload is the number. `*` stands for each element of an array. */
  value: z.string().default('value'),
  /** Instead of `value`: a path for each of several points that one message tells. */
  values: z
    .record(nameSchema, z.string().min(1))
    .refine((v) => Object.keys(v).length > 0, { message: 'one point or more' })
    .optional(),
  /** Instead of the topic's: dotted paths of the machine's and the point's name in the message. */
  assetPath: z.string().min(1).optional(),
  pointPath: z.string().min(1).optional(),
  /**
   * A message that tells several points: each element of the array, or entry of the object, at `path` is one. `value`,
   * `time`, `quality` and `unit` are paths in the element; a time that it lacks is that of the message.
   */
  each: z
    .strictObject({
      path: z.string().default(''),
      /** Path of the point's name in the element; `$key`: the entry's key, or the element's number from 0. */
      point: z.string().min(1),
      asset: z.string().min(1).optional(),
      /** Points that are taken, of many. */
      only: z.array(nameSchema).min(1).optional(),
    })
    .optional(),
  /** Words that stand for numbers, as `{ RUN: 1, STOP: 0 }`; on, off, yes, no, true and false are known. */
  states: z.record(z.string(), z.number()).optional(),
  /** The value is a text of hexadecimal digits. */
  hex: z.boolean().default(false),
  /** A part of a whole number: so many bits from the lowest one, counted from 0. */
  bits: z.strictObject({ from: z.int().min(0).max(51), length: z.int().min(1).max(52) }).optional(),
  /** The value times `scale` plus `offset` is in the point's unit. */
  scale: z.number().default(1),
  offset: z.number().default(0),
  /** Dotted path of the time; where it is absent the arrival's time is taken. */
  time: z.string().default('time'),
  /** Of an array whose message has one time, that of its last element. */
  intervalMs: z.number().positive().optional(),
  /** Dotted path of a quality, and what it says where the value is good. */
  quality: z.string().min(1).optional(),
  good: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .default(['Good', 'good', 'GOOD', 'OK', 'ok', true, 192]),
  /** Dotted path of the unit's name: values of another unit than the point's are rejected. */
  unit: z.string().min(1).optional(),
});
export type ScalarPayload = z.infer<typeof scalarSchema>;

/** Stands for an entry's key where a path is asked for. */
export const KEY = '$key';

/** SenML records in JSON (RFC 8428): a point for each name. */
const senmlSchema = z.strictObject({ type: z.literal('senml') });

/** InfluxDB line protocol: a point for each field, of the machine that a tag names. */
const lineSchema = z.strictObject({ type: z.literal('line_protocol'), assetTag: z.string().min(1).optional() });
export type LinePayload = z.infer<typeof lineSchema>;

type Payload = z.infer<typeof waveformSchema> | ScalarPayload | z.infer<typeof senmlSchema> | LinePayload;

function namesPoints(payload: Payload): boolean {
  switch (payload.type) {
    case 'senml':
    case 'line_protocol':
      return true;
    case 'waveform':
      return payload.axes !== undefined;
    case 'scalar':
      return payload.values !== undefined || payload.each !== undefined || payload.pointPath !== undefined;
  }
}

function namesAsset(payload: Payload): boolean {
  if (payload.type === 'line_protocol') return payload.assetTag !== undefined;
  return payload.type === 'scalar' && (payload.assetPath !== undefined || payload.each?.asset !== undefined);
}

const SHARED = /^\$share\/[^/+#]+\//;

/** A topic without the group of a shared subscription: messages come without it. */
export const withoutGroup = (topic: string): string => topic.replace(SHARED, '');

export const subscriptionSchema = z
  .strictObject({
    /** A topic in which `{asset}` and `{point}` stand for one level each; `+` is a level that does not matter. */
    topic: z.string().min(1),
    asset: nameSchema.optional(),
    point: nameSchema.optional(),
    qos: z.union([z.literal(0), z.literal(1)]).default(1),
    payload: z.discriminatedUnion('type', [waveformSchema, scalarSchema, senmlSchema, lineSchema]),
  })
  .refine((s) => /^[^#]*(^|\/)#$|^[^#]+$/.test(s.topic), { message: '# alone as the last level', path: ['topic'] })
  .refine((s) => !s.topic.startsWith('$share') || SHARED.test(s.topic), {
    message: '$share/<group>/<topic>',
    path: ['topic'],
  })
  .refine((s) => ['{asset}', '{point}'].every((p) => s.topic.split('/').filter((l) => l === p).length < 2), {
    message: '{asset} and {point} once each',
    path: ['topic'],
  })
  .refine((s) => s.asset !== undefined || namesAsset(s.payload) || s.topic.split('/').includes('{asset}'), {
    message: 'a topic with a level {asset}, the setting "asset", or a path of it in the payload',
    path: ['topic'],
  })
  .refine((s) => s.point !== undefined || namesPoints(s.payload) || s.topic.split('/').includes('{point}'), {
    message:
      'a topic with a level {point}, the setting "point", or points in the payload ("values", "each", "pointPath", "axes")',
    path: ['topic'],
  });
export type Subscription = z.infer<typeof subscriptionSchema>;

const mqttSourceSchema = z.strictObject({
  type: z.literal('mqtt'),
  ...brokerFields,
  /** `auto`: ISO 8601, or a number of milliseconds since 1970. Else a unit, or a pattern such as `dd.MM.yyyy HH:mm:ss` (Luxon's tokens). */
  timeFormat: z
    .string()
    .refine(isTimeFormat, {
      message: 'auto, s, ms, us, ns, or a pattern with day and time such as dd.MM.yyyy HH:mm:ss',
    })
    .default('auto'),
  /** Of texts that name none: an IANA zone such as `Europe/Berlin`. */
  timeZone: z.string().refine(isZone, { message: 'an IANA time zone such as Europe/Berlin' }).default('UTC'),
  subscriptions: z.array(subscriptionSchema).min(1),
});
export type MqttSourceConfig = z.infer<typeof mqttSourceSchema>;

const opcuaNodeSchema = z.strictObject({
  nodeId: z
    .string()
    .regex(
      /^(ns=\d+;)?(i=\d+|s=.+|g=[0-9a-fA-F-]{36}|b=[A-Za-z0-9+/=]+)$/,
      'a node id such as ns=2;s=Pump.Temperature',
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
});
export type OpcuaNodeConfig = z.infer<typeof opcuaNodeSchema>;

const opcuaSourceSchema = z
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

const sparkplugMetricSchema = z
  .strictObject({
    /** `<group>/<edge node>` or `<group>/<edge node>/<device>`, in which `{asset}` names the machine and `+` does not matter. */
    from: z
      .string()
      .regex(
        /^([^/{}#+]+|\+|\{asset\})(\/([^/{}#+]+|\+|\{asset\})){1,2}$/,
        'group/node or group/node/device, each a name, {asset} or +',
      ),
    /** Name of the metric, or `{point}`: every metric whose name can be a point's. */
    metric: z.string().min(1),
    asset: nameSchema.optional(),
    point: nameSchema.optional(),
    /** Rate of a metric whose value is an array of samples. */
    sampleRateHz: z.number().min(10).max(200_000).optional(),
  })
  .refine((m) => m.asset !== undefined || m.from.split('/').includes('{asset}'), {
    message: 'a level {asset}, or the setting "asset"',
    path: ['from'],
  })
  .refine((m) => m.point !== undefined || m.metric === '{point}' || nameSchema.safeParse(m.metric).success, {
    message: 'the setting "point": this metric’s name cannot be one',
    path: ['metric'],
  });
export type SparkplugMetricConfig = z.infer<typeof sparkplugMetricSchema>;

const sparkplugSourceSchema = z
  .strictObject({
    type: z.literal('sparkplug'),
    ...brokerFields,
    groups: z.array(z.string().regex(/^[^/+#]+$/, 'a group’s id, without / + #')).min(1),
    /** Makes the edge a primary host of this id: nodes that wait for one store what they have while it is away. */
    hostId: nameSchema.optional(),
    metrics: z.array(sparkplugMetricSchema).min(1),
  })
  .superRefine(({ groups, metrics }, context) => {
    for (const [i, { from }] of metrics.entries()) {
      const [group] = from.split('/');
      if (group === '+' || group === '{asset}' || groups.includes(group)) continue;
      context.addIssue({
        code: 'custom',
        path: ['metrics', i, 'from'],
        message: `a group of "groups": ${groups.join(', ')}`,
      });
    }
  });
export type SparkplugSourceConfig = z.infer<typeof sparkplugSourceSchema>;

const modbusRegisterSchema = z.strictObject({
  asset: nameSchema,
  point: nameSchema,
  table: z.enum(['holding', 'input']).default('holding'),
  /** As the protocol counts them, from 0: register 40001 of many manuals is 0. */
  address: z.int().min(0).max(65_535),
  type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32', 'int64', 'uint64', 'float64']).default('int16'),
  /** `big`: the word of highest value comes first; `little`: last. */
  wordOrder: z.enum(['big', 'little']).default('big'),
  /** The value in the point's unit is `number × scale + offset`. */
  scale: z
    .number()
    .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
    .default(1),
  offset: z.number().default(0),
});
export type ModbusRegisterConfig = z.infer<typeof modbusRegisterSchema>;

const modbusSourceSchema = z
  .strictObject({
    type: z.literal('modbus'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(502),
    /** A device that has not answered for so long is connected to again. */
    timeoutMs: z.number().min(100).max(60_000).default(2000),
    /** Registers that are read together. */
    groups: z
      .array(
        z.strictObject({
          intervalMs: z.number().min(10).default(1000),
          unitId: z.int().min(0).max(255).default(1),
          registers: z.array(modbusRegisterSchema).min(1),
        }),
      )
      .min(1),
  })
  .superRefine(({ groups }, context) => {
    const seen = new Set<string>();
    for (const [g, { registers }] of groups.entries()) {
      for (const [r, { asset, point }] of registers.entries()) {
        const name = `${asset}/${point}`;
        if (seen.has(name)) {
          const path = ['groups', g, 'registers', r, 'point'];
          context.addIssue({ code: 'custom', path, message: 'one register for each point: another has this one' });
        }
        seen.add(name);
      }
    }
  });
export type ModbusSourceConfig = z.infer<typeof modbusSourceSchema>;

/** Where values and signals come from, by `type`. */
export const sourceSchema = z.discriminatedUnion('type', [
  mqttSourceSchema,
  opcuaSourceSchema,
  modbusSourceSchema,
  sparkplugSourceSchema,
]);
