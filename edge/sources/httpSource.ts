import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Logger } from 'pino';
import type { EdgeConfig } from '../config.ts';
import { sameText } from '../httpServer.ts';
import { decode } from './decode.ts';
import { openProtobufs } from './protobufReaders.ts';
import { RefusalLog } from './refusalLog.ts';
import { type Properties, type Route, Router } from './route.ts';
import type { Arrival, OnceSink, Source } from './source.ts';
import type { HttpSourceConfig } from './sourceConfig.ts';
import { type TimeReader, timeReader } from './timeReader.ts';

const RETRY_MS = 2000;
const PREFIX = '/ingest/';
/** Limit on requests in progress; further ones are refused and must retry. */
const MAX_REQUESTS = 256;
/** Limit per device, to leave capacity for the others. */
const MAX_OF_DEVICE = 32;
/** Limit for a whole request: a partial body must not occupy capacity for longer. */
const REQUEST_MS = 60_000;
/** Limit on cached answers, pending or recent; older ones are looked up in the receipts. */
const MAX_KEYS = 10_000;
const MAX_KEY_LETTERS = 256;

const TIMES = { requestTimeout: REQUEST_MS, connectionsCheckingInterval: REQUEST_MS / 4 };

interface Post {
  topic: string;
  payload: Buffer;
  headers: Properties;
}

interface Answer {
  status: number;
  body: object;
}

type Device = HttpSourceConfig['devices'][number] & { token: string; underWay: number };

/**
 * Accepts payloads that devices post to `/ingest/<topic>`, decoded like those of MQTT, and answers only when the
 * results are durable. A request repeated with its `Idempotency-Key` gets the first answer.
 */
export class HttpSource implements Source {
  state: Source['state'] = 'stopped';
  readonly events = new Map([
    ['requests', 0],
    ['requests_unauthorized', 0],
    ['requests_busy', 0],
    ['requests_repeated', 0],
  ]);
  readonly #config: HttpSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #readTime: TimeReader;
  readonly #router: Router;
  readonly #refusals: RefusalLog;
  /** Answers by device and key, the oldest first; including pending ones. */
  readonly #answers = new Map<string, Promise<Answer>>();
  #devices: Device[] = [];
  #server: Server | null = null;
  #retry: NodeJS.Timeout | null = null;
  #underWay = 0;

  constructor(config: HttpSourceConfig, limits: EdgeConfig['limits'], now: () => number, log: Logger) {
    this.#config = config;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
    this.#readTime = timeReader(config.timeFormat, config.timeZone);
    this.#router = new Router(config.subscriptions);
    this.#refusals = new RefusalLog(log);
  }

  /** The listening port; null while it does not listen. */
  get port(): number | null {
    const address = this.#server?.address();
    return typeof address === 'object' && address ? address.port : null;
  }

