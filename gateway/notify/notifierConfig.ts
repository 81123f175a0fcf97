import { IANAZone } from 'luxon';
import { z } from 'zod';
import { severitySchema } from '#models/contracts/alert.ts';
import { allowLocal, httpUrl } from '../workOrders/restTemplate.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00');

/** Selects the alerts of a channel or rule; an absent field selects all. */
export const alertMatchFields = {
  sites: z.array(z.string().min(1)).min(1).optional(),
  /** Machines or items; `pump-*` matches every name with that prefix. */
  machines: z.array(z.string().min(1)).min(1).optional(),
  /** Machine kinds, as in the edge configuration; patterns are allowed. */
  kinds: z.array(z.string().min(1)).min(1).optional(),
  /** Areas and lines of the plant; patterns are allowed. */
  areas: z.array(z.string().min(1)).min(1).optional(),
  lines: z.array(z.string().min(1)).min(1).optional(),
  severities: z.array(severitySchema).min(1).optional(),
};

const routingFields = {
  /** The channel's name in logs, metrics and the API; defaults to its type. */
  name: z.string().min(1).max(64).optional(),
  /** Alerts that the channel is notified of; absent for all. */
  match: z
    .strictObject({
      ...alertMatchFields,
      audiences: z
        .array(z.enum(['plant', 'integrator', 'planner']))
        .min(1)
        .optional(),
    })
    .optional(),
  /** Notified only of alerts that stay unacknowledged for this long. */
  unacknowledgedMinutes: z.number().min(1).max(10_080).optional(),
  /** With `unacknowledgedMinutes`: repeats the notification at this interval until someone acknowledges. */
  remindMinutes: z.number().min(1).max(10_080).optional(),
  /**
   * Duty hours of the channel. An alert goes to the matching channels on duty; if none is on duty, to all of them:
   * critical alerts at once, warnings when the next shift begins. Absent: always on duty.
   */
  shifts: z
    .array(
      z.strictObject({
        /** Days on which a shift begins; a shift whose end is before its beginning ends on the next day. */
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
  /** Holds warnings until quiet hours end, but never critical alerts. */
  quietHours: z
    .strictObject({
      from: clock,
      to: clock,
      timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin').default('UTC'),
    })
    .optional(),
};

const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  ...routingFields,
  url: httpUrl,
  /** A file that contains the bearer token. */
  tokenFile: z.string().optional(),
  /** A file that contains the key for signing messages: HMAC-SHA-256. */
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
  /** Implicit TLS, as on port 465. */
  secure: z.boolean().default(false),
  /** Refuses to send if the server does not offer STARTTLS. */
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

/** The gateway's notification channels. */
export const notifiersSchema = z
  .array(notifierSchema)
  .default([])
  .refine((all) => new Set(all.map((n) => n.name ?? n.type)).size === all.length, {
    message: 'channels with different names: name each channel if several have one type',
  });
