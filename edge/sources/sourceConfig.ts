import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { brokerFields } from './brokerFields.ts';
import { folderSourceSchema } from './folderConfig.ts';
import { modbusSourceSchema } from './modbusConfig.ts';
import { opcuaSourceSchema } from './opcua/opcuaConfig.ts';
import { findOverlaps } from './overlaps.ts';
import { lineSchema, type Payload, scalarSchema, senmlSchema, waveformSchema } from './payloadConfig.ts';
import { sparkplugSourceSchema } from './sparkplug/sparkplugConfig.ts';
import { isTimeFormat, isZone } from './timeReader.ts';

function namesPoints(payload: Payload): boolean {
  switch (payload.type) {
    case 'senml':
    case 'line_protocol':
      return true;
    case 'waveform':
      return payload.axes !== undefined || payload.pointPath !== undefined;
    case 'scalar':
      return [payload.values, payload.each?.point, payload.pointPath, payload.records].some((v) => v !== undefined);
  }
}

function namesAsset(payload: Payload): boolean {
  if (payload.type === 'line_protocol') return payload.assetTag !== undefined;
  if (payload.type === 'waveform') return payload.assetPath !== undefined;
  return payload.type === 'scalar' && (payload.assetPath !== undefined || payload.each?.asset !== undefined);
}

/** A name, or one put together of the topic's levels, as `{what}-{phase}`. */
const nameOrTemplate = z.union([
  nameSchema,
  z
    .string()
    .regex(
      /^[A-Za-z0-9._-]*(\{[A-Za-z][A-Za-z0-9]*\}[A-Za-z0-9._-]*)+$/,
      'a name, or one with levels of the topic, as {what}-{phase}',
    ),
]);

const SHARED = /^\$share\/[^/+#]+\//;

/** A topic without the group of a shared subscription: messages come without it. */
export const withoutGroup = (topic: string): string => topic.replace(SHARED, '');

export const subscriptionSchema = z
  .strictObject({
    /** A topic in which `{asset}` and `{point}` stand for one level each; `+` is a level that does not matter. */
    topic: z.string().min(1),
    asset: nameOrTemplate.optional(),
    point: nameOrTemplate.optional(),
    /** Names for what devices call their machines and points: `{ "24e124136b502217": pump-7 }`. */
    names: z.record(z.string().min(1), nameSchema).optional(),
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

/** In their order: of those that fit a topic the first decides. */
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
  /** `auto`: ISO 8601, or a number of milliseconds since 1970. Else a unit, or a pattern such as `dd.MM.yyyy HH:mm:ss` (Luxon's tokens). */
  timeFormat: z
    .string()
    .refine(isTimeFormat, {
      message: 'auto, s, ms, us, ns, or a pattern with day and time such as dd.MM.yyyy HH:mm:ss',
    })
    .default('auto'),
  /** Of texts that name none: an IANA zone such as `Europe/Berlin`. */
  timeZone: z.string().refine(isZone, { message: 'an IANA time zone such as Europe/Berlin' }).default('UTC'),
};

const mqttSourceSchema = z.strictObject({
  type: z.literal('mqtt'),
  ...brokerFields,
  ...timeFields,
  subscriptions: subscriptionsSchema,
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
    /** Who may post: each has a token of its own, in a file. */
    devices: z
      .array(
        z.strictObject({
          name: nameSchema,
          tokenFile: z.string().min(1),
          /** Machines of which it may post; without it, of all. */
          assets: z.array(nameSchema).min(1).optional(),
        }),
      )
      .min(1),
    ...timeFields,
    /** As of MQTT; the topic is the path below `/ingest/`. */
    subscriptions: subscriptionsSchema,
  })
  .refine((s) => (s.certificateFile === undefined) === (s.keyFile === undefined), {
    message: 'a certificate and its key, or neither',
    path: ['certificateFile'],
  });
export type HttpSourceConfig = z.infer<typeof httpSourceSchema>;

/** Where values and signals come from, by `type`. */
export const sourceSchema = z.discriminatedUnion('type', [
  mqttSourceSchema,
  opcuaSourceSchema,
  modbusSourceSchema,
  sparkplugSourceSchema,
  httpSourceSchema,
  folderSourceSchema,
]);
