import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { importReportSchema } from '#models/contracts/supply.ts';
import { supplyTableNames } from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import type { SupplyIntake } from '../supply/supplyIntake.ts';
import type { SupplyStore } from '../supply/supplyStore.ts';
import { errorSchema } from './routes.ts';

export interface SupplyParts {
  supply: SupplyStore;
  intake: SupplyIntake;
}

const MAX_BYTES = 64 * 1024 * 1024;
const tableSchema = z.enum(supplyTableNames as [string, ...string[]]);
const checkedSchema = z.object({ table: z.string(), rows: z.int(), notes: z.array(z.string()) });

/** Tables uploaded by planners, under `/api/v1/supply`. */
export function addSupplyRoutes(server: FastifyInstance, { supply, intake }: SupplyParts): void {
  server.register(async (scope) => {
    // Tables are parsed by content, whatever media type the request declares.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    const app = scope.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/api/v1/supply/:table',
      {
        bodyLimit: MAX_BYTES,
        schema: {
          description:
            'A table: separated values with a header, or a JSON list of records. It is imported completely or not at all. Rows are identified by their keys, so that importing a table twice changes nothing.',
          params: z.object({ table: tableSchema }),
          querystring: z.object({
            by: z.string().trim().min(1).max(100).default('rest'),
            dates: z.enum(['dmy', 'mdy']).optional(),
            check: z.stringbool().default(false).describe('validates the table without storing it'),
          }),
          response: { 200: z.union([importReportSchema, checkedSchema]), 422: errorSchema },
        },
      },
      async ({ params, query, body, identity }, reply) => {
        try {
          const bytes = body instanceof Uint8Array ? body : new Uint8Array();
          const table = params.table as (typeof supplyTableNames)[number];
          if (query.check) return await intake.check(table, bytes, { dates: query.dates });
          const origin = { source: 'rest' as const, by: identity?.name ?? query.by };
          return await intake.take(table, bytes, origin, { dates: query.dates });
        } catch (error) {
          if (error instanceof TableError) return reply.code(422).send({ error: error.message });
          throw error;
        }
      },
    );

    app.get(
      '/api/v1/supply',
      {
        schema: {
          description: 'The number of rows per table, and the reports of the latest imports.',
          response: { 200: z.object({ rows: z.record(z.string(), z.int()), imports: z.array(importReportSchema) }) },
        },
      },
      async () => ({ rows: supply.counts(), imports: supply.imports().slice(0, 50) }),
    );
  });
}
