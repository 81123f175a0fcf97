import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountNameSchema, accountSchema, roleSchema, sitesSchema } from '#models/contracts/identity.ts';
import type { IdentityStore } from '../identity/identityStore.ts';
import { errorSchema } from './routes.ts';

export interface AccountParts {
  identities: IdentityStore;
  audit: (by: string, what: string, subject: string) => void;
}

const personRoleSchema = roleSchema.exclude(['metrics']);
const accountParams = z.object({ name: accountNameSchema });
const by = z.string().trim().min(1).max(100);
/** The one-time password; shown once. */
const oneTimeSchema = z.object({ name: z.string(), oneTimePassword: z.string() });

/** User accounts, for administrators. */
export function addAccountRoutes(server: FastifyInstance, { identities, audit }: AccountParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/accounts', { schema: { response: { 200: z.array(accountSchema) } } }, async () =>
    identities.accounts.list(),
  );

  app.post(
    '/api/v1/accounts',
    {
      schema: {
        description: 'Adds an account. The response contains its one-time password, which is shown only once.',
        body: z.strictObject({ by, name: accountNameSchema, role: personRoleSchema, sites: sitesSchema.default(null) }),
        response: { 201: oneTimeSchema, 409: errorSchema },
      },
    },
    async ({ body: { by: who, ...account } }, reply) => {
      const oneTimePassword = await identities.addAccount(account);
      if (oneTimePassword === null) return reply.code(409).send({ error: `account ${account.name} already exists` });
      audit(who, 'account_added', `${account.name} ${account.role} ${account.sites?.join(',') ?? 'all sites'}`);
      return reply.code(201).send({ name: account.name, oneTimePassword });
    },
  );

  app.put(
    '/api/v1/accounts/:name',
    {
      schema: {
        description: "Changes an account's role and sites, or disables it. Ends its sessions and personal tokens.",
        params: accountParams,
        body: z.strictObject({ by, role: personRoleSchema, sites: sitesSchema, disabled: z.boolean() }),
        response: { 200: accountSchema, 409: errorSchema },
      },
    },
    async ({ params, body: { by: who, ...change } }, reply) => {
      const changed = identities.changeAccount({ ...change, name: params.name });
      if ('fault' in changed) return reply.code(409).send({ error: changed.fault });
      audit(who, 'account_changed', `${params.name} ${JSON.stringify(change)}`);
      return changed;
    },
  );

  app.post(
    '/api/v1/accounts/:name/reset',
    {
      schema: {
        description: 'Resets an account to a one-time password, and ends its sessions.',
        params: accountParams,
        body: z.strictObject({ by }),
        response: { 200: oneTimeSchema, 404: errorSchema },
      },
    },
    async ({ params: { name }, body }, reply) => {
      const oneTimePassword = await identities.resetPassword(name);
      if (oneTimePassword === null) return reply.code(404).send({ error: `no account ${name}` });
      audit(body.by, 'account_reset', name);
      return { name, oneTimePassword };
    },
  );

  app.delete(
    '/api/v1/accounts/:name',
    {
      schema: {
        description: 'Removes an account. Its actions stay in the audit log under its name.',
        params: accountParams,
        response: { 204: z.null(), 409: errorSchema },
      },
    },
    async ({ params: { name }, identity }, reply) => {
      const fault = identities.removeAccount(name);
      if (fault !== null) return reply.code(409).send({ error: fault });
      audit(identity?.name ?? 'administrator', 'account_removed', name);
      return reply.code(204).send(null);
    },
  );
}
