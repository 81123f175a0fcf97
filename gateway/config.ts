import { z } from 'zod';

const brokerFields = {
  url: z.url({ protocol: /^(mqtt|mqtts|tcp|ssl)$/, error: 'an address such as mqtt://host:1883 or mqtts://host:8883' }),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
};

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');

const influxSchema = z.strictObject({
  type: z.literal('influx'),
  url: z.url({ protocol: /^https?$/, error: 'an address such as http://host:8086' }),
  database: z.string().min(1).default('millwright'),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
});
export type InfluxConfig = z.infer<typeof influxSchema>;

const sqliteSchema = z.strictObject({
  type: z.literal('sqlite'),
  retentionDays: z.number().min(0.01).default(30),
});

const notifierSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }),
    /** A file whose text is sent as a bearer token. */
    tokenFile: z.string().optional(),
  }),
]);
export type NotifierConfig = z.infer<typeof notifierSchema>;

const partSchema = z.strictObject({
  part: z.string().min(1).max(100),
  /** An asset, or `site/edge/asset` where two have one name. */
  machines: z.array(z.string().min(1).max(200)).min(1),
  partsPerFailure: z.int().min(1).default(1),
  leadTimeDays: z.number().positive(),
  /** Mean time between failures: all that is known of a machine that does not degrade. */
  meanLifeDays: z.number().positive().default(1500),
  serviceLevel: z.number().min(0.5).max(0.999).default(0.95),
});
export type PartConfig = z.infer<typeof partSchema>;

export const gatewayConfigSchema = z.strictObject({
  dataDirectory: z.string().min(1),
  broker: z.strictObject({ ...brokerFields, clientId: z.string().min(1).default('millwright-gateway') }),
  /** A broker in the gateway's own process, for a laptop. It asks nobody who they are, so it listens on loopback alone. */
  embeddedBroker: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65_535).default(1883) })
    .refine((b) => isLoopback(b.host), { message: 'a loopback address; for a network use Mosquitto', path: ['host'] })
    .optional(),
  historian: z.discriminatedUnion('type', [sqliteSchema, influxSchema]).default({ type: 'sqlite', retentionDays: 30 }),
  notifiers: z.array(notifierSchema).default([]),
  /** Signs what edges are told: a private key (Ed25519, PEM), as `millwright gateway keys` makes it. */
  commands: z.strictObject({ keyFile: z.string() }).optional(),
  /** Parts that machines take when they fail. */
  parts: z.array(partSchema).default([]),
  api: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8080),
      tokenFile: z.string().optional(),
    })
    .default({ host: '127.0.0.1', port: 8080 })
    .refine((a) => isLoopback(a.host) || a.tokenFile !== undefined, {
      message: 'a file with a token: the address can be reached from the network',
      path: ['tokenFile'],
    }),
  limits: z
    .strictObject({
      /** Series (one for each point, and two for each machine); rows of more are refused and counted. */
      maxSeries: z.int().min(1).default(20_000),
      /** What waits for a historian that is away; beyond it the oldest is thrown away and counted. */
      maxQueueMegabytes: z.number().min(1).default(4096),
      /** Signals behind alerts; beyond it the oldest are thrown away. */
      maxEvidenceMegabytes: z.number().min(1).default(512),
    })
    .default({ maxSeries: 20_000, maxQueueMegabytes: 4096, maxEvidenceMegabytes: 512 }),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
