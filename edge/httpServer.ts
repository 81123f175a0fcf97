import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { listenError } from '#models/configuration/listenError.ts';
import type { EdgeConfig } from './config.ts';

export interface EdgeHealth {
  ok: boolean;
  detail: Record<string, unknown>;
}

/** Serves `/metrics` and `/healthz`. Off loopback both require the token. Resolves once it listens. */
export async function serveHttp(
  config: EdgeConfig['http'],
  registry: Registry,
  health: () => EdgeHealth,
): Promise<Server> {
  const token = config.tokenFile === undefined ? null : readFileSync(config.tokenFile, 'utf8').trim();
  const server = createServer(async (request, response) => {
    if (token !== null && !sameText(request.headers.authorization ?? '', `Bearer ${token}`)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    } else if (request.method === 'GET' && request.url === '/metrics') {
      response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    } else if (request.method === 'GET' && request.url === '/healthz') {
      const { ok, detail } = health();
      response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ ok, ...detail }));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, 'http.port')));
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
