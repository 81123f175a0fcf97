import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import type { Identity } from '../identity/identity.ts';
import type { IdentityStore } from '../identity/identityStore.ts';
import { digestOf, weaknessOf } from '../identity/secret.ts';
import type { FailedLogins } from './failedLogins.ts';
import { isOwnOrigin, sessionCookie } from './origin.ts';
import { refusalOf } from './roles.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody has to sign in: the gateway listens on loopback alone. */
    identity: Identity | null;
    /** Whether the identity holds still: for answers that go on. */
    isStillSignedIn: () => boolean;
  }
}

/** Answered to everybody: health for a load balancer, the page, and what it needs to sign somebody in. */
const OPEN: readonly (readonly [method: RegExp, url: RegExp])[] = [
  [/^(GET|HEAD)$/, /^\/(healthz|readyz|$|\?|index\.html$|assets\/|favicon)/],
  [/^(GET|HEAD)$/, /^\/api\/v1\/sign-in(\/openid(\/callback)?)?(\?|$)/],
  [/^POST$/, /^\/api\/v1\/session$/],
];
/** What somebody may do whose password is good for choosing another alone. */
const OWN_SESSION = /^\/api\/v1\/session(\/password)?$/;
const SAFE = /^(GET|HEAD|OPTIONS)$/;

export interface AccessParts {
  identities: IdentityStore;
  failedLogins: FailedLogins;
  now: () => number;
}

/**
 * Decides who makes each request, and whether it may. A token identifies by its `authorization` header, a browser by the
 * cookie of its session; the name that is recorded is that of the identity, whatever the request says. Where nobody can
 * sign in, the server listens on loopback alone, answers only requests to a loopback name, and lets no page of another
 * origin change anything.
 * @throws Error where a configured token is too weak.
 */
export function guard(app: FastifyInstance, config: GatewayConfig['api'], parts: AccessParts): void {
  const configured = configuredTokens(config);
  const isOpen = configured.length === 0 && config.accounts === undefined && config.openId === undefined;
  app.decorateRequest('identity', null);
  app.decorateRequest('isStillSignedIn', () => true);
  app.addHook('onRequest', async (request, reply) => {
    if (isOpen) {
      const refusal = refusalOfOpen(request, config);
      if (refusal !== null) return reply.code(403).send({ error: refusal });
      return;
    }
    if (OPEN.some(([method, url]) => method.test(request.method) && url.test(request.url))) return;
    const identity = identify(request, configured, config, parts);
    if (identity === null) {
      // Behind a proxy everybody has one address: who is signed in is not locked out by somebody else's guesses.
      const waitS = parts.failedLogins.waitS(request.ip);
      if (waitS > 0) {
        parts.failedLogins.turnedAway++;
        return reply
          .code(429)
          .header('retry-after', waitS)
          .send({ error: 'too many failed sign-ins: try again later' });
      }
      if (request.headers.authorization !== undefined) parts.failedLogins.failed(request.ip);
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'sign in, or send a token' });
    }
    const refusal = mayNot(identity, request, config);
    if (refusal !== null) return reply.code(403).send({ error: refusal });
    request.identity = identity;
    request.isStillSignedIn = () => identify(request, configured, config, parts) !== null;
  });
  app.addHook('preValidation', async (request) => {
    const name = request.identity?.name ?? null;
    const { body } = request;
    if (name !== null && typeof body === 'object' && body !== null && isSigned(request, body))
      Object.assign(body, { by: name });
  });
}

/** Whether a request records who made it. */
function isSigned(request: FastifyRequest, body: object): boolean {
  const schema = request.routeOptions.schema?.body as { shape?: object } | undefined;
  return 'by' in body || 'by' in (schema?.shape ?? {});
}

function identify(
  { headers }: FastifyRequest,
  configured: readonly ConfiguredToken[],
  config: GatewayConfig['api'],
  { identities, now }: AccessParts,
): Identity | null {
  if (headers.authorization !== undefined) {
    const secret = /^Bearer (.+)$/.exec(headers.authorization)?.[1] ?? '';
    const given = digestOf(secret);
    // Every token is compared: the time does not reveal which one was close.
    const [found] = configured.filter(({ digest }) => timingSafeEqual(given, digest));
    return found?.identity ?? identities.tokens.identify(secret, now());
  }
  const secret = parseCookie(headers.cookie ?? '')[sessionCookie(config)];
  return secret === undefined ? null : identities.sessions.get(secret, now());
}

/** Why an identity may not make a request; null: it may. */
function mayNot(identity: Identity, request: FastifyRequest, config: GatewayConfig['api']): string | null {
  const [path] = request.url.split('?');
  // A cookie goes with every request of a browser, whichever page makes it.
  if (identity.via === 'session' && !SAFE.test(request.method) && !isOwnOrigin(request.headers, config))
    return 'the request comes from another origin';
  if (identity.mustChangePassword && !OWN_SESSION.test(path)) return 'choose a password first';
  // The rules are about routes: an address may be written in many ways that lead to the same one.
  return refusalOf(identity, request.method, request.routeOptions.url ?? path);
}

/** Why a gateway that nobody has to sign in to does not answer a request; null: it does. */
function refusalOfOpen({ method, headers }: FastifyRequest, config: GatewayConfig['api']): string | null {
  if (!isLoopbackHost(headers.host ?? '')) return 'without accounts or tokens only a loopback address is answered';
  // Browsers add `origin` to what may change something, whichever page makes it; other programs do not.
  const isForeign = !SAFE.test(method) && headers.origin !== undefined && !isOwnOrigin(headers, config);
  return isForeign ? 'the request comes from another origin' : null;
}

interface ConfiguredToken {
  digest: Buffer;
  identity: Identity;
}

function configuredTokens({ tokenFile, tokens = [] }: GatewayConfig['api']): ConfiguredToken[] {
  const common = { via: 'token' as const, mustChangePassword: false };
  const shared =
    tokenFile === undefined
      ? []
      : [
          {
            digest: readToken(tokenFile),
            identity: { ...common, name: null, role: 'administrator' as const, sites: null },
          },
        ];
  const named = tokens.map(({ name, role, sites = null, tokenFile: file }) => ({
    digest: readToken(file),
    identity: { ...common, name, role, sites },
  }));
  return [...shared, ...named];
}

function readToken(file: string): Buffer {
  const secret = readFileSync(file, 'utf8').trim();
  const weakness = weaknessOf(secret);
  if (weakness !== null) throw new Error(`${file}: ${weakness}`);
  return digestOf(secret);
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
