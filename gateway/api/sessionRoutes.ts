import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountNameSchema, sessionViewSchema, signInSchema } from '#models/contracts/identity.ts';
import type { GatewayConfig } from '../config.ts';
import type { Identity } from '../identity/identity.ts';
import type { IdentityStore } from '../identity/identityStore.ts';
import { checkPassword, isPassword } from '../identity/password.ts';
import { FailedLogins } from './failedLogins.ts';
import { cookieOf, isOwnOrigin, sessionCookie } from './origin.ts';
import { permissionsOf } from './roles.ts';
import { errorSchema } from './routes.ts';

/** Failures that lock an account, from any client or address. */
const MAX_FAILED = 10;
const LOCKED_MS = 15 * 60_000;
/** Limit on concurrent password checks: each takes 100 MB of memory traffic and a thread for a tenth of a second. */
const MAX_HASHING = 4;
const HOUR_MS = 3_600_000;
const passwordSchema = z.string().min(1).max(1000);

export interface SessionParts {
  identities: IdentityStore;
  failedLogins: FailedLogins;
  now: () => number;
  audit: (by: string, what: string, subject: string) => void;
  /** Called when a user has chosen a new password. */
  passwordChosen: (name: string) => void;
}

/** Sign-in with an account, and sign-out. */
export function addSessionRoutes(server: FastifyInstance, config: GatewayConfig['api'], parts: SessionParts): void {
  const { identities, failedLogins, now, audit, passwordChosen } = parts;
  const app = server.withTypeProvider<ZodTypeProvider>();
  const locked = new FailedLogins(now, MAX_FAILED, LOCKED_MS);
  const begin = createSessionStarter(config, parts);
  let hashing = 0;

  app.get(
    '/api/v1/sign-in',
    { schema: { description: 'Available sign-in methods.', response: { 200: signInSchema } } },
    async () => ({ accounts: config.accounts !== undefined, openId: config.openId?.label ?? null }),
  );

  app.get(
    '/api/v1/session',
    {
      schema: {
        description: 'The identity of the request, and its permissions.',
        response: { 200: sessionViewSchema },
      },
    },
    async ({ identity }) => viewOf(identity),
  );

  app.post(
    '/api/v1/session',
    {
      schema: {
        description:
          'Signs in; the response sets the session cookie. An account is locked for a quarter of an hour after ten failures.',
        body: z.strictObject({ name: accountNameSchema, password: passwordSchema }),
        response: {
          200: sessionViewSchema,
          401: errorSchema,
          403: errorSchema,
          404: errorSchema,
          429: errorSchema,
          503: errorSchema,
        },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      if (config.accounts === undefined) return reply.code(404).send({ error: 'this gateway has no accounts' });
      if (request.headers.origin !== undefined && !isOwnOrigin(request.headers, config))
        return reply.code(403).send({ error: 'the request comes from another origin' });
      const waitS = Math.max(failedLogins.waitS(request.ip), locked.waitS(name.toLowerCase()));
      if (waitS > 0) {
        failedLogins.turnedAway++;
        return reply
          .code(429)
          .header('retry-after', waitS)
          .send({ error: 'too many failed sign-ins: try again later' });
      }
      if (hashing >= MAX_HASHING) return reply.code(503).header('retry-after', 1).send({ error: 'busy: try again' });
      hashing++;
      const identity = await identities.signIn(name, password).finally(() => hashing--);
      if (identity === null) {
        failedLogins.failed(request.ip);
        locked.failed(name.toLowerCase());
        audit(name, 'sign_in_failed', request.ip);
        return reply.code(401).send({ error: 'wrong name or password' });
      }
      locked.succeeded(name.toLowerCase());
      begin(identity, request.headers.cookie, request.ip, reply);
      return viewOf({ ...identity, via: 'session' });
    },
  );

  app.delete(
    '/api/v1/session',
    { schema: { description: 'Signs out.', response: { 204: z.null() } } },
    async (request, reply) => {
      const secret = parseCookie(request.headers.cookie ?? '')[sessionCookie(config)];
      if (secret !== undefined) identities.sessions.end(secret);
      if (request.identity?.name) audit(request.identity.name, 'sign_out', request.ip);
      return reply
        .header('set-cookie', setSession(config, '', 0))
        .code(204)
        .send(null);
    },
  );

  app.post(
    '/api/v1/session/password',
    {
      schema: {
        description: 'Changes the password. Ends every session of the account and starts a new one.',
        body: z.strictObject({ password: passwordSchema, newPassword: passwordSchema }),
        response: { 200: sessionViewSchema, 400: errorSchema, 401: errorSchema, 409: errorSchema, 429: errorSchema },
      },
    },
    async (request, reply) => {
      const name = request.identity?.name ?? '';
      const { password, newPassword } = request.body;
      const hash = identities.accounts.passwordHash(name);
      if (hash === null || request.identity?.via !== 'session')
        return reply.code(409).send({ error: 'only a signed-in account can change its password' });
      const waitS = locked.waitS(name.toLowerCase());
      if (waitS > 0) {
        failedLogins.turnedAway++;
        return reply.code(429).header('retry-after', waitS).send({ error: 'too many failures: try again later' });
      }
      if (!(await isPassword(password, hash))) {
        locked.failed(name.toLowerCase());
        return reply.code(401).send({ error: 'wrong password' });
      }
      const fault = password === newPassword ? 'the new password equals the old one' : checkPassword(newPassword, name);
      if (fault !== null) return reply.code(400).send({ error: fault });
      audit(name, 'password', name);
      await identities.choosePassword(name, newPassword);
      passwordChosen(name);
      const identity = { ...(request.identity as Identity & { name: string }), mustChangePassword: false };
      begin(identity, undefined, request.ip, reply);
      return viewOf(identity);
    },
  );
}

/** Starts a session and sets its cookie; the browser's previous session ends. */
export function createSessionStarter(config: GatewayConfig['api'], { identities, now, audit }: SessionParts) {
  const seconds = (config.sessionHours * HOUR_MS) / 1000;
  return (
    identity: Omit<Identity, 'via'> & { name: string },
    cookies: string | undefined,
    address: string,
    reply: FastifyReply,
  ): void => {
    const former = parseCookie(cookies ?? '')[sessionCookie(config)];
    if (former !== undefined) identities.sessions.end(former);
    audit(identity.name, 'sign_in', address);
    const secret = identities.sessions.start(identity, now(), now() + seconds * 1000);
    reply.header('set-cookie', setSession(config, secret, seconds));
  };
}

const setSession = (config: GatewayConfig['api'], value: string, seconds: number) =>
  cookieOf(config, { name: sessionCookie(config), value, seconds, sameSite: 'strict' });

function viewOf(identity: Identity | null) {
  const known = identity ?? {
    name: null,
    role: 'administrator' as const,
    sites: null,
    via: 'token',
    mustChangePassword: false,
  };
  const { name, role, sites, mustChangePassword } = known;
  return {
    name,
    role,
    sites,
    mustChangePassword,
    isSession: known.via === 'session',
    may: permissionsOf(known),
  };
}
