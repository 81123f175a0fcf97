import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { brokerFields } from './brokerFields.ts';
import { folderSourceSchema } from './folderConfig.ts';
import { modbusSourceSchema } from './modbusConfig.ts';
import { opcuaSourceSchema } from './opcua/opcuaConfig.ts';
import { findOverlaps, fitsTopic } from './overlaps.ts';
import { lineSchema, type Payload, type ScalarPayload, scalarSchema, senmlSchema } from './payloadConfig.ts';
import { sparkplugSourceSchema } from './sparkplug/sparkplugConfig.ts';
import { hasPart } from './splitName.ts';
import { isTimeFormat, isZone } from './timeReader.ts';
import { waveformSchema } from './waveformConfig.ts';

function namesPoints(payload: Payload): boolean {
  switch (payload.type) {
    case 'senml':
    case 'line_protocol':
      return true;
    case 'waveform':
      return payload.axes !== undefined || payload.pointPath !== undefined;
    case 'scalar':
      return (
        [payload.values, payload.each?.point, payload.pointPath, payload.records].some((v) => v !== undefined) ||
        splits(payload, 'point')
      );
  }
}

const splits = ({ split }: ScalarPayload, name: string): boolean => split !== undefined && hasPart(split, name);

function namesAsset(payload: Payload): boolean {
  if (payload.type === 'line_protocol') return payload.assetTag !== undefined;
  if (payload.type === 'waveform') return payload.assetPath !== undefined;
  return (
    payload.type === 'scalar' &&
    (payload.assetPath !== undefined || payload.each?.asset !== undefined || splits(payload, 'asset'))
  );
}

/** The name of a level, in braces in topics. */
const LEVEL_NAME = /^[A-Za-z][A-Za-z0-9]*$/;

/** A name, or one composed of topic levels, as `{what}-{phase}`. */
const nameOrTemplate = z.union([
  nameSchema,
  z
    .string()
    .regex(
      /^[A-Za-z0-9._-]*(\{[A-Za-z][A-Za-z0-9]*\}[A-Za-z0-9._-]*)+$/,
      'a name, or one with levels of the topic, as {what}-{phase}',
    ),
]);

/** Names from the topic's levels and the user properties. */
const namedOutside = (s: { topic: string; properties?: Record<string, string> }): string[] => [
  ...s.topic.split('/').flatMap((level) => /^\{(.+)\}$/.exec(level)?.[1] ?? []),
  ...Object.keys(s.properties ?? {}),
];

