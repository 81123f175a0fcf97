import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { alertRecordSchema } from '#models/contracts/alert.ts';
import { alertCaseSchema } from '#models/contracts/alertCase.ts';
import { nameSchema } from '#models/contracts/names.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';
import { listNewest } from './siteScope.ts';

const MAX_ALERTS = 500;

/** Cases: alerts with one cause. */
export function addCaseRoutes(server: FastifyInstance, { store }: { store: Store }): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/cases',
    {
      schema: {
        description:
          'Symptoms of one machine, or machines that one event hit, as one case each; the last opened first.',
        querystring: z.object({
          state: z.enum(['active', 'all']).default('active'),
          site: nameSchema.optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
          /** The id of the last case on the previous page. */
          after: z.string().max(300).optional(),
        }),
        response: { 200: z.array(alertCaseSchema), 404: errorSchema },
      },
    },
    async ({ query: { state, site, limit, after }, identity }, reply) => {
      const before = after === undefined ? undefined : store.alertCase(after);
      if (before === null) return reply.code(404).send({ error: `no case ${after}` });
      const list = (of?: string) => store.alertCases({ active: state === 'active', site: of, limit, before });
      return listNewest(list, identity, site, limit, (found) => found.openedAtMs);
    },
  );

  app.get(
    '/api/v1/cases/:id',
    {
      schema: {
        description: `A case and its alerts, the first raised first; ${MAX_ALERTS} at most.`,
        params: z.object({ id: z.string().max(300) }),
        response: { 200: z.object({ case: alertCaseSchema, alerts: z.array(alertRecordSchema) }), 404: errorSchema },
      },
    },
    async ({ params }, reply) => {
      const found = store.alertCase(params.id);
      if (found === null) return reply.code(404).send({ error: `no case ${params.id}` });
      return { case: found, alerts: store.alertsOfCase(params.id, MAX_ALERTS) };
    },
  );
}
