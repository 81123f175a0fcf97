import { IANAZone } from 'luxon';
import { z } from 'zod';
import { severitySchema } from '#models/contracts/alert.ts';
import { roleSchema } from '#models/contracts/identity.ts';
import { namePatternSchema, nameSchema } from '#models/contracts/names.ts';
import { apiSchema, isLoopback } from './apiConfig.ts';
import { edgeUsername } from './edgeUsername.ts';
import { planningSchema } from './planning/planningConfig.ts';
import { ORDER_FIELDS } from './workOrders/orderFields.ts';
import { fieldsOf, type Template } from './workOrders/template.ts';

const brokerFields = {
  url: z.url({ protocol: /^(mqtt|mqtts|tcp|ssl)$/, error: 'an address such as mqtt://host:1883 or mqtts://host:8883' }),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
};

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
  /** Days that rows are kept. */
  retentionDays: z.number().min(0.01).default(30),
  /** Days that mean and largest value of each hour are kept. */
  rollupDays: z.number().min(0.01).default(1830),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00');

/** Alerts that a channel or a rule is about; what is absent selects all. */
const alertMatchFields = {
  sites: z.array(z.string().min(1)).min(1).optional(),
  /** Machines or items; `pump-*` fits every name that begins so. */
  machines: z.array(z.string().min(1)).min(1).optional(),
  /** Kinds of machine, as the edge's configuration has them; patterns as well. */
  kinds: z.array(z.string().min(1)).min(1).optional(),
  /** Areas and lines of the plant that they stand in, likewise. */
  areas: z.array(z.string().min(1)).min(1).optional(),
  lines: z.array(z.string().min(1)).min(1).optional(),
  severities: z.array(severitySchema).min(1).optional(),
};

const routingFields = {
  /** By which the channel is known in logs, metrics and the API; its type where it is absent. */
  name: z.string().min(1).max(64).optional(),
  /** Alerts that the channel is notified of; absent: all. */
  match: z
    .strictObject({
      ...alertMatchFields,
      audiences: z
        .array(z.enum(['plant', 'integrator', 'planner']))
        .min(1)
        .optional(),
    })
    .optional(),
  /** Notified only of alerts that stay unacknowledged for so long. */
  unacknowledgedMinutes: z.number().min(1).max(10_080).optional(),
  /** With `unacknowledgedMinutes`: notified again this often for as long as nobody acknowledges. */
  remindMinutes: z.number().min(1).max(10_080).optional(),
  /**
   * When the channel's people are on duty. An alert goes to the channels on duty that it concerns; where none is, to all of
   * them: critical ones at once, warnings when the next shift begins. Absent: always.
   */
  shifts: z
    .array(
      z.strictObject({
        /** On which a shift begins; one that ends before it begins ends on the next day. */
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .default(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
        from: clock,
        to: clock,
        timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin').default('UTC'),
      }),
    )
    .min(1)
    .optional(),
  /** Warnings wait for their end; what is critical does not. */
  quietHours: z
    .strictObject({
      from: clock,
      to: clock,
      timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin').default('UTC'),
    })
    .optional(),
};

const httpUrl = z.url({ protocol: /^https?$/, error: 'an address such as https://host/path' });
/** Loopback and link-local addresses, cloud metadata among them, are reached only where this is set. */
const allowLocal = z.boolean().default(false);

const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  ...routingFields,
  url: httpUrl,
  /** A file whose text is sent as a bearer token. */
  tokenFile: z.string().optional(),
  /** A file whose text signs each message: HMAC-SHA-256. */
  secretFile: z.string().optional(),
  allowLocal,
});
export type WebhookConfig = z.infer<typeof webhookSchema>;

const slackSchema = z.strictObject({ type: z.literal('slack'), ...routingFields, url: httpUrl, allowLocal });
const teamsSchema = z.strictObject({ type: z.literal('teams'), ...routingFields, url: httpUrl, allowLocal });
export type ChatConfig = z.infer<typeof slackSchema> | z.infer<typeof teamsSchema>;

const emailSchema = z.strictObject({
  type: z.literal('email'),
  ...routingFields,
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  /** TLS from the start, as on port 465. */
  secure: z.boolean().default(false),
  /** Nothing is sent where the server offers no STARTTLS. */
  requireTls: z.boolean().default(false),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1),
});
export type EmailConfig = z.infer<typeof emailSchema>;

const mqttNotifierSchema = z.strictObject({
  type: z.literal('mqtt'),
  ...routingFields,
  topic: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^+#\0]+$/, 'a topic without wildcards'),
});
export type MqttNotifierConfig = z.infer<typeof mqttNotifierSchema>;

const notifierSchema = z.discriminatedUnion('type', [
  webhookSchema,
  slackSchema,
  teamsSchema,
  emailSchema,
  mqttNotifierSchema,
]);
export type NotifierConfig = z.infer<typeof notifierSchema>;

function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

const notifiersSchema = z
  .array(notifierSchema)
  .default([])
  .refine((all) => new Set(all.map((n) => n.name ?? n.type)).size === all.length, {
    message: 'channels with different names: give each of several of one type a name',
  });

/** How long without messages an edge or a machine counts as watched. */
const livenessSchema = z
  .strictObject({
    /** Without a message for so long, or four times its usual interval, an edge or a machine is not watched. */
    silentSeconds: z.number().min(10).max(86_400).default(120),
    /** After so long without being watched the integrator is alerted. */
    alertSeconds: z.number().min(10).max(604_800).default(600),
  })
  .prefault({});
export type LivenessConfig = z.infer<typeof livenessSchema>;