const SHARED = /^\$share\/[^/+#]+\//;

/** A topic without the group of a shared subscription, as in its messages. */
export const withoutGroup = (topic: string): string => topic.replace(SHARED, '');

export const subscriptionSchema = z
  .strictObject({
    /** A topic in which `{asset}` and `{point}` stand for one level each; `+` matches any level. */
    topic: z.string().min(1),
    asset: nameOrTemplate.optional(),
    point: nameOrTemplate.optional(),
    /** Replacements for the devices' names of machines and points: `{ "24e124136b502217": pump-7 }`. */
    names: z.record(z.string().min(1), nameSchema).optional(),
    /**
     * User properties of MQTT 5, or headers of HTTP, by the names used in settings: `{ machine: x-device }` is
     * `{machine}`.
     */
    properties: z
      .record(
        z.string().regex(LEVEL_NAME, 'a name of letters and digits, as {machine} refers to it'),
        z.string().min(1),
      )
      .optional(),
    /** Whether retained messages are accepted; each needs its own time. */
    retained: z.boolean().default(false),
    qos: z
      .union([z.literal(0), z.literal(1)], {
        error: '0 or 1; a message published at QoS 2 is delivered at 1, and one that comes twice is recognised',
      })
      .default(1),
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
  .refine((s) => s.asset !== undefined || namesAsset(s.payload) || namedOutside(s).includes('asset'), {
    message: 'a topic with a level {asset}, the setting "asset", or a path of it in the payload',
    path: ['topic'],
  })
  .refine((s) => s.point !== undefined || namesPoints(s.payload) || namedOutside(s).includes('point'), {
    message:
      'a topic with a level {point}, the setting "point", or points in the payload ("values", "each", "pointPath", "axes")',
    path: ['topic'],
  })
  .refine((s) => s.properties === undefined || s.payload.type !== 'waveform' || s.payload.chunks === undefined, {
    message: 'not with chunks: what is stored of an incomplete waveform is its topic and payload',
    path: ['properties'],
  });
export type Subscription = z.infer<typeof subscriptionSchema>;

/** In order: the first that matches a topic wins. */
const subscriptionsSchema = z
  .array(subscriptionSchema)
  .min(1)
  .superRefine((all, context) => {
    for (const { first, second, isHidden } of findOverlaps(all.map(({ topic }) => withoutGroup(topic))))
      if (isHidden)
        context.addIssue({
          code: 'custom',
          message: `a topic that ${all[first].topic} before it leaves something of: put the narrower one first`,
          path: [second, 'topic'],
        });
  });

/** How the times of payloads are read. */
const timeFields = {
  /**
   * `auto`: ISO 8601, or a number since 1970 whose size determines its unit. Else a unit, a count since another epoch,
   * or a pattern such as `dd.MM.yyyy HH:mm:ss` (Luxon's tokens).
   */
  timeFormat: z
    .string()
    .refine(isTimeFormat, {
      message:
        'auto, s, ms, us, ns, filetime, ticks, days1900, s1904, or a pattern with day and time such as dd.MM.yyyy HH:mm:ss',
    })
    .default('auto'),
  /** For texts without one: an IANA zone such as `Europe/Berlin`. */
  timeZone: z.string().refine(isZone, { message: 'an IANA time zone such as Europe/Berlin' }).default('UTC'),
};

/** A message that the edge publishes to make a device send its values. */
const requestSchema = z.strictObject({
  topic: z.string().regex(/^[^+#]+$/, 'a topic without + and #'),
  payload: z.string().max(65_536).default(''),
  /** Interval in seconds; the first is sent on each connection. */
  everyS: z.number().min(0.1).max(86_400),
  qos: z.union([z.literal(0), z.literal(1)]).default(0),
  /** MQTT 5: the topic for the device's answer, one of a subscription. */
  responseTopic: z
    .string()
    .regex(/^[^+#]+$/, 'a topic without + and #')
    .optional(),
});
export type DeviceRequest = z.infer<typeof requestSchema>;

const mqttSourceSchema = z
  .strictObject({
    type: z.literal('mqtt'),
    ...brokerFields,
    ...timeFields,
    subscriptions: subscriptionsSchema,
    requests: z.array(requestSchema).max(1000).default([]),
  })
  .superRefine(({ protocol, subscriptions, requests }, context) => {
    const need5 = [
      ...subscriptions.flatMap((s, i) => (s.properties ? [['subscriptions', i, 'properties']] : [])),
      ...requests.flatMap((r, i) => (r.responseTopic === undefined ? [] : [['requests', i, 'responseTopic']])),
    ];
    if (protocol !== '5')
      for (const path of need5) context.addIssue({ code: 'custom', message: "only with protocol: '5'", path });
    for (const [i, { responseTopic }] of requests.entries())
      if (
        responseTopic !== undefined &&
        !subscriptions.some(({ topic }) => fitsTopic(withoutGroup(topic), responseTopic))
      )
        context.addIssue({
          code: 'custom',
          message: 'a topic that one of the subscriptions accepts',
          path: ['requests', i, 'responseTopic'],
        });
  });
export type MqttSourceConfig = z.infer<typeof mqttSourceSchema>;

const httpSourceSchema = z
  .strictObject({
    type: z.literal('http'),
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535),
    /** Both or neither: with them it is HTTPS. */
    certificateFile: z.string().optional(),
    keyFile: z.string().optional(),
    /** Devices that may post; each has its own token, in a file. */
    devices: z
      .array(
        z.strictObject({
          name: nameSchema,
          tokenFile: z.string().min(1),
          /** Machines for which it may post; by default all. */
          assets: z.array(nameSchema).min(1).optional(),
        }),
      )
      .min(1),
    ...timeFields,
    /** As for MQTT; the topic is the path below `/ingest/`. */
    subscriptions: subscriptionsSchema,
  })
  .refine((s) => (s.certificateFile === undefined) === (s.keyFile === undefined), {
    message: 'a certificate and its key, or neither',
    path: ['certificateFile'],
  });
export type HttpSourceConfig = z.infer<typeof httpSourceSchema>;

/** Origin of values and signals, by `type`. */
export const sourceSchema = z.discriminatedUnion('type', [
  mqttSourceSchema,
  opcuaSourceSchema,
  modbusSourceSchema,
  sparkplugSourceSchema,
  httpSourceSchema,
  folderSourceSchema,
]);
