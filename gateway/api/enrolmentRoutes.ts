import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { enrolledSchema, enrolmentCodeSchema, enrolmentSchema } from '#models/contracts/enrolment.ts';
import { nameSchema } from '#models/contracts/names.ts';
import type { BrokerAccounts } from '../brokerAccounts.ts';
import { topicFilterSchema } from '../config.ts';
import type { FailedLogins } from './failedLogins.ts';
import { errorSchema } from './routes.ts';

export interface EnrolmentParts {
  /** Null: not configured. */
  enrolments: BrokerAccounts | null;
  failedLogins: FailedLogins;
  audit: (by: string, what: string, subject: string) => void;
}

const HOUR_MS = 3_600_000;
const MAX_HOURS = 168;
const MAX_FILTERS = 50;
const NOT_CONFIGURED = 'brokerAccounts.enrolment is not configured';

/** One-time codes for edges, and their exchange for a broker account. */
export function addEnrolmentRoutes(server: FastifyInstance, { enrolments, failedLogins, audit }: EnrolmentParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();
  const params = z.object({ site: nameSchema, edge: nameSchema });

  app.get(
    '/api/v1/enrolments',
    {
      schema: {
        description: 'Enrolled edges, and edges with an open code.',
        response: { 200: z.array(enrolmentSchema) },
      },
    },
    async () => enrolments?.list() ?? [],
  );

  app.post(
    '/api/v1/enrolments',
    {
      schema: {
        description:
          'Creates a one-time code with which an edge obtains its broker account, or a new password for it. The response contains the code, which is not stored; an earlier code of the edge becomes invalid.',
        body: params.extend({
          receives: z.array(topicFilterSchema).max(MAX_FILTERS).default([]).describe('topics of the edge’s machines'),
          hours: z.number().min(0.01).max(MAX_HOURS).default(24),
        }),
        response: {
          201: z.object({ code: enrolmentCodeSchema, expiresMs: z.number() }),
          404: errorSchema,
          409: errorSchema,
        },
      },
    },
    async ({ body: { receives, hours, ...edge }, identity }, reply) => {
      if (enrolments === null) return reply.code(404).send({ error: NOT_CONFIGURED });
      const created = enrolments.createCode(edge, receives, hours * HOUR_MS);
      if ('fault' in created) return reply.code(409).send({ error: created.fault });
      audit(identity?.name ?? 'administrator', 'enrolment_code', `${edge.site}/${edge.edge}`);
      return reply.code(201).send(created);
    },
  );

  app.delete(
    '/api/v1/enrolments/:site/:edge',
    {
      schema: {
        description: "Revokes an edge's account and its open code.",
        params,
        response: { 204: z.null(), 404: errorSchema },
      },
    },
    async ({ params: edge, identity }, reply) => {
      if (!enrolments?.revoke(edge))
        return reply.code(404).send({ error: `no enrolment of ${edge.site}/${edge.edge}` });
      audit(identity?.name ?? 'administrator', 'enrolment_revoked', `${edge.site}/${edge.edge}`);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/enrol',
    {
      schema: {
        description: 'Exchanges a one-time code for a broker account. The code is the only credential.',
        body: z.strictObject({ code: z.string().max(100) }),
        response: { 200: enrolledSchema, 401: errorSchema, 404: errorSchema, 429: errorSchema },
      },
    },
    async (request, reply) => {
      if (enrolments === null) return reply.code(404).send({ error: NOT_CONFIGURED });
      const waitS = failedLogins.waitS(request.ip);
      if (waitS > 0) {
        failedLogins.turnedAway++;
        return reply.code(429).header('retry-after', waitS).send({ error: 'too many failures: try again later' });
      }
      const enrolled = enrolments.enrol(request.body.code);
      if (enrolled === null) {
        failedLogins.failed(request.ip);
        return reply.code(401).send({ error: 'the code is unknown, used or expired: ask for a new one' });
      }
      audit(enrolled.username, 'edge_enrolled', `${enrolled.site}/${enrolled.edge} from ${request.ip}`);
      return enrolled;
    },
  );
}
