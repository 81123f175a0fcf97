import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { resolveSite } from './siteScope.ts';
import type { ValueParts } from './valueRoutes.ts';

/** The alarm system in one month, as a page to print or to send. */
export function addAlarmReportRoutes(server: FastifyInstance, { alarms, costs, failures, now }: ValueParts): void {
  server.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/alarm-report',
    {
      schema: {
        description:
          'An HTML page on one month in UTC (the last whole one where none is named): measures of EEMUA 191 and ISA-18.2 beside the month before, alerts by day, bad actors, findings by rule, misses and value.',
        querystring: z.object({
          month: z
            .string()
            .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'a month such as 2026-11')
            .optional(),
          operators: z.coerce.number().int().min(1).max(1000).default(1),
          site: nameSchema.optional(),
        }),
      },
    },
    async ({ query, identity }, reply) => {
      const requested = resolveSite(identity, query.site);
      if ('refusal' in requested) return reply.code(400).send({ error: requested.refusal });
      const { site = null } = requested;
      const { month, operators } = query;
      const html = await alarms.ask({
        kind: 'report',
        month,
        nowMs: now(),
        operators,
        site,
        costs,
        failures: failures(),
      });
      return reply.type('text/html; charset=utf-8').send(html);
    },
  );
}
