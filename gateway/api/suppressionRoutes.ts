import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { suppressionRequestSchema, suppressionSchema } from '#models/contracts/suppression.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';

export interface SuppressionParts {
  store: Store;
  /** Called when suppressions changed, so that alerts are suppressed or annunciated at once. */
  suppressionsChanged: () => void;
}

/** Suppression by design (ISA-18.2): maintenance windows, and machines that are switched off. */
export function addSuppressionRoutes(server: FastifyInstance, { store, suppressionsChanged }: SuppressionParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/suppressions',
    {
      schema: {
        querystring: z.object({
          state: z.enum(['open', 'all']).default('open'),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: z.array(suppressionSchema) },
      },
    },
    async ({ query }) => store.suppressions(query.state, query.limit),
  );

  app.post(
    '/api/v1/suppressions',
    {
      schema: {
        description:
          'Suppresses the alerts of machines for a time, with a reason. They are stored and marked, but nobody is notified; those still active at the end are notified then.',
        body: suppressionRequestSchema,
        response: { 201: suppressionSchema, 409: errorSchema },
      },
    },
    async ({ body }, reply) => {
      const suppression = store.suppress(body);
      if ('fault' in suppression) return reply.code(409).send({ error: suppression.fault });
      suppressionsChanged();
      return reply.code(201).send(suppression);
    },
  );

  app.post(
    '/api/v1/suppressions/:id/end',
    {
      schema: {
        description: 'Ends an active suppression early, or cancels a future one.',
        params: z.object({ id: z.string().max(100) }),
        body: z.strictObject({ by: z.string().trim().min(1).max(100) }),
        response: { 200: suppressionSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const suppression = store.endSuppression(params.id, body.by);
      if (suppression === null) return reply.code(404).send({ error: `no suppression ${params.id} that is open` });
      suppressionsChanged();
      return suppression;
    },
  );
}
