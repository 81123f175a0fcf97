import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { roleSchema, sitesSchema, type Token, tokenSchema } from '#models/contracts/identity.ts';
import { covers, coversSites, type Identity } from '../identity/identity.ts';
import type { IdentityStore } from '../identity/identityStore.ts';
import { errorSchema } from './routes.ts';

export interface TokenParts {
  identities: IdentityStore;
  now: () => number;
  audit: (by: string, what: string, subject: string) => void;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
const NOBODY = { name: null, role: 'administrator' as const, sites: null, via: 'token' as const };

/** Personal tokens of all users, and service tokens. */
export function addTokenRoutes(server: FastifyInstance, { identities, now, audit }: TokenParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/tokens',
    {
      schema: {
        description: "The caller's tokens; for administrators, all tokens.",
        response: { 200: z.array(tokenSchema) },
      },
    },
    async ({ identity }) => identities.tokens.list().filter((token) => manages(identity ?? NOBODY, token)),
  );

  app.post(
    '/api/v1/tokens',
    {
      schema: {
        description:
          'Creates a token that may do no more than its creator. A personal one acts under the name of its creator, a service token, which administrators create, under its own. The response contains the secret, which is not stored.',
        body: z.strictObject({
          name: z.string().trim().min(1).max(100),
          kind: z.enum(['personal', 'service']).default('personal'),
          role: roleSchema,
          sites: sitesSchema.optional(),
          days: z.number().min(0.001).max(MAX_DAYS),
        }),
        response: { 201: z.object({ token: tokenSchema, secret: z.string() }), 403: errorSchema, 409: errorSchema },
      },
    },
    async ({ body: { name, kind, role, days, ...body }, ...request }, reply) => {
      const identity = request.identity ?? NOBODY;
      const sites = body.sites === undefined ? identity.sites : body.sites;
      const isAdministrator = identity.role === 'administrator' && identity.sites === null;
      if (kind === 'service' && !isAdministrator)
        return reply.code(403).send({ error: 'an administrator creates tokens of services' });
      if (!covers(identity.role, role) || !coversSites(identity.sites, sites))
        return reply.code(403).send({ error: 'a token may do no more than its creator' });
      // A personal token ends with its account; a token that could create others might outlive it.
      if (kind === 'personal' && (identity.via !== 'session' || identity.name === null))
        return reply.code(409).send({ error: 'sign in to create a personal token' });
      const createdBy = identity.name ?? 'administrator';
      const owner = kind === 'personal' ? identity.name : null;
      const added = identities.tokens.add(
        { name, owner, role, sites, createdBy, expiresMs: now() + days * DAY_MS },
        now(),
      );
      if (added === null) return reply.code(409).send({ error: 'there are too many tokens: remove some' });
      audit(createdBy, 'token_added', `${added.token.id} ${name} ${role}`);
      return reply.code(201).send(added);
    },
  );

  app.delete(
    '/api/v1/tokens/:id',
    { schema: { params: z.object({ id: z.string().max(100) }), response: { 204: z.null(), 404: errorSchema } } },
    async ({ params: { id }, identity }, reply) => {
      const token = identities.tokens.get(id);
      if (token === null || !manages(identity ?? NOBODY, token))
        return reply.code(404).send({ error: `no token ${id}` });
      identities.tokens.remove(id);
      audit(identity?.name ?? 'administrator', 'token_removed', `${id} ${token.name}`);
      return reply.code(204).send(null);
    },
  );
}

function manages({ name, role, sites }: Pick<Identity, 'name' | 'role' | 'sites'>, { owner }: Token): boolean {
  return (role === 'administrator' && sites === null) || (owner !== null && owner === name);
}
