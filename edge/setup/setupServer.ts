import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sameText } from '../httpServer.ts';
import { SetupError } from './editConfig.ts';
import { STYLE, setupPage } from './pages.ts';
import type { Setup } from './setup.ts';

const MAX_BODY_BYTES = 256 * 1024;
const COOKIE = 'millwright-setup';
const LOCAL_HOSTS = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const MAX_SECONDS = 120;
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export interface SetupServer {
  /** Includes the browser's key. */
  url: string;
  server: Server;
}

/**
 * Serves a set-up on loopback to holders of its key, which the address contains once and a cookie then keeps.
 * @param status of the running edge, one line each.
 * @throws if the port is in use.
 */
export async function serveSetup(
  setup: Setup,
  { file, port, status }: { file: string; port: number; status: () => Promise<readonly string[]> },
): Promise<SetupServer> {
  const key = randomBytes(24).toString('base64url');
  let last: { problem: string | null; notice: string | null } = { problem: null, notice: null };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    const { method, headers, url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (!LOCAL_HOSTS.test(headers.host ?? '')) return refuse(response, 403, 'only this computer is served');
    if (method === 'GET' && sameText(searchParams.get('key') ?? '', key)) {
      response.setHeader('set-cookie', `${COOKIE}=${key}; HttpOnly; SameSite=Strict; Path=/`);
      return redirect(response);
    }
    const cookie = new RegExp(`(?:^|; )${COOKIE}=([^;]*)`).exec(headers.cookie ?? '')?.[1] ?? '';
    if (!sameText(cookie, key)) return refuse(response, 401, 'open the address that the command has printed');
    if (method === 'GET' && pathname === '/style.css') {
      response.writeHead(200, { 'content-type': 'text/css' }).end(STYLE);
      return;
    }
    if (method === 'GET' && pathname === '/') {
      const page = setupPage(setup, { file, ...last, status: setup.isRunning ? await status() : [] });
      last = { problem: null, notice: null };
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      return;
    }
    const action = method === 'POST' ? ACTIONS[pathname] : undefined;
    if (action === undefined) return refuse(response, 404, 'no such page');
    last = await outcomeOf(() => formOf(request).then((form) => action(setup, form)));
    redirect(response);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://127.0.0.1:${actual}/?key=${key}`, server };
}

function redirect(response: ServerResponse): void {
  response.writeHead(303, { location: '/' }).end();
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(reason);
}

/** The result of an action, or its error: devices and users cause many, and none of them may end the set-up. */
async function outcomeOf(work: () => Promise<string>): Promise<{ problem: string | null; notice: string | null }> {
  try {
    return { problem: null, notice: await work() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), notice: null };
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new SetupError('the form is too large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

const textOf = (form: URLSearchParams, name: string): string | undefined => form.get(name)?.trim() || undefined;

function needed(form: URLSearchParams, name: string): string {
  const text = textOf(form, name);
  if (text === undefined) throw new SetupError(`${name} is needed`);
  return text;
}

function numberOf(form: URLSearchParams, name: string): number | undefined {
  const text = textOf(form, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new SetupError(`${name}: ${text} is no number`);
  return value;
}

/** The property only if it has a value: absent settings are left out of the file. */
const given = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

/** The action of each form; it returns the notice to show. */
const ACTIONS: Record<string, (setup: Setup, form: URLSearchParams) => Promise<string>> = {
  '/basics': async (setup, form) => {
    setup.setBasics({
      site: needed(form, 'site'),
      edge: needed(form, 'edge'),
      dataDirectory: needed(form, 'dataDirectory'),
      uplinkUrl: needed(form, 'uplinkUrl'),
    });
    return 'Kept in the draft.';
  },
  '/broker/listen': async (setup, form) => {
    const seconds = Math.min(MAX_SECONDS, Math.max(1, numberOf(form, 'seconds') ?? 10));
    const broker = {
      url: needed(form, 'url'),
      ...given('username', textOf(form, 'username')),
      ...given('passwordFile', textOf(form, 'passwordFile')),
    };
    await setup.listen(broker, needed(form, 'filter'), seconds);
    return 'Select the mappings to add.';
  },
  '/broker/add': async (setup, form) => {
    setup.addGroups(form.getAll('group').map(Number));
    return 'Added to the draft.';
  },
  '/opcua/browse': async (setup, form) => {
    await setup.browse(needed(form, 'endpoint'));
    return 'Select the nodes to add, and name their machines and points.';
  },
  '/opcua/add': async (setup, form) => {
    const nodes = form.getAll('node').map((i) => {
      const variable = setup.browsed?.variables[Number(i)];
      if (variable === undefined) throw new SetupError('the server has to be browsed again');
      const [asset, point] = [textOf(form, `asset-${i}`), textOf(form, `point-${i}`)];
      if (asset === undefined || point === undefined)
        throw new SetupError(`${variable.path}: name its machine and its point`);
      return { nodeId: variable.nodeId, asset, point, ...given('sampleRateHz', numberOf(form, `rate-${i}`)) };
    });
    setup.addNodes(nodes);
    return 'Added to the draft.';
  },
  '/machine': async (setup, form) => {
    setup.setMachine({
      asset: needed(form, 'asset'),
      ...given('kind', textOf(form, 'kind')),
      ...given('ratedRpm', numberOf(form, 'ratedRpm')),
      points: form.getAll('point').map((point) => ({
        point,
        ...given('unit', textOf(form, `unit-${point}`)),
        ...given('role', textOf(form, `role-${point}`)),
        ...given('bearing', textOf(form, `bearing-${point}`)),
      })),
    });
    return 'Kept in the draft.';
  },
  '/start': async (setup) => {
    await setup.start();
    return 'Stored. The edge runs with it.';
  },
};
