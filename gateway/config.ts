import { z } from 'zod';
import { brokerUrlSchema, standbySchema } from '#models/configuration/brokerUrl.ts';
import { roleSchema } from '#models/contracts/identity.ts';
import { namePatternSchema, nameSchema } from '#models/contracts/names.ts';
import { apiSchema, isLoopback } from './apiConfig.ts';
import { edgeUsername } from './edgeUsername.ts';
import { alertMatchFields, notifiersSchema } from './notify/notifierConfig.ts';
import { planningSchema } from './planning/planningConfig.ts';
import { ORDER_FIELDS } from './workOrders/orderFields.ts';
import { accessFields, createSchema, httpUrl, knownFields, pointer } from './workOrders/restTemplate.ts';

const brokerFields = {
  url: brokerUrlSchema,
  standby: standbySchema,
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
};

const mqttBrokerSchema = z.strictObject({
  type: z.literal('mqtt').default('mqtt'),
  ...brokerFields,
  clientId: z.string().min(1).optional(),
});

const natsServer = z
  .url({ protocol: /^(nats|tls)$/, error: 'an address such as nats://host:4222 or tls://host:4222' })
  .refine((url) => URL.canParse(url) && new URL(url).password === '', 'no password in it: name a passwordFile');

/** Edges use MQTT with nats-server; gateways consume their messages from its JetStream. */
const natsBrokerSchema = z.strictObject({
  type: z.literal('nats'),
  /** Servers of the cluster; others are learned from them. */
  servers: z.array(natsServer).min(1),
  clientId: z.string().min(1).optional(),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  /** A `.creds` file: a user's JWT and key. */
  credentialsFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** Copies of each message; three survive the loss of one server of three. */
  replicas: z.int().min(1).max(5).default(1),
  /** Limit on messages that wait for a gateway; beyond it, the oldest are dropped and edges send them again. */
  maxMegabytes: z.number().min(1).default(1024),
  maxHours: z.number().min(0.1).default(24),
});
export type NatsBroker = z.infer<typeof natsBrokerSchema>;

const influxSchema = z.strictObject({
  type: z.literal('influx'),
  url: z.url({ protocol: /^https?$/, error: 'an address such as http://host:8086' }),
  database: z.string().min(1).default('millwright'),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
});
export type InfluxConfig = z.infer<typeof influxSchema>;

const victoriaSchema = z.strictObject({
  type: z.literal('victoriametrics'),
  url: z.url({ protocol: /^https?$/, error: 'an address such as http://host:8428' }),
  /** The label `db` of every series. */
  database: z.string().min(1).default('millwright'),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  /** At most the server's -retentionPeriod: it drops older rows without an error, so the gateway counts them. */
  retentionDays: z.number().min(1).default(30),
});
export type VictoriaConfig = z.infer<typeof victoriaSchema>;

const sqliteSchema = z.strictObject({
  type: z.literal('sqlite'),
  /** Retention of rows, in days. */
  retentionDays: z.number().min(0.01).default(30),
  /** Retention of hourly mean and maximum, in days. */
  rollupDays: z.number().min(0.01).default(1830),
});

/** State in PostgreSQL, which several gateways can share. */
const postgresSchema = z.strictObject({
  type: z.literal('postgres'),
  url: z
    .url({ protocol: /^postgres(ql)?$/, error: 'an address such as postgres://millwright@host:5432/millwright' })
    .refine((url) => URL.canParse(url) && new URL(url).password === '', 'no password in it: name a passwordFile'),
  /** Without one, PGPASSWORD in the environment applies. */
  passwordFile: z.string().optional(),
  /** A certificate authority; if set, the server's name is verified. */
  caFile: z.string().optional(),
  /** Timeout of one query. The gateway blocks while it waits. */
  answerSeconds: z.number().min(0.5).max(30).default(3),
});
export type PostgresConfig = z.infer<typeof postgresSchema>;

