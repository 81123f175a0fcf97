import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { applyAction, type Outcome } from '#models/alerting/alarmLifecycle.ts';
import type { AlarmAction } from '#models/contracts/alert.ts';
import { acknowledgeRequestSchema, alarmActionRequestSchema } from '#models/contracts/api.ts';
import {
  levelSchema,
  type PlanAlert,
  planAlertSchema,
  planItemSchema,
  planSeriesSchema,
  planSummarySchema,
  supplierScoreSchema,
} from '#models/contracts/plan.ts';
import { forecastCsv, planCsv, planWorkbook } from '../planning/planCsv.ts';
import { type Planner, PlannerBusy } from '../planning/planner.ts';
import type { PlanStore } from '../planning/planStore.ts';
import { REQUISITION_LAYOUTS, requisitionLines, requisitionsCsv } from '../planning/requisitions.ts';
import { whatIfSchema } from '../planning/whatIf.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';

export interface PlanParts {
  plans: PlanStore;
  planner: Planner;
  store: Store;
  now: () => number;
  /** Called when a planner alert was acknowledged. */
  planAcknowledged: (alert: PlanAlert) => void;
}

const MAX_ITEMS = 1_000_000;
/** Maximum number of items returned for a what-if plan. */
const MAX_TRIED_ITEMS = 200;
const placeQuery = z.object({ item: z.string().min(1).max(200), site: z.string().max(200).default('') });

