import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type PlanFigures, planScenarioSchema, scenarioComparisonSchema } from '#models/contracts/planScenario.ts';
import { planFigures } from '#models/planning/planFigures.ts';
import { PlannerBusy } from '../planning/planner.ts';
import { type WhatIf, whatIfSchema } from '../planning/whatIf.ts';
import type { PlanParts } from './planRoutes.ts';
import { errorSchema } from './routes.ts';

const idParams = z.object({ id: z.string().regex(/^\d{1,15}$/, 'a number') });
const by = z.string().trim().min(1).max(100);
const MAX_ITEMS = 1_000_000;

type ScenarioParts = Pick<PlanParts, 'plans' | 'planner' | 'store' | 'now'>;

/** Saved what-if plans and their comparison with the latest plan, under `/api/v1/plan/scenarios`. */
export function addScenarioRoutes(server: FastifyInstance, { plans, planner, store, now }: ScenarioParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();
  const { scenarios } = plans;
  const figuresOf = async (change: WhatIf): Promise<PlanFigures> => planFigures((await planner.tryOut(change)).items);
  const busy = (reply: FastifyReply, error: unknown) => {
    if (error instanceof PlannerBusy) return reply.code(503).send({ error: error.message });
    throw error;
  };

  app.get(
    '/api/v1/plan/scenarios',
    {
      schema: {
        description: 'Saved what-if plans and the latest plan, in the same figures.',
        response: { 200: scenarioComparisonSchema },
      },
    },
    async () => {
      const summary = plans.summary();
      const figures = () => planFigures(plans.items(MAX_ITEMS, 0));
      const current = summary && {
        atMs: summary.atMs,
        ...(summary.currency !== undefined && { currency: summary.currency }),
        figures: figures(),
      };
      return { current, scenarios: scenarios.all() };
    },
  );

  app.post(
    '/api/v1/plan/scenarios',
    {
      schema: {
        description:
          'Makes a what-if plan and saves its changes and figures under a name. The plan itself is not changed.',
        body: z.strictObject({ name: z.string().trim().min(1).max(100), by, change: whatIfSchema }),
        response: { 201: planScenarioSchema, 404: errorSchema, 409: errorSchema, 503: errorSchema },
      },
    },
    async ({ body }, reply) => {
      const { name, change } = body;
      if (change.item !== undefined && !plans.has(change.item, change.site))
        return reply.code(404).send({ error: `no plan of ${change.item}${change.site ? ` at ${change.site}` : ''}` });
      const refused = scenarios.refusal(name);
      if (refused !== null) return reply.code(409).send({ error: refused });
      try {
        const figures = await figuresOf(change);
        const added = scenarios.add({ name, change, by: body.by, atMs: now(), figures });
        if (typeof added === 'string') return reply.code(409).send({ error: added });
        store.audit(now(), body.by, 'plan_scenario', name, JSON.stringify(change));
        return reply.code(201).send(added);
      } catch (error) {
        return busy(reply, error);
      }
    },
  );

  app.post(
    '/api/v1/plan/scenarios/:id/run',
    {
      schema: {
        description: 'Plans a saved scenario anew, from the tables as they are now.',
        params: idParams,
        response: { 200: planScenarioSchema, 404: errorSchema, 503: errorSchema },
      },
    },
    async ({ params }, reply) => {
      const known = scenarios.scenario(params.id);
      if (known === null) return reply.code(404).send({ error: `no scenario ${params.id}` });
      try {
        const again = { ...known, figures: await figuresOf(whatIfSchema.parse(known.change)), atMs: now() };
        scenarios.keep(again);
        return again;
      } catch (error) {
        return busy(reply, error);
      }
    },
  );

  app.post(
    '/api/v1/plan/scenarios/:id/remove',
    {
      schema: {
        description: 'Removes a saved scenario.',
        params: idParams,
        body: z.strictObject({ by }),
        response: { 200: planScenarioSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const removed = scenarios.remove(params.id);
      if (removed === null) return reply.code(404).send({ error: `no scenario ${params.id}` });
      store.audit(now(), body.by, 'plan_scenario_removed', removed.name, JSON.stringify(removed.change));
      return removed;
    },
  );
}
