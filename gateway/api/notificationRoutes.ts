import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type DeliveryView, deliverySchema } from '#models/contracts/api.ts';
import { type Delivery, deliveryStates } from '../notify/deliveryTable.ts';
import type { DeliveryTables } from '../notify/notifications.ts';
import { errorSchema } from './routes.ts';

export interface NotificationParts {
  deliveries: DeliveryTables;
  /** Channels by name. */
  channels: readonly string[];
  /** Starts the deliveries that are due. */
  deliver: () => void;
  /** Sends a test message now. Rejects with the reason on failure. */
  testChannel: (channel: string) => Promise<void>;
  audit: (by: string, what: string, subject: string) => void;
}

const viewOf = (table: string, { notice: _notice, ...delivery }: Delivery): DeliveryView => ({
  ...delivery,
  id: `${table}-${delivery.id}`,
});

/** Notifications: pending, delivered and dead letters, and a test of each channel. */
export function addNotificationRoutes(server: FastifyInstance, parts: NotificationParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();
  const { deliveries, channels, deliver, testChannel, audit } = parts;

  app.get(
    '/api/v1/notifications',
    {
      schema: {
        querystring: z.object({
          state: z.enum(deliveryStates).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: z.array(deliverySchema) },
      },
    },
    async ({ query: { state = null, limit } }) =>
      Object.entries(deliveries)
        .flatMap(([table, own]) => own.list(state, limit).map((d) => viewOf(table, d)))
        .sort((a, b) => b.createdMs - a.createdMs)
        .slice(0, limit),
  );

  for (const what of ['resend', 'abandon'] as const)
    app.post(
      `/api/v1/notifications/:id/${what}`,
      {
        schema: {
          description:
            what === 'resend'
              ? 'Resends a dead letter or an abandoned notification.'
              : 'Abandons a pending notification or a dead letter.',
          params: z.object({ id: z.string().regex(/^[a-z]+-[0-9]{1,15}$/) }),
          body: z.strictObject({ by: z.string().trim().min(1).max(100) }),
          response: { 200: z.object({ ok: z.literal(true) }), 404: errorSchema },
        },
      },
      async ({ params, body }, reply) => {
        const [table, id] = params.id.split('-');
        if (!Object.hasOwn(deliveries, table) || !deliveries[table][what](Number(id)))
          return reply.code(404).send({ error: `no notification ${params.id} in a state to ${what} it` });
        audit(body.by, `notification_${what}`, params.id);
        deliver();
        return { ok: true as const };
      },
    );

  app.get(
    '/api/v1/notification-channels',
    { schema: { response: { 200: z.array(z.object({ name: z.string(), counts: z.record(z.string(), z.int()) })) } } },
    async () => {
      const counts = Object.values(deliveries).flatMap((own) => own.counts());
      return channels.map((name) => {
        const of = (state: string) =>
          counts.filter((c) => c.channel === name && c.state === state).reduce((sum, c) => sum + c.n, 0);
        return { name, counts: Object.fromEntries(deliveryStates.map((state) => [state, of(state)])) };
      });
    },
  );

  app.post(
    '/api/v1/notification-channels/:name/test',
    {
      schema: {
        params: z.object({ name: z.string().max(64) }),
        body: z.strictObject({ by: z.string().trim().min(1).max(100) }),
        response: { 200: z.object({ ok: z.literal(true) }), 404: errorSchema, 502: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      if (!channels.includes(params.name)) return reply.code(404).send({ error: `no channel ${params.name}` });
      audit(body.by, 'notification_test', params.name);
      try {
        await testChannel(params.name);
        return { ok: true as const };
      } catch (error) {
        return reply.code(502).send({ error: error instanceof Error ? error.message : String(error) });
      }
    },
  );
}
