import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { auditEntrySchema } from '#models/contracts/audit.ts';
import type { Store } from '../store/store.ts';

/** Read access to the audit log. */
export function addAuditRoutes(server: FastifyInstance, { store }: { store: Store }): void {
  server.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/audit',
    {
      schema: {
        description: 'Audit entries, oldest first. `head` is the last entry written.',
        querystring: z.object({
          /** The sequence of the last entry on the previous page. */
          after: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: {
          200: z.object({
            head: z.object({ sequence: z.int(), hash: z.string() }),
            entries: z.array(auditEntrySchema),
          }),
        },
      },
    },
    async ({ query }) => store.auditLog(query.after, query.limit),
  );
}
