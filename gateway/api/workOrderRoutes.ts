import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { workOrderSchema } from '#models/contracts/workOrder.ts';
import type { OfMachine } from '../identity/places.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';
import { listNewest } from './siteScope.ts';

export interface WorkOrderParts {
  store: Store;
  /** Called when a person decided on an order. */
  workOrderDecided: () => void;
}

/** Work orders: lists them, and approves or rejects those that the policy leaves to people. */
export function addWorkOrderRoutes(server: FastifyInstance, { store, workOrderDecided }: WorkOrderParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/work-orders',
    {
      schema: {
        querystring: z.object({
          state: z.enum(['open', 'all']).default('open'),
          site: nameSchema.optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: z.array(workOrderSchema) },
      },
    },
    async ({ query: { state, site, limit }, identity }) => {
      const list = (of?: string, machine?: OfMachine) => store.workOrders.list(state, limit, of, machine);
      const machinesOf = (own: string, area: string) => store.machinesOf(own, area);
      return listNewest(list, identity, site, limit, ({ createdMs }) => createdMs, machinesOf);
    },
  );

  for (const what of ['approve', 'reject'] as const)
    app.post(
      `/api/v1/work-orders/:id/${what}`,
      {
        schema: {
          description:
            what === 'approve'
              ? 'Approves a proposed order, which is then sent to the maintenance system, or retries a failed one.'
              : 'Rejects a proposed order.',
          params: z.object({ id: z.string().max(100) }),
          body: z.strictObject({
            by: z.string().trim().min(1).max(100),
            reason: z.string().trim().min(1).max(1000).optional(),
          }),
          response: { 200: workOrderSchema, 404: errorSchema, 409: errorSchema },
        },
      },
      async ({ params, body, identity }, reply) => {
        const decider = { by: body.by, role: identity?.role ?? null };
        const order = store.workOrders.decide(params.id, what, decider, body.reason ?? null);
        if (order === null) return reply.code(404).send({ error: `no work order ${params.id}` });
        if ('fault' in order) return reply.code(409).send({ error: order.fault });
        workOrderDecided();
        return order;
      },
    );
}
