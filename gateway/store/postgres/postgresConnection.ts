import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { PostgresSettings } from './postgresSettings.ts';
import { type Answer, CONNECTED_AS, CONNECTION, type Question, type ThreadData, WAKE } from './threadTypes.ts';

const CONNECT_MS = 8000;
/** After a timeout of one connection, the others of the process wait only this long, until one gets an answer. */
const DOUBT_MS = 250;
const DOUBT_LASTS_MS = 10_000;
/** Time of the last timeout, by server. */
const silentSinceMs = new Map<string, number>();

/** PostgreSQL returned an error, or did not respond. */
export class PostgresError extends Error {
  readonly code: string;
  /** Status of the API response: a retry may succeed soon. */
  readonly statusCode = 503;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * One connection with synchronous queries: a thread communicates with the server while the caller blocks, at most
 * `answerMs`. Without a connection queries fail at once; the thread reconnects by itself.
 */
export class PostgresConnection {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #flags: Int32Array<SharedArrayBuffer>;
  readonly #answerMs: number;
  readonly #server: string;
  #lastId = 0;

  /** @throws PostgresError if the server cannot be reached. */
  constructor(settings: PostgresSettings, schema: string) {
    const { port1, port2 } = new MessageChannel();
    const flags = new SharedArrayBuffer(12);
    this.#flags = new Int32Array(flags);
    this.#port = port1;
    this.#answerMs = settings.answerMs;
    this.#server = settings.url;
    const workerData: ThreadData = { port: port2, flags, settings, schema };
    this.#worker = new Worker(threadFile(), { workerData, transferList: [port2] });
    this.#worker.unref();
    this.#port.unref();
    try {
      this.#answer({ kind: 'wait', id: ++this.#lastId }, CONNECT_MS);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The number of the present connection; null if there is none. */
  get present(): number | null {
    return Atomics.load(this.#flags, CONNECTION) === 1 ? Atomics.load(this.#flags, CONNECTED_AS) : null;
  }

  /** @param of the connection that the query belongs to. @throws PostgresError */
  ask(text: string, values: unknown[] | null, of = this.present): Extract<Answer, { ok: true }> {
    if (of === null || this.present !== of)
      throw new PostgresError('unreachable', 'PostgreSQL cannot be reached at present');
    // The server cancels a statement after `answerMs`; the margin lets its response arrive.
    const isInDoubt = performance.now() - (silentSinceMs.get(this.#server) ?? -DOUBT_LASTS_MS) < DOUBT_LASTS_MS;
    return this.#answer(
      { kind: 'ask', id: ++this.#lastId, text, values, of },
      isInDoubt ? DOUBT_MS : this.#answerMs + 500,
    );
  }

  close(): void {
    this.#port.postMessage({ kind: 'close' } satisfies Question);
    this.#worker.ref();
  }

  #answer(question: Extract<Question, { id: number }>, mostMs: number): Extract<Answer, { ok: true }> {
    const untilMs = performance.now() + mostMs;
    this.#port.postMessage(question);
    for (;;) {
      const seen = Atomics.load(this.#flags, WAKE);
      const answer = receiveMessageOnPort(this.#port)?.message as Answer | undefined;
      // A late answer to an abandoned query is skipped.
      if (answer !== undefined && answer.id !== question.id) continue;
      if (answer?.ok && question.kind === 'ask') silentSinceMs.delete(this.#server);
      if (answer?.ok) return answer;
      if (answer !== undefined) throw new PostgresError(answer.code, answer.message);
      const leftMs = untilMs - performance.now();
      if (leftMs > 0) Atomics.wait(this.#flags, WAKE, seen, leftMs);
      else break;
    }
    this.#port.postMessage({ kind: 'drop' } satisfies Question);
    Atomics.store(this.#flags, CONNECTION, 0);
    // A short wait proves nothing: a longer one may succeed.
    if (mostMs > DOUBT_MS) silentSinceMs.set(this.#server, performance.now());
    throw new PostgresError('unreachable', `PostgreSQL did not answer within ${mostMs} ms`);
  }
}

/** The built thread is beside the built command; when run from source, in `dist`. */
function threadFile(): URL {
  const candidates = ['./postgresThread.js', '../postgresThread.js', '../../../dist/postgresThread.js'].map(
    (path) => new URL(path, import.meta.url),
  );
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (!found) throw new Error('postgresThread.js is not built: npm run build:command');
  return found;
}
