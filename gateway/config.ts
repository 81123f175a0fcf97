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

/** How, and how often, demand is forecast and orders are planned. */
const planningSchema = z
  .strictObject({
    period: z.enum(['day', 'week', 'month']).default('month'),
    /** Periods ahead that are shown. */
    horizon: z.int().min(1).max(120).default(12),
    /** Between two chances to order. */
    reviewDays: z.number().min(1).max(365).default(7),
    /** Of items that name none: no run-out in a cycle, part of demand filled, or least cost. */
    serviceKind: z.enum(['cycle', 'fill', 'cost']).default('cycle'),
    serviceLevel: z.number().min(0.5).max(0.995).default(0.95),
    /** Life of a part that no record tells of. */
    usualLifeDays: z.number().positive().max(1e5).default(1500),
    /** Part of a unit's cost that holding it for a year costs. */
    holdingRateAYear: z.number().min(0).max(10).default(0.2),
    /** Money for orders now. */
    budget: z.number().min(0).optional(),
    /** Planned this often, and when a machine's alerts or the tables change, but not more often than the other. */
    everyHours: z.number().min(0.01).max(168).default(6),
    leastSeconds: z.number().min(1).max(86_400).default(60),
    /** Chance of running out before an order of today could come, from which on planners are told. */
    alertChance: z.number().min(0.05).max(0.99).default(0.5),
    /** A folder that is watched for tables: demand*.csv, items*.csv and so on. */
    folder: z.string().min(1).optional(),
    /** Of dates such as 03/04/2026 in those tables; told from each table where it can be. */
    dates: z.enum(['dmy', 'mdy']).optional(),
  })
  .prefault({});
export type PlanningConfig = z.infer<typeof planningSchema>;

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
  planning: planningSchema,
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
      /** Series (one for each point, two for each machine, three for each item); rows of more are refused and counted. */
      maxSeries: z.int().min(1).default(20_000),
      /** What waits for a historian that is away; beyond it the oldest is thrown away and counted. */
      maxQueueMegabytes: z.number().min(1).default(4096),
      /** Signals behind alerts; beyond it the oldest are thrown away. */
      maxEvidenceMegabytes: z.number().min(1).default(512),
      /** Rows of all planners' tables together; more are refused. */
      maxSupplyRows: z.int().min(1).default(5_000_000),
    })
    .prefault({}),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
