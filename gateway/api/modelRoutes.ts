import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { modelViewSchema } from '#models/contracts/api.ts';
import { packageIdSchema } from '#models/contracts/modelPieces.ts';
import { rolloutSchema, targetSchema } from '#models/contracts/rollout.ts';
import { MAX_PACKAGE_BYTES } from '#models/packages/modelPackage.ts';
import { type Registry, RegistryError } from '../registry/registry.ts';
import type { Rollouts } from '../registry/rollouts.ts';
import type { Proposals } from '../registry/watchFit.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';

export interface ModelParts {
  proposals: Proposals;
  registry: Registry;
  rollouts: Rollouts;
  store: Store;
  now: () => number;
}

const by = z.string().trim().min(1).max(100);
const idParams = z.object({ id: packageIdSchema });
const rolloutParams = z.object({ id: z.coerce.number().int() });

/** Models and their roll-outs, under `/api/v1/models` and `/api/v1/rollouts`. */
export function addModelRoutes(
  server: FastifyInstance,
  { registry, rollouts, proposals, store, now }: ModelParts,
): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/models', { schema: { response: { 200: z.array(modelViewSchema) } } }, async () =>
    registry.models(store.edges()),
  );

  app.post(
    '/api/v1/models',
    {
      schema: {
        body: z.strictObject({ by, package: z.string().max(MAX_PACKAGE_BYTES) }),
        response: { 201: z.object({ id: packageIdSchema }), 409: errorSchema },
      },
      bodyLimit: 2 * MAX_PACKAGE_BYTES,
    },
    async ({ body }, reply) =>
      withConflict(reply, async () => {
        const id = await registry.add(body.package, body.by);
        store.audit(now(), body.by, 'model', id, null);
        return reply.code(201).send({ id });
      }),
  );

  app.post(
    '/api/v1/models/:id/approve',
    {
      schema: { params: idParams, body: z.strictObject({ by }), response: { 200: modelViewSchema, 409: errorSchema } },
    },
    async ({ params, body }, reply) =>
      withConflict(reply, async () => {
        await registry.approve(params.id, body.by);
        store.audit(now(), body.by, 'approve', params.id, null);
        return registry.models(store.edges()).find((m) => m.id === params.id);
      }),
  );

  app.post(
    '/api/v1/models/propose',
    {
      schema: {
        description: "Trains a model on a machine's latest days, and compares it with the running one.",
        body: targetSchema.extend({ by, days: z.number().positive().max(365).default(14) }),
        response: {
          201: z.object({ id: packageIdSchema, comparison: z.record(z.string(), z.unknown()) }),
          409: errorSchema,
        },
      },
    },
    async ({ body }, reply) =>
      withConflict(reply, async () => {
        const { by: who, days, ...target } = body;
        const { id, comparison } = await proposals.propose(target, days, who);
        store.audit(now(), who, 'propose', id, JSON.stringify(target));
        return reply.code(201).send({ id, comparison: { ...comparison } });
      }),
  );

  app.get(
    '/api/v1/models/:id/package',
    { schema: { description: 'The package as a file, for an edge without a network connection.', params: idParams } },
    async ({ params }, reply) =>
      withConflict(reply, async () => reply.type('application/json').send(registry.package(params.id))),
  );

  app.get('/api/v1/rollouts', { schema: { response: { 200: z.array(rolloutSchema) } } }, async () =>
    registry.rollouts(),
  );

  app.post(
    '/api/v1/rollouts',
    {
      schema: {
        body: z.strictObject({
          by,
          model: packageIdSchema,
          targets: z.array(targetSchema).min(1).max(10_000),
          rows: z.int().min(1).max(1_000_000).default(360),
          /** One machine in ten by default. */
          canaries: z.int().min(1).optional(),
        }),
        response: { 201: rolloutSchema, 409: errorSchema },
      },
    },
    async ({ body }, reply) =>
      withConflict(reply, async () => {
        const known = new Set(store.edges().map(({ site, edge }) => `${site}/${edge}`));
        const unknown = body.targets.find(({ site, edge }) => !known.has(`${site}/${edge}`));
        if (unknown) throw new RegistryError(`no edge ${unknown.site}/${unknown.edge} is known here`);
        const { canaries = Math.ceil(body.targets.length / 10), ...rest } = body;
        const rollout = registry.start({ ...rest, canaries });
        store.audit(now(), body.by, 'rollout', body.model, JSON.stringify(body.targets));
        return reply.code(201).send(rollout);
      }),
  );

  app.post(
    '/api/v1/rollouts/:id/back',
    {
      schema: {
        params: rolloutParams,
        body: z.strictObject({ by, why: z.string().trim().min(1).max(200).default('by command') }),
        response: { 200: rolloutSchema, 409: errorSchema },
      },
    },
    async ({ params, body }, reply) =>
      withConflict(reply, async () => {
        store.audit(now(), body.by, 'rollback', String(params.id), body.why);
        return rollouts.goBack(params.id, body.why);
      }),
  );
}

/** Maps a refusal of the registry to a 409 with its reason. */
async function withConflict<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RegistryError) return reply.code(409).send({ error: error.message }) as T;
    throw error;
  }
}
