import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import type { FailedLogins } from './failedLogins.ts';
import { isAllowed, type Role } from './roles.ts';

/** Reached without a token: a load balancer asks these, and the page has to load before it can ask for one. */
const OPEN = /^\/(healthz|readyz|$|index\.html$|assets\/|favicon)/;

interface Identity {
  /** Null of the one token that all share: who asks says who they are. */
  name: string | null;
  role: Role;
}

/**
 * Who may ask. With tokens: those who bring one, as far as its role goes; the name of a personal token is the one that is
 * recorded, whatever the request says. Without any the server listens on loopback alone, and answers only where the
 * browser, too, was told a loopback name: no page of another origin can ask through it.
 */
export function guard(app: FastifyInstance, config: GatewayConfig['api'], failures: FailedLogins): void {
  const known = tokensOf(config);
  const identities = new WeakMap<FastifyRequest, Identity>();
  app.addHook('onRequest', async (request, reply) => {
    if (known.length === 0) {
      if (!isLoopbackHost(request.headers.host ?? '')) return reply.code(403).send({ error: 'only loopback may ask' });
      return;
    }
    if (OPEN.test(request.url)) return;
    const waitS = failures.waitS(request.ip);
    if (waitS > 0)
      return reply.code(429).header('retry-after', waitS).send({ error: 'too many wrong tokens: try again later' });
    const given = digest(request.headers.authorization ?? '');
    // Every token is compared, so that the time tells nothing.
    const [found] = known.filter(({ token }) => timingSafeEqual(given, token));
    if (found === undefined) {
      if (request.headers.authorization !== undefined) failures.failed(request.ip);
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a token is needed' });
    }
    if (!isAllowed(found.role, request.method, request.url))
      return reply.code(403).send({ error: `the role ${found.role} may not do this` });
    identities.set(request, found);
  });
  app.addHook('preValidation', async (request) => {
    const name = identities.get(request)?.name ?? null;
    const { body } = request;
    if (name !== null && typeof body === 'object' && body !== null && 'by' in body) body.by = name;
  });
}

function tokensOf({ tokenFile, tokens = [] }: GatewayConfig['api']): (Identity & { token: Buffer })[] {
  const read = (file: string) => digest(`Bearer ${readFileSync(file, 'utf8').trim()}`);
  const shared =
    tokenFile === undefined ? [] : [{ name: null, role: 'administrator' as const, token: read(tokenFile) }];
  return [...shared, ...tokens.map((t) => ({ name: t.name, role: t.role, token: read(t.tokenFile) }))];
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
