import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { alarmSystemHealth } from '#models/alerting/alarmSystemHealth.ts';
import { misses, trackRecords } from '#models/alerting/trackRecord.ts';
import { valueLedger } from '#models/alerting/valueLedger.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { alarmReport } from '../alerts/alarmReport.ts';
import { machineCosts } from '../machineCosts.ts';
import { oneSite } from './siteScope.ts';
import { failuresBy, type ValueParts } from './valueRoutes.ts';

/** The alarm system in one month, as a page to print or to send. */
export function addAlarmReportRoutes(server: FastifyInstance, parts: ValueParts): void {
  const { store, costs, now } = parts;
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
      const asked = oneSite(identity, query.site);
      if ('refusal' in asked) return reply.code(400).send({ error: asked.refusal });
      const { site = null } = asked;
      const month = monthOf(query.month, now());
      const before = month.minus({ months: 1 });
      const alerts = store.annunciated(before.toMillis(), site ?? undefined);
      const healthOf = (of: DateTime) => {
        const untilMs = Math.min(now(), of.plus({ months: 1 }).toMillis());
        return alarmSystemHealth(
          alerts.filter(({ arrivedMs }) => isIn(arrivedMs, of)),
          of.toMillis(),
          untilMs,
          query.operators,
        );
      };
      const perDay = new Array<number>(month.daysInMonth ?? 31).fill(0);
      for (const { arrivedMs } of alerts)
        if (isIn(arrivedMs, month)) perDay[DateTime.fromMillis(arrivedMs, { zone: 'utc' }).day - 1]++;
      const ofSite = store.judgedAlerts().filter(({ machine }) => site === null || machine.startsWith(`${site}/`));
      const machines = [...new Set(ofSite.map(({ machine }) => machine))];
      const ledger = valueLedger(ofSite, failuresBy(machines, parts.failures()), (machine) =>
        machineCosts(costs, machine),
      );
      const failures = site === null ? parts.failures().filter(({ atMs }) => isIn(atMs, month)) : [];
      const html = alarmReport({
        month: month.toFormat('yyyy-MM'),
        site,
        operators: query.operators,
        health: healthOf(month),
        before: healthOf(before),
        perDay,
        records: trackRecords(ofSite.filter(({ foundAtMs }) => isIn(foundAtMs, month))),
        missed: misses(failures, store.raisesOf([...new Set(failures.map(({ machine }) => machine))])),
        entries: ledger.filter(({ atMs }) => isIn(atMs, month)),
        currency: costs.currency,
      });
      return reply.type('text/html; charset=utf-8').send(html);
    },
  );
}

/** The first moment of a month, or of the last one that is over. */
function monthOf(name: string | undefined, nowMs: number): DateTime {
  if (name !== undefined) return DateTime.fromFormat(name, 'yyyy-MM', { zone: 'utc' });
  return DateTime.fromMillis(nowMs, { zone: 'utc' }).startOf('month').minus({ months: 1 });
}

const isIn = (ms: number, month: DateTime): boolean =>
  ms >= month.toMillis() && ms < month.plus({ months: 1 }).toMillis();
