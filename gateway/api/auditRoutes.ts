import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AuditVerification, auditPageSchema, auditVerificationSchema } from '#models/contracts/audit.ts';
import { verifyStoredAudit } from '../audit/verifyStoredAudit.ts';
import type { Store } from '../store/store.ts';

const text = z.string().max(200).optional();

/** Read access to the audit log, and its verification. */
export function addAuditRoutes(
  server: FastifyInstance,
  { store, now }: { store: Pick<Store, 'auditLog' | 'findAudit'>; now: () => number },
): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/audit',
    {
      schema: {
        description:
          'Audit entries, oldest first, or the newest first, which can be filtered. `head` is the last entry written.',
        querystring: z.object({
          order: z.enum(['oldest', 'newest']).default('oldest'),
          /** Oldest first: the sequence of the last entry on the previous page. */
          after: z.coerce.number().int().min(0).default(0),
          /** Newest first: `next` of the previous page. */
          before: z.coerce.number().int().min(1).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
          /** Newest first: text that each field must contain. */
          who: text,
          what: text,
          subject: text,
          fromMs: z.coerce.number().optional(),
          toMs: z.coerce.number().optional(),
        }),
        response: { 200: auditPageSchema },
      },
    },
    async ({ query: { order, after, before = null, limit, ...filter } }) =>
      order === 'oldest' ? store.auditLog(after, limit) : store.findAudit(filter, before, limit),
  );

  let running: Promise<AuditVerification> | null = null;
  app.get(
    '/api/v1/audit/verification',
    {
      schema: {
        description: 'Verifies the hash of every entry, their sequence and the end of the log.',
        response: { 200: auditVerificationSchema },
      },
    },
    async () => {
      // Concurrent requests share the result.
      running ??= verifyStoredAudit(store, now).finally(() => {
        running = null;
      });
      return running;
    },
  );
}