  /** @throws if a token, certificate or key cannot be read, or a token is empty. */
  async start(sink: OnceSink): Promise<void> {
    this.#devices = this.#config.devices.map((device) => ({
      ...device,
      token: tokenIn(device.tokenFile),
      underWay: 0,
    }));
    await openProtobufs(this.#config.subscriptions);
    this.state = 'connecting';
    this.#listen(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    if (this.#retry) clearTimeout(this.#retry);
    const server = this.#server;
    this.#server = null;
    if (!server?.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #listen(sink: OnceSink): void {
    const { host, port, certificateFile, keyFile } = this.#config;
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.#handle(request, response, sink);
    const server =
      certificateFile !== undefined && keyFile !== undefined
        ? createSecureServer({ ...TIMES, cert: readFileSync(certificateFile), key: readFileSync(keyFile) }, handle)
        : createServer(TIMES, handle);
    this.#server = server;
    server.on('error', (error) => {
      this.#log.warn({ host, port, error: error.message }, 'source failed: trying again');
      if (this.state === 'stopped' || server.listening) return;
      this.#retry = setTimeout(() => this.#listen(sink), RETRY_MS);
    });
    server.listen(port, host, () => {
      if (this.state === 'stopped') return;
      this.state = 'connected';
      this.#log.info({ host, port: this.port }, 'source listens');
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, sink: OnceSink): Promise<void> {
    this.#count('requests');
    try {
      const { status, body } = await this.#answer(request, sink);
      const headers = { 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': '1' } : {}) };
      response.writeHead(status, status === 401 ? { ...headers, 'www-authenticate': 'Bearer' } : headers);
      response.end(JSON.stringify(body));
    } catch (error) {
      // The device disconnected while sending: nothing was accepted.
      this.#log.debug({ error: String(error) }, 'a request ended early');
      response.destroy();
    }
    // The unread rest of a refused body must not hold the connection.
    request.resume();
  }

  async #answer(request: IncomingMessage, sink: OnceSink): Promise<Answer> {
    const device = this.#deviceOf(request.headers.authorization ?? '');
    if (!device) {
      this.#count('requests_unauthorized');
      return { status: 401, body: { error: 'a header "Authorization: Bearer <token of the device>"' } };
    }
    const { pathname } = new URL(request.url ?? '/', 'http://edge');
    if (!pathname.startsWith(PREFIX)) return { status: 404, body: { error: `post to ${PREFIX}<topic>` } };
    if (request.method !== 'POST' && request.method !== 'PUT') return { status: 405, body: { error: 'POST or PUT' } };
    const topic = topicOf(pathname.slice(PREFIX.length));
    if (topic === null) return { status: 404, body: { error: 'the path is not encoded correctly' } };
    if (this.#underWay >= MAX_REQUESTS || device.underWay >= MAX_OF_DEVICE) {
      this.#count('requests_busy');
      return { status: 503, body: { error: 'busy: send it again' } };
    }
    this.#underWay++;
    device.underWay++;
    try {
      return await this.#once(device, topic, request, sink);
    } finally {
      this.#underWay--;
      device.underWay--;
    }
  }

  /** The body is read before its key counts: an interrupted request is resent under the same key. */
  async #once(device: Device, topic: string, request: IncomingMessage, sink: OnceSink): Promise<Answer> {
    const payload = await bodyOf(request, this.#limits.maxPayloadBytes);
    if (payload === null) {
      sink.accept({ ok: false, rejection: 'too_large', point: null }, null);
      return { status: 413, body: { error: `at most ${this.#limits.maxPayloadBytes} bytes` } };
    }
    const post = { topic, payload, headers: request.headers };
    const header = request.headers['idempotency-key'];
    if (typeof header !== 'string' || header === '') return this.#take(device, post, sink);
    if (header.length > MAX_KEY_LETTERS)
      return { status: 400, body: { error: `an Idempotency-Key of at most ${MAX_KEY_LETTERS} characters` } };
    const key = `${device.name}\n${header}`;
    const known = this.#answers.get(key);
    if (known) {
      this.#count('requests_repeated');
      return known;
    }
    const before = sink.receiptOf(`http/${key}`);
    if (before !== null) {
      this.#count('requests_repeated');
      return JSON.parse(before) as Answer;
    }
    const answer = this.#take(device, post, sink, `http/${key}`);
    this.#answers.set(key, answer);
    // A device that tries again after a failure gets a new answer.
    answer.catch(() => this.#answers.delete(key));
    if (this.#answers.size > MAX_KEYS) this.#answers.delete(this.#answers.keys().next().value as string);
    return answer;
  }

  async #take(device: Device, post: Post, sink: OnceSink, key?: string): Promise<Answer> {
    const { topic, payload, headers } = post;
    await new Promise<void>((resume) => sink.whenReady(resume));
    const route = this.#router.find(topic, headers);
    const arrivals = this.#arrivalsOf(device, route, payload);
    const subscription = route?.subscription.topic ?? 'none';
    const rejected: Record<string, number> = {};
    for (const arrival of arrivals) {
      if (arrival.ok) continue;
      rejected[arrival.rejection] = (rejected[arrival.rejection] ?? 0) + 1;
      this.#refusals.note(subscription, topic, arrival.rejection, payload);
    }
    const accepted = arrivals.filter(({ ok }) => ok).length;
    const answer: Answer = { status: accepted > 0 ? 200 : 422, body: { accepted, rejected } };
    if (key === undefined)
      await Promise.all(arrivals.map((arrival) => new Promise<void>((done) => sink.accept(arrival, done))));
    else await new Promise<void>((done) => sink.acceptOnce(arrivals, { key, answer: JSON.stringify(answer) }, done));
    return answer;
  }

  #arrivalsOf({ assets }: Device, route: Route | null, payload: Buffer): Arrival[] {
    if (!route) return [{ ok: false, rejection: 'bad_topic', point: null }];
    const { maxFutureMs } = this.#limits;
    const decoded = decode(route, payload, { nowMs: this.#now(), maxFutureMs, readTime: this.#readTime });
    if (assets === undefined) return decoded;
    // A device's token does not authorise data of other machines.
    return decoded.map((arrival) => {
      const asset = arrival.ok ? arrival.block.asset : arrival.point?.asset;
      return asset === undefined || assets.includes(asset)
        ? arrival
        : { ok: false, rejection: 'bad_topic', point: null };
    });
  }

  #deviceOf(authorization: string): Device | undefined {
    // All tokens are compared, so that the time reveals nothing.
    return this.#devices.filter(({ token }) => sameText(authorization, `Bearer ${token}`))[0];
  }

  #count(event: string): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }
}

function tokenIn(file: string): string {
  const token = readFileSync(file, 'utf8').trim();
  if (token === '') throw new Error(`${file} is empty: write the device's token into it`);
  return token;
}

function topicOf(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** Null if it exceeds `most` bytes. @throws if it is interrupted. */
async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > most) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
