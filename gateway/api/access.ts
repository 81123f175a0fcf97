import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** Reached without a token: a load balancer asks these, and the page has to load before it can ask for one. */
const OPEN = /^\/(healthz|readyz|$|index\.html$|assets\/|favicon)/;

/**
 * Who may ask. With a token file: those who bring the token. Without one the server listens on loopback alone, and
 * answers only where the browser, too, was told a loopback name: no page of another origin can ask through it.
 */
export function guard(app: FastifyInstance, tokenFile: string | undefined): void {
  const expected = tokenFile === undefined ? null : digest(`Bearer ${readFileSync(tokenFile, 'utf8').trim()}`);
  app.addHook('onRequest', async (request, reply) => {
    if (expected === null) {
      if (!isLoopbackHost(request.headers.host ?? '')) return reply.code(403).send({ error: 'only loopback may ask' });
      return;
    }
    if (OPEN.test(request.url)) return;
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return;
    return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a token is needed' });
  });
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