/** Forecasts, plans and suppliers, under `/api/v1/plan` and `/api/v1/suppliers`. */
export function addPlanRoutes(
  server: FastifyInstance,
  { plans, planner, store, now, planAcknowledged }: PlanParts,
): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/plan',
    {
      schema: {
        description:
          'The latest plan: its settings, the accuracy of its forecasts, and its items, ranked by the cost of waiting or by the probability of running out.',
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(5000).default(200),
          offset: z.coerce.number().int().min(0).default(0),
          sort: z.enum(['waiting', 'risk']).default('waiting'),
          search: z.string().max(200).default('').describe('words of the item, its site, name, family or supplier'),
        }),
        response: {
          200: z.object({
            summary: planSummarySchema.nullable(),
            failure: z.string().nullable(),
            items: z.array(planItemSchema),
          }),
        },
      },
    },
    async ({ query }) => ({
      summary: plans.summary(),
      failure: planner.failure,
      items: plans.items(query.limit, query.offset, query.sort, query.search),
    }),
  );

  app.get(
    '/api/v1/plan/item',
    {
      schema: {
        description: 'One item at a site: its plan, and its history and forecast in columns for a chart.',
        querystring: placeQuery,
        response: { 200: z.object({ item: planItemSchema, series: planSeriesSchema }), 404: errorSchema },
      },
    },
    async ({ query }, reply) =>
      plans.item(query.item, query.site) ??
      reply.code(404).send({ error: `no plan of ${query.item}${query.site ? ` at ${query.site}` : ''}` }),
  );

  app.get('/api/v1/plan/levels', { schema: { response: { 200: z.array(levelSchema) } } }, async () => plans.levels());

  app.get('/api/v1/suppliers', { schema: { response: { 200: z.array(supplierScoreSchema) } } }, async () =>
    plans.suppliers(),
  );

  app.get('/api/v1/plan.csv', { schema: { description: 'The plan as separated values.' } }, async (_request, reply) =>
    reply.type('text/csv').send(planCsv(plans.items(MAX_ITEMS, 0))),
  );

  app.get(
    '/api/v1/plan.requisitions.csv',
    {
      schema: {
        description:
          'Purchase requisitions as separated values in the layout of an ERP system: accepted orders that the purchases do not have yet, or all orders that are due.',
        querystring: z.object({
          layout: z.enum(REQUISITION_LAYOUTS),
          orders: z.enum(['accepted', 'due']).default('accepted'),
        }),
      },
    },
    async ({ query }, reply) => {
      const today = plans.summary()?.today ?? new Date(now()).toISOString().slice(0, 10);
      const lines = requisitionLines(plans.items(MAX_ITEMS, 0), query.orders, today);
      return reply.type('text/csv').send(requisitionsCsv(query.layout, lines, today));
    },
  );

  app.get(
    '/api/v1/plan.xlsx',
    { schema: { description: 'A workbook: orders due now, the plan, and forecasts.' } },
    async (_request, reply) => {
      const items = plans.items(MAX_ITEMS, 0);
      const all = items.flatMap(({ item, site }) => plans.item(item, site)?.series ?? []);
      return reply
        .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
        .header('content-disposition', 'attachment; filename="plan.xlsx"')
        .send(Buffer.from(planWorkbook(items, all)));
    },
  );

  app.get(
    '/api/v1/forecast.csv',
    { schema: { description: 'Forecasts of all items as separated values.' } },
    async (_request, reply) => {
      const items = plans.items(MAX_ITEMS, 0);
      const all = items.flatMap(({ item, site }) => plans.item(item, site)?.series ?? []);
      return reply.type('text/csv').send(forecastCsv(all));
    },
  );

  app.post(
    '/api/v1/plan/run',
    { schema: { description: 'Requests a new plan.', response: { 202: z.object({ asked: z.literal(true) }) } } },
    async (_request, reply) => {
      planner.request('asked');
      return reply.code(202).send({ asked: true });
    },
  );

  app.post(
    '/api/v1/plan/what-if',
    {
      schema: {
        description: 'A what-if plan with different service, lead times, demand, stock or budget. Nothing is stored.',
        body: whatIfSchema,
        response: {
          200: z.object({ summary: planSummarySchema, items: z.array(planItemSchema) }),
          404: errorSchema,
          503: errorSchema,
        },
      },
    },
    async ({ body }, reply) => {
      const { item, site } = body;
      const unknown = { error: `no plan of ${item}${site ? ` at ${site}` : ''}` };
      if (item !== undefined && !plans.has(item, site)) return reply.code(404).send(unknown);
      try {
        const { summary, items } = await planner.tryOut(body);
        if (item === undefined) return { summary, items: items.slice(0, MAX_TRIED_ITEMS) };
        const found = items.filter((i) => i.item === item && (site === undefined || i.site === site));
        if (found.length === 0) return reply.code(404).send(unknown);
        return { summary, items: found };
      } catch (error) {
        if (error instanceof PlannerBusy) return reply.code(503).send({ error: error.message });
        throw error;
      }
    },
  );

  app.get(
    '/api/v1/plan/alerts',
    {
      schema: {
        querystring: z.object({
          state: z.enum(['active', 'all']).default('active'),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: z.array(planAlertSchema) },
      },
    },
    async ({ query }) => plans.alerts({ active: query.state === 'active', limit: query.limit }),
  );

  app.post(
    '/api/v1/plan/alerts/acknowledge',
    {
      schema: {
        body: acknowledgeRequestSchema.extend({ id: z.string().min(1).max(300) }),
        response: { 200: planAlertSchema, 404: errorSchema },
      },
    },
    async ({ body }, reply) => {
      const { id, by, comment } = body;
      const outcome = act(id, { action: 'acknowledge', ...(comment === undefined ? {} : { comment }) }, by);
      if (!outcome?.ok) return reply.code(404).send({ error: `no alert ${id}` });
      return outcome.alarm;
    },
  );

  app.post(
    '/api/v1/plan/alerts/actions',
    {
      schema: {
        description: 'One transition of the life cycle of an alert for planners.',
        body: alarmActionRequestSchema.extend({ id: z.string().min(1).max(300) }),
        response: { 200: planAlertSchema, 404: errorSchema, 409: errorSchema },
      },
    },
    async ({ body }, reply) => {
      const outcome = act(body.id, body.change, body.by, body.requestId);
      if (outcome === null) return reply.code(404).send({ error: `no alert ${body.id}` });
      return outcome.ok ? outcome.alarm : reply.code(409).send({ error: outcome.reason });
    },
  );

  function act(id: string, change: AlarmAction, by: string, requestId?: string): Outcome<PlanAlert> | null {
    const known = plans.alert(id);
    if (!known) return null;
    const outcome = applyAction(known, change, by, now(), requestId);
    if (!outcome.ok || !outcome.isChanged) return outcome;
    plans.keepAlerts([outcome.alarm]);
    store.audit(now(), by, change.action, id, JSON.stringify(change));
    planAcknowledged(outcome.alarm);
    return outcome;
  }
}
