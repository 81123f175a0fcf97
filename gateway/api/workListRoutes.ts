import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findMisses, warningDays } from '#models/alerting/trackRecord.ts';
import { workList } from '#models/alerting/workList.ts';
import { severitySchema } from '#models/contracts/alert.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { workListSchema } from '#models/contracts/workOrder.ts';
import { foresightFrom } from '#models/planning/foresight.ts';
import { machineCosts } from '../machineCosts.ts';
import { ruleOf } from '../store/alertStatistics.ts';
import { listNewest } from './siteScope.ts';
import type { ValueParts } from './valueRoutes.ts';

/** Number of latest alerts of each severity that are ranked. More would block other requests. */
const MAX_ALERTS = 1000;

/** What to work on first. */
export function addWorkListRoutes(server: FastifyInstance, { store, alarms, costs, failures, now }: ValueParts): void {
  server.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/work-list',
    {
      schema: {
        description:
          'Machines with open alerts, ranked by the expected loss that an hour of work on each avoids over the coming days.',
        querystring: z.object({
          days: z.coerce.number().min(1).max(90).default(7),
          site: nameSchema.optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: { 200: workListSchema },
      },
    },
    async ({ query: { days, site, limit }, identity }) => {
      const alerts = severitySchema.options.flatMap((severity) => {
        const list = (of?: string) => store.alerts({ active: true, site: of, severity, limit: MAX_ALERTS });
        return listNewest(list, identity, site, MAX_ALERTS, ({ raisedAtMs }) => raisedAtMs);
      });
      const records = new Map((await alarms.ask({ kind: 'records' })).map((record) => [record.rule, record]));
      const all = failures();
      const raises = store.statistics.raises([...new Set(all.map(({ machine }) => machine))]);
      const items = workList(alerts, {
        costsOf: (machine) => machineCosts(costs, machine),
        chanceTrue: (alert) => {
          const { findings, alerts: of } = records.get(ruleOf(alert)) ?? { findings: { confirmed: 0 }, alerts: 0 };
          // Laplace's rule of succession: without findings, a rule is assumed to be right half of the time.
          return (findings.confirmed + 1) / (of + 2);
        },
        foresight: foresightFrom(warningDays(all, raises), findMisses(all, raises).length, []),
        nowMs: now(),
        days,
      });
      return { currency: costs.currency, days, items: items.slice(0, limit) };
    },
  );
}