const money = z.number().min(0).max(1e12);
const hours = z.number().min(0.1).max(1000);
const machineCosts = {
  /** A repair at a time of the plant's choice. */
  plannedStop: money,
  /** A failure in operation, with what it damages and the production that it costs. */
  unplannedStop: money,
  /** Looking at a machine because of an alert. */
  inspection: money,
  /** Hours of work that each takes: the work list ranks by what an hour is worth. */
  repairHours: hours.default(8),
  inspectionHours: hours.default(1),
};
/** What stops and visits cost: alerts are valued by it. */
const costsSchema = z
  .strictObject({
    currency: z.string().min(1).max(8).default('EUR'),
    default: z.strictObject(machineCosts).prefault({ plannedStop: 2000, unplannedStop: 12_000, inspection: 150 }),
    /** The first that fits a machine's name. */
    machines: z.array(z.strictObject({ match: namePatternSchema, ...machineCosts })).default([]),
  })
  .prefault({});

const pointer = z.string().regex(/^(\/[^/]*)+$/, 'a JSON pointer such as /d/id');
const knownFields = (allowed: readonly string[]) => (template: Template) =>
  fieldsOf(template).every((field) => allowed.includes(field));
const orderTemplate = {
  error: `only the fields ${Object.keys(ORDER_FIELDS)
    .map((field) => `{${field}}`)
    .join(', ')}`,
};
const hasOrderFields = knownFields(Object.keys(ORDER_FIELDS));

/** Orders for work in a maintenance system, and who decides on them. */
const workOrdersSchema = z.strictObject({
  /** How an order is created there. */
  create: z.strictObject({
    url: httpUrl.refine(hasOrderFields, orderTemplate),
    method: z.enum(['POST', 'PUT']).default('POST'),
    /** JSON with fields such as {asset}, {text} and {amount} in its texts. */
    body: z.json().refine(hasOrderFields, orderTemplate),
    /** Where the answer has the number of the order. */
    id: pointer,
  }),
  /** How its status is read there; absent: what was sent is over. */
  status: z
    .strictObject({
      url: httpUrl.refine(knownFields(['id']), 'only the field {id}'),
      at: pointer,
      /** Values of an order that is closed. */
      over: z.array(z.string().min(1)).min(1),
      everySeconds: z.number().min(1).max(86_400).default(300),
    })
    .optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** A file whose text is sent as a bearer token. */
  tokenFile: z.string().optional(),
  allowLocal,
  /** The first that is about an alert decides; an alert without one makes no order. */
  rules: z
    .array(
      z.strictObject({
        match: z.strictObject(alertMatchFields).default({}),
        /** Orders of at most this amount are sent without anybody's approval. */
        automaticUpTo: z.number().min(0).max(1e12).default(0),
        /** Who approves the others, beside administrators. */
        approvedBy: z.array(roleSchema.exclude(['metrics', 'viewer'])).default(['engineer']),
      }),
    )
    .min(1),
});
export type WorkOrdersConfig = z.infer<typeof workOrdersSchema>;

const username = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'letters, digits, ".", "_", "@" and "-"');
const filter = z.string().regex(/^[^\0\r\n]{1,500}$/, 'a topic filter such as plant/#');

/** Clients of the broker beside the gateway: edges publish under their own site and name alone. */
const brokerAccountsSchema = z
  .strictObject({
    edges: z
      .array(
        z.strictObject({
          site: nameSchema,
          edge: nameSchema,
          /** site.edge where it is absent. */
          username: username.optional(),
          passwordFile: z.string(),
          /** Topics of its machines. */
          receives: z.array(filter).default([]),
        }),
      )
      .default([]),
    machines: z
      .array(
        z.strictObject({
          username,
          passwordFile: z.string(),
          publishes: z
            .array(filter.refine((f) => !/^(millwright(\/|$)|[+#])/.test(f), 'topics outside of millwright/'))
            .min(1),
        }),
      )
      .default([]),
    planners: z.array(z.strictObject({ username, passwordFile: z.string() })).default([]),
  })
  .superRefine(({ edges, machines, planners }, context) => {
    const names = [...edges.map(edgeUsername), ...[...machines, ...planners].map((account) => account.username)];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `each name once; ${twice} is there twice` });
  });

export const gatewayConfigSchema = z.strictObject({
  dataDirectory: z.string().min(1),
  /** Without a clientId one is made that nobody else knows. */
  broker: z.strictObject({ ...brokerFields, clientId: z.string().min(1).optional() }),
  /** Who may use the broker, and for what: `millwright gateway broker-acl` writes it for Mosquitto. */
  brokerAccounts: brokerAccountsSchema.optional(),
  /** A broker in the gateway's own process, for a laptop, on loopback alone. Without brokerAccounts it serves whoever connects. */
  embeddedBroker: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65_535).default(1883) })
    .refine((b) => isLoopback(b.host), { message: 'a loopback address; for a network use Mosquitto', path: ['host'] })
    .optional(),
  historian: z.discriminatedUnion('type', [sqliteSchema, influxSchema]).prefault({ type: 'sqlite' }),
  notifiers: notifiersSchema,
  liveness: livenessSchema,
  /** Signs commands to edges: a private key (Ed25519, PEM), as `millwright gateway keys` makes it. */
  commands: z.strictObject({ keyFile: z.string() }).optional(),
  planning: planningSchema,
  costs: costsSchema,
  workOrders: workOrdersSchema.optional(),
  api: apiSchema,
  /** Days that are kept; what is older goes, a little every minute. Series: historian.retentionDays. */
  retention: z
    .strictObject({
      /** Of alerts that are over, since they were raised; active ones stay. */
      alertDays: z.number().min(1).default(730),
      /** Of signals behind alerts; limits.maxEvidenceMegabytes may remove them sooner. */
      evidenceDays: z.number().min(1).default(365),
    })
    .prefault({}),
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