/** How long an edge or machine counts as watched without a message. */
const livenessSchema = z
  .strictObject({
    /** Time without a message, or four usual intervals if longer, after which an edge or machine is not watched. */
    silentSeconds: z.number().min(10).max(86_400).default(120),
    /** Time without being watched after which the integrator is alerted. */
    alertSeconds: z.number().min(10).max(604_800).default(600),
  })
  .prefault({});
export type LivenessConfig = z.infer<typeof livenessSchema>;

const money = z.number().min(0).max(1e12);
const hours = z.number().min(0.1).max(1000);
const machineCosts = {
  /** A planned repair. */
  plannedStop: money,
  /** A failure in operation, including damage and lost production. */
  unplannedStop: money,
  /** An inspection of a machine because of an alert. */
  inspection: money,
  /** Hours of work for each; the work list ranks by benefit per hour. */
  repairHours: hours.default(8),
  inspectionHours: hours.default(1),
};
/** Costs of stops and inspections, used to value alerts. */
const costsSchema = z
  .strictObject({
    currency: z.string().min(1).max(8).default('EUR'),
    default: z.strictObject(machineCosts).prefault({ plannedStop: 2000, unplannedStop: 12_000, inspection: 150 }),
    /** The first entry that matches a machine's name applies. */
    machines: z.array(z.strictObject({ match: namePatternSchema, ...machineCosts })).default([]),
  })
  .prefault({});

/** Work orders in a maintenance system, and their approval. */
const workOrdersSchema = z.strictObject({
  /** How to create an order. */
  create: createSchema(Object.keys(ORDER_FIELDS)),
  /** How to read the status of an order; if absent, sent orders count as closed. */
  status: z
    .strictObject({
      url: httpUrl.refine(knownFields(['id']), 'only the field {id}'),
      at: pointer,
      /** Status values of a closed order. */
      over: z.array(z.string().min(1)).min(1),
      everySeconds: z.number().min(1).max(86_400).default(300),
    })
    .optional(),
  ...accessFields,
  /** The first rule that matches an alert applies; an alert without one creates no order. */
  rules: z
    .array(
      z.strictObject({
        match: z.strictObject(alertMatchFields).default({}),
        /** Orders of at most this amount are sent without approval. */
        automaticUpTo: z.number().min(0).max(1e12).default(0),
        /** Roles that approve the others, besides administrators. */
        approvedBy: z.array(roleSchema.exclude(['metrics', 'viewer'])).default(['engineer']),
      }),
    )
    .min(1),
});
export type WorkOrdersConfig = z.infer<typeof workOrdersSchema>;

const username = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'letters, digits, ".", "_", "@" and "-"');
export const topicFilterSchema = z.string().regex(/^[^\0\r\n]{1,500}$/, 'a topic filter such as plant/#');

