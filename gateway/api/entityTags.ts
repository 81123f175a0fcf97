import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Sessions, accounts and secrets must not be cached. */
const PRIVATE = /^\/api\/v1\/(session|sign-in|accounts|tokens)(\/|$)/;

/**
 * Adds a weak entity tag to each response: a request with `If-None-Match` gets 304 and no body while the response is
 * unchanged. The tag is computed from the response itself, because responses also depend on the identity and partly on
 * the time, not only on stored data.
 */
export function tagAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const route = request.routeOptions.url ?? '';
    if (!route.startsWith('/api/v1/')) return payload;
    if (PRIVATE.test(route)) {
      reply.header('cache-control', 'no-store');
      return payload;
    }
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || !(typeof payload === 'string' || Buffer.isBuffer(payload)))
      return payload;
    const tag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
    // The browser caches the response, and revalidates it before each use.
    reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'Authorization, Cookie');
    // Fastify itself omits the body of a response to HEAD.
    if (request.method === 'HEAD' || !isNamed(tag, request.headers['if-none-match'])) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

/** Weak comparison of RFC 9110. Pure. */
function isNamed(tag: string, condition: string | undefined): boolean {
  if (condition === undefined) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return condition.trim() === '*' || condition.split(',').some((named) => opaque(named) === opaque(tag));
}
