import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RecordedFailure } from '#models/alerting/trackRecord.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { valueSchema } from '#models/contracts/value.ts';
import type { AlarmMeasures } from '../alerts/alarmMeasures.ts';
import type { GatewayConfig } from '../config.ts';
import type { Store } from '../store/store.ts';

export interface ValueParts {
  store: Store;
  alarms: AlarmMeasures;
  costs: GatewayConfig['costs'];
  /** Failures in the maintenance records. */
  failures: () => RecordedFailure[];
  now: () => number;
}

const DAY_MS = 86_400_000;
const daysQuery = z.object({ days: z.coerce.number().min(1).max(3660).default(365), site: nameSchema.optional() });
type DaysQuery = z.infer<typeof daysQuery>;

/** What alerts were worth. */
export function addValueRoutes(server: FastifyInstance, { alarms, costs, failures, now }: ValueParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();
  const scope = ({ days, site }: DaysQuery, own: readonly string[] | null) => ({
    fromMs: now() - days * DAY_MS,
    sites: site === undefined ? own : [site],
    costs,
    failures: failures(),
  });

  app.get(
    '/api/v1/value',
    {
      schema: {
        description:
          'The value of the alerts with a finding over the last days: each confirmed fault would have caused an unplanned stop, each false alarm cost an inspection.',
        querystring: daysQuery,
        response: { 200: valueSchema },
      },
    },
    async ({ query, identity }) => alarms.ask({ kind: 'value', ...scope(query, identity?.sites ?? null) }),
  );

  app.get(
    '/api/v1/value.csv',
    { schema: { description: 'Every entry of the value ledger as separated values.', querystring: daysQuery } },
    async ({ query, identity }, reply) =>
      reply.type('text/csv').send(await alarms.ask({ kind: 'valueCsv', ...scope(query, identity?.sites ?? null) })),
  );
}
