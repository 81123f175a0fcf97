import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Who is signed in, accounts and secrets: nothing of it lies in a cache. */
const PRIVATE = /^\/api\/v1\/(session|sign-in|accounts|tokens)(\/|$)/;

/**
 * A weak entity tag of each answer: who asks again with `If-None-Match` gets 304 and no body as long as the answer is the
 * same. It is taken of the answer itself, which also depends on who asks and, in parts, on the time: no tag of what is
 * stored would be right.
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
    // The browser keeps the answer, and asks before it shows it again.
    reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'Authorization, Cookie');
    // Fastify empties an answer to HEAD by itself.
    if (request.method === 'HEAD' || !isNamed(tag, request.headers['if-none-match'])) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

/** By the weak comparison of RFC 9110. Pure. */
function isNamed(tag: string, condition: string | undefined): boolean {
  if (condition === undefined) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return condition.trim() === '*' || condition.split(',').some((named) => opaque(named) === opaque(tag));
}
