import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const PATH = '/mcp';
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const LOCAL_HOSTS = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** A request that is refused before it reaches the protocol. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/**
 * The protocol over HTTP on loopback, with a server per request. Requests to the gateway carry the caller's bearer
 * token, so that its permissions apply. Requests from web pages are refused.
 * @param serverFor creates the server of a request. @param token of the request; undefined if it has none.
 */
export function listenHttp(port: number, serverFor: (token: string | undefined) => McpServer): Promise<Server> {
  const http = createServer((request, response) => {
    answer(request, response, serverFor).catch((error: unknown) => {
      const status = error instanceof Refused ? error.status : 500;
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
    });
  });
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', () => resolve(http));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  serverFor: (token: string | undefined) => McpServer,
): Promise<void> {
  const { headers, method, url = '' } = request;
  if (url.split('?')[0] !== PATH) throw new Refused(404, `only ${PATH} is served`);
  // A foreign host name (DNS rebinding) or an origin header means a request from a web page.
  if (!LOCAL_HOSTS.test(headers.host ?? '') || headers.origin !== undefined)
    throw new Refused(403, 'requests of web pages are refused');
  if (method !== 'POST') throw new Refused(405, 'this server keeps no sessions: POST alone');
  const body = await jsonOf(request);
  const server = serverFor(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]);
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refused(413, `a request has at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'the request is no JSON');
  }
}
