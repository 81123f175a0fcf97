import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  forecastOverrideRequestSchema,
  forecastOverrideSchema,
  orderDecisionRequestSchema,
  orderDecisionSchema,
  planExceptionSchema,
} from '#models/contracts/planDecision.ts';
import type { PlanParts } from './planRoutes.ts';
import { errorSchema } from './routes.ts';

const limitQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) });
const idParams = z.object({ id: z.string().regex(/^\d{1,15}$/, 'a number') });
const withdrawal = z.strictObject({ by: z.string().trim().min(1).max(100) });

type DecisionParts = Pick<PlanParts, 'plans' | 'planner' | 'store' | 'now'>;

/** Planners' decisions on proposed orders and forecasts, and exceptions that need one, under `/api/v1/plan`. */
export function addDecisionRoutes(server: FastifyInstance, { plans, planner, store, now }: DecisionParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();
  const { decisions } = plans;
  /** Records a decision and requests a new plan. */
  const decided = (by: string, what: string, { item, site }: { item: string; site: string }, detail: object) => {
    store.audit(now(), by, what, site ? `${item}@${site}` : item, JSON.stringify(detail));
    planner.request('decision');
  };

  app.get(
    '/api/v1/plan/exceptions',
    {
      schema: {
        description: 'Exceptions of the plan that need a decision, highest stake first.',
        querystring: limitQuery.extend({ limit: z.coerce.number().int().min(1).max(1000).default(20) }),
        response: { 200: z.array(planExceptionSchema) },
      },
    },
    async ({ query, identity }) => {
      const sites = identity?.sites ?? null;
      const all = plans.exceptions(now());
      return (sites === null ? all : all.filter(({ site }) => sites.includes(site))).slice(0, query.limit);
    },
  );

  app.get(
    '/api/v1/plan/decisions',
    {
      schema: {
        description: 'Decisions about orders: those whose outcome is awaited, or all, the newest first.',
        querystring: limitQuery.extend({ state: z.enum(['current', 'all']).default('current') }),
        response: { 200: z.array(orderDecisionSchema) },
      },
    },
    async ({ query }) =>
      query.state === 'all' ? decisions.all(query.limit) : decisions.current().toReversed().slice(0, query.limit),
  );

  app.post(
    '/api/v1/plan/decisions',
    {
      schema: {
        description:
          'Accepts a proposed order, with its own or another quantity; freezes its quantity; or delays it to a day. Accepts a transfer from another site, or freezes its quantity. An open decision about the same order or transfer gives way. What is accepted counts as on order until the purchases have it; a transfer is an order whose supplier is the site that sends.',
        body: orderDecisionRequestSchema,
        response: { 201: orderDecisionSchema, 404: errorSchema },
      },
    },
    async ({ body, identity }, reply) => {
      const planned = plans.item(body.item, body.site)?.item;
      if (planned === undefined)
        return reply.code(404).send({ error: `no plan of ${body.item}${body.site ? ` at ${body.site}` : ''}` });
      const openOrders = (planned.openOrders ?? []).map(({ order }) => order);
      const from = 'from' in body.decision ? body.decision.from : undefined;
      const mayTake = (site: string) => (identity?.sites ?? null) === null || identity?.sites?.includes(site);
      if (from !== undefined && (from === body.site || !plans.has(body.item, from) || !mayTake(from)))
        return reply.code(404).send({ error: `no plan of ${body.item} at another site ${from}` });
      const transfer = planned.transfersIn?.find(({ site }) => site === from)?.quantity ?? 0;
      const proposed = from === undefined ? (planned.proposedOrder ?? planned.orderNow) : transfer;
      const decision = decisions.decide(body, { proposed, openOrders }, now());
      decided(body.by, `order_${body.decision.action}`, body, body.decision);
      return reply.code(201).send(decision);
    },
  );

  app.post(
    '/api/v1/plan/decisions/:id/withdraw',
    {
      schema: {
        description: 'Withdraws a decision that no purchase order implements yet.',
        params: idParams,
        body: withdrawal,
        response: { 200: orderDecisionSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const withdrawn = decisions.withdraw(params.id, now());
      if (withdrawn === null) return reply.code(404).send({ error: `no decision ${params.id} that is open` });
      decided(body.by, 'order_decision_withdrawn', withdrawn, { id: params.id });
      return withdrawn;
    },
  );

  app.post(
    '/api/v1/plan/decisions/:id/received',
    {
      schema: {
        description: 'Marks an accepted transfer as received, where the purchases do not list transfers.',
        params: idParams,
        body: withdrawal,
        response: { 200: orderDecisionSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const received = decisions.receive(params.id, now());
      if (received === null) return reply.code(404).send({ error: `no transfer ${params.id} under way` });
      decided(body.by, 'transfer_received', received, { id: params.id });
      return received;
    },
  );

  app.get(
    '/api/v1/plan/overrides',
    {
      schema: {
        description: 'Overrides of forecasts, the newest first, withdrawn ones among them.',
        querystring: limitQuery,
        response: { 200: z.array(forecastOverrideSchema) },
      },
    },
    async ({ query }) => decisions.overrides(query.limit),
  );

  app.post(
    '/api/v1/plan/overrides',
    {
      schema: {
        description:
          'Overrides the forecast of an item in some periods, by a factor or with a quantity a period, and for a reason. Demand of machines is not part of it. What came is held against both forecasts later.',
        body: forecastOverrideRequestSchema,
        response: { 201: forecastOverrideSchema, 404: errorSchema },
      },
    },
    async ({ body }, reply) => {
      if (!plans.has(body.item, body.site))
        return reply.code(404).send({ error: `no plan of ${body.item}${body.site ? ` at ${body.site}` : ''}` });
      const override = decisions.override(body, now());
      decided(body.by, 'forecast_override', body, override);
      return reply.code(201).send(override);
    },
  );

  app.post(
    '/api/v1/plan/overrides/:id/withdraw',
    {
      schema: { params: idParams, body: withdrawal, response: { 200: forecastOverrideSchema, 404: errorSchema } },
    },
    async ({ params, body }, reply) => {
      const withdrawn = decisions.withdrawOverride(params.id, body.by, now());
      if (withdrawn === null) return reply.code(404).send({ error: `no override ${params.id} that holds` });
      decided(body.by, 'forecast_override_withdrawn', withdrawn, { id: params.id });
      return withdrawn;
    },
  );
}