/** Broker clients other than the gateway: edges publish only under their own site and name. */
const brokerAccountsSchema = z
  .strictObject({
    edges: z
      .array(
        z.strictObject({
          site: nameSchema,
          edge: nameSchema,
          /** Defaults to site.edge. */
          username: username.optional(),
          passwordFile: z.string(),
          /** Topics of the edge's machines. */
          receives: z.array(topicFilterSchema).default([]),
        }),
      )
      .default([]),
    machines: z
      .array(
        z.strictObject({
          username,
          passwordFile: z.string(),
          publishes: z
            .array(topicFilterSchema.refine((f) => !/^(millwright(\/|$)|[+#])/.test(f), 'topics outside millwright/'))
            .min(1),
        }),
      )
      .default([]),
    planners: z.array(z.strictObject({ username, passwordFile: z.string() })).default([]),
    /** Lets administrators give edges a one-time code for an account of their own. */
    enrolment: z
      .strictObject({
        /** The broker's address as edges reach it; by default broker.url. */
        brokerUrl: brokerFields.url.optional(),
        /** Where Mosquitto's files `passwords` and `acl` are written after each change. */
        mosquittoDirectory: z.string().min(1).optional(),
      })
      .optional(),
  })
  .superRefine(({ edges, machines, planners }, context) => {
    const names = [...edges.map(edgeUsername), ...[...machines, ...planners].map((account) => account.username)];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `each name once; ${twice} occurs twice` });
  });

const gatewaySchema = z.strictObject({
  dataDirectory: z.string().min(1),
  /** Storage of alerts, plans, tables, models and accounts. */
  store: z
    .discriminatedUnion('type', [z.strictObject({ type: z.literal('sqlite') }), postgresSchema])
    .prefault({ type: 'sqlite' }),
  /** Without a clientId, a random one is generated. */
  broker: z.discriminatedUnion('type', [mqttBrokerSchema, natsBrokerSchema]),
  /** Broker accounts and their permissions: `millwright gateway broker-acl` writes them for Mosquitto. */
  brokerAccounts: brokerAccountsSchema.optional(),
  /**
   * A broker in the gateway's own process, for a laptop, on loopback only. Without brokerAccounts it accepts any
   * client.
   */
  embeddedBroker: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65_535).default(1883) })
    .refine((b) => isLoopback(b.host), { message: 'a loopback address; for a network use Mosquitto', path: ['host'] })
    .optional(),
  historian: z.discriminatedUnion('type', [sqliteSchema, influxSchema, victoriaSchema]).prefault({ type: 'sqlite' }),
  notifiers: notifiersSchema,
  liveness: livenessSchema,
  /** Signs commands to edges: a private key (Ed25519, PEM) as created by `millwright gateway keys`. */
  commands: z.strictObject({ keyFile: z.string() }).optional(),
  planning: planningSchema,
  costs: costsSchema,
  workOrders: workOrdersSchema.optional(),
  api: apiSchema,
  /** Retention in days; older rows are deleted a few at a time. For series, see historian.retentionDays. */
  retention: z
    .strictObject({
      /** Returned alerts, since they were raised; active ones are kept. */
      alertDays: z.number().min(1).default(730),
      /** Evidence signals; limits.maxEvidenceMegabytes may delete them sooner. */
      evidenceDays: z.number().min(1).default(365),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /**
       * Number of series (one per point, two per machine, three per item); rows of further series are refused and
       * counted.
       */
      maxSeries: z.int().min(1).default(20_000),
      /** Size of the historian queue; beyond it, the oldest rows are dropped and counted. */
      maxQueueMegabytes: z.number().min(1).default(4096),
      /** Size of evidence signals; beyond it, the oldest are deleted. */
      maxEvidenceMegabytes: z.number().min(1).default(512),
      /** Total rows of planners' tables; further rows are refused. */
      maxSupplyRows: z.int().min(1).default(5_000_000),
    })
    .prefault({}),
});
export type GatewayConfig = z.infer<typeof gatewaySchema>;

export const gatewayConfigSchema = gatewaySchema.superRefine((config, context) => {
  const { store, historian, embeddedBroker, broker, brokerAccounts } = config;
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (broker.type === 'nats') {
    if (embeddedBroker !== undefined) refuse(['embeddedBroker'], 'none, because broker.type is nats');
    if (brokerAccounts !== undefined)
      refuse(['brokerAccounts'], 'none, because broker.type is nats: its servers have accounts of their own');
  }
  if (broker.type === 'mqtt' && brokerAccounts !== undefined)
    for (const name of ['username', 'passwordFile'] as const)
      if (broker[name] === undefined)
        refuse(
          ['broker', name],
          'the account of the gateway itself, because brokerAccounts makes the broker ask for one',
        );
  if (store.type !== 'postgres') return;
  if (historian.type === 'sqlite')
    refuse(
      ['historian', 'type'],
      'influx or victoriametrics, because store.type is postgres: a file of series belongs to one gateway',
    );
  if (embeddedBroker !== undefined)
    refuse(['embeddedBroker'], 'none, because store.type is postgres: gateways share a broker that speaks MQTT 5');
});
