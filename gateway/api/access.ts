import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import type { Identity } from '../identity/identity.ts';
import type { IdentityStore } from '../identity/identityStore.ts';
import { digestOf, findWeakness } from '../identity/secret.ts';
import type { FailedLogins } from './failedLogins.ts';
import { isOwnOrigin, sessionCookie } from './origin.ts';
import { checkAccess } from './roles.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null without sign-in: the gateway then accepts only loopback connections. */
    identity: Identity | null;
    /** Whether the identity remains valid: for streamed responses. */
    isStillSignedIn: () => boolean;
  }
}

/** Public routes: health for a load balancer, the page, the sign-in requests, and the exchange of an edge's code. */
const OPEN: readonly (readonly [method: RegExp, url: RegExp])[] = [
  [/^(GET|HEAD)$/, /^\/(healthz|readyz|$|\?|index\.html$|assets\/|favicon)/],
  [/^(GET|HEAD)$/, /^\/api\/v1\/sign-in(\/openid(\/callback)?)?(\?|$)/],
  [/^POST$/, /^\/api\/v1\/(session|enrol)$/],
];
/** The only routes for an account with a one-time password: it must choose a new one. */
const OWN_SESSION = /^\/api\/v1\/session(\/password)?$/;
const SAFE = /^(GET|HEAD|OPTIONS)$/;

export interface AccessParts {
  identities: IdentityStore;
  failedLogins: FailedLogins;
  now: () => number;
}

/**
 * Identifies the author of each request and decides whether it is allowed. A token is read from the `authorization`
 * header, a browser session from its cookie. Records carry the identity's name, whatever the request says. If no
 * sign-in is configured, the server listens only on loopback, accepts only requests to a loopback name, and refuses
 * changes from pages of another origin.
 * @throws Error if a configured token is too weak.
 */
export function addAccessControl(app: FastifyInstance, config: GatewayConfig['api'], parts: AccessParts): void {
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
      // Behind a proxy, all users share one address: a signed-in user must not be locked out by someone else's guesses.
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

/** Whether a request records its author. */
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
    // Every token is compared, so that timing does not reveal a near match.
    const [found] = configured.filter(({ digest }) => timingSafeEqual(given, digest));
    return found?.identity ?? identities.tokens.identify(secret, now());
  }
  const secret = parseCookie(headers.cookie ?? '')[sessionCookie(config)];
  return secret === undefined ? null : identities.sessions.get(secret, now());
}

/** The reason for refusing an identity's request; null if it is allowed. */
function mayNot(identity: Identity, request: FastifyRequest, config: GatewayConfig['api']): string | null {
  const [path] = request.url.split('?');
  // Browsers send the cookie with every request, whichever page makes it.
  if (identity.via === 'session' && !SAFE.test(request.method) && !isOwnOrigin(request.headers, config))
    return 'the request comes from another origin';
  if (identity.mustChangePassword && !OWN_SESSION.test(path)) return 'choose a password first';
  // Rules apply to routes, because many spellings of an address lead to the same route.
  return checkAccess(identity, request.method, request.routeOptions.url ?? path);
}

/** The reason for refusing a request to a gateway without sign-in; null if it is allowed. */
function refusalOfOpen({ method, headers }: FastifyRequest, config: GatewayConfig['api']): string | null {
  if (!isLoopbackHost(headers.host ?? ''))
    return 'without accounts or tokens, only requests to a loopback address are accepted';
  // Browsers add `origin` to requests that may change something, whichever page makes them; other programs do not.
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
  const weakness = findWeakness(secret);
  if (weakness !== null) throw new Error(`${file}: ${weakness}`);
  return digestOf(secret);
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
