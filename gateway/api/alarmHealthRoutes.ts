import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findMisses, type RecordedFailure } from '#models/alerting/trackRecord.ts';
import { alarmSystemHealthSchema, trackRecordSchema, trackRecordsSchema } from '#models/contracts/alarmHealth.ts';
import { nameSchema } from '#models/contracts/names.ts';
import type { AlarmMeasures } from '../alerts/alarmMeasures.ts';
import { ruleOf } from '../store/alertStatistics.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';
import { resolveSite } from './siteScope.ts';

const DAY_MS = 86_400_000;

export interface AlarmHealthParts {
  store: Store;
  alarms: AlarmMeasures;
  now: () => number;
  /** Failures in the maintenance records. */
  failures: () => RecordedFailure[];
}

/** How well the alarm system serves its operators, and how often its alerts were right. */
export function addAlarmHealthRoutes(
  server: FastifyInstance,
  { store, alarms, now, failures }: AlarmHealthParts,
): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/alarm-health',
    {
      schema: {
        description:
          'Measures of EEMUA 191 and ISA-18.2 over the last days: rates, floods, chattering, stale alerts, bad actors, time to acknowledge.',
        querystring: z.object({
          days: z.coerce.number().min(0.01).max(366).default(7),
          /** The number of operators who share the alerts. */
          operators: z.coerce.number().int().min(1).max(1000).default(1),
          site: nameSchema.optional(),
        }),
        response: { 200: alarmSystemHealthSchema, 400: errorSchema },
      },
    },
    async ({ query: { days, operators, ...query }, identity }, reply) => {
      const requested = resolveSite(identity, query.site);
      if ('refusal' in requested) return reply.code(400).send({ error: requested.refusal });
      const toMs = now();
      const fromMs = toMs - days * DAY_MS;
      return alarms.ask({ kind: 'health', fromMs, toMs, operators, site: requested.site });
    },
  );

  app.get(
    '/api/v1/track-record',
    {
      schema: {
        description:
          "Precision and lead time of each rule's alerts, from their findings, and failures without an alert.",
        response: { 200: trackRecordsSchema },
      },
    },
    async () => {
      const all = failures();
      const missed = findMisses(all, store.statistics.raises([...new Set(all.map((f) => f.machine))]));
      return { rules: await alarms.ask({ kind: 'records' }), failures: all.length, missed };
    },
  );

  app.get(
    '/api/v1/alerts/:id/track-record',
    {
      schema: {
        description: 'Precision and lead time of earlier alerts of the same rule; null if none has a finding.',
        params: z.object({ id: z.string().max(300) }),
        response: {
          200: z.object({ rule: z.string(), trackRecord: trackRecordSchema.nullable() }),
          404: errorSchema,
        },
      },
    },
    async ({ params }, reply) => {
      const alert = store.alert(params.id);
      if (alert === null) return reply.code(404).send({ error: `no alert ${params.id}` });
      const rule = ruleOf(alert);
      const records = await alarms.ask({ kind: 'records', fault: alert.evidence.diagnosis.fault });
      return { rule, trackRecord: records.find((r) => r.rule === rule) ?? null };
    },
  );
}
