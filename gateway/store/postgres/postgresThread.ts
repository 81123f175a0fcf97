// The thread that communicates with PostgreSQL for one database of a gateway. Built as a separate file.
import { type MessagePort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { clientOptions } from './clientOptions.ts';
import { type Answer, CONNECTED_AS, CONNECTION, type Question, type ThreadData, WAKE } from './threadTypes.ts';

const AGAIN_MS = 250;
const { port, flags: buffer, settings, schema } = workerData as ThreadData;
const flags = new Int32Array(buffer);
/** Names of prepared statements by text. */
const names = new Map<string, string>();
let client: pg.Client | null = null;
let connection = 0;
let connecting: Promise<void> | null = null;
let failure = 'not connected yet';

// Returns counts, booleans and sums as numbers, like SQLite.
for (const number of [20, 700, 701, 1700]) pg.types.setTypeParser(number, Number);
pg.types.setTypeParser(16, (text) => (text === 't' ? 1 : 0));

(port as MessagePort).on('message', (question: Question) => void handle(question));
void connect();

async function handle(question: Question): Promise<void> {
  if (question.kind === 'close') {
    await client?.end().catch(() => undefined);
    process.exit(0);
  }
  if (question.kind === 'drop') {
    lose('it did not answer in time');
    return;
  }
  if (question.kind === 'wait') {
    await connect();
    answer(
      client === null
        ? { id: question.id, ok: false, code: 'unreachable', message: failure }
        : { id: question.id, ok: true, rows: [], changes: 0, command: '' },
    );
    return;
  }
  answer(await query(question));
}

async function query({ id, text, values, of }: Extract<Question, { kind: 'ask' }>): Promise<Answer> {
  const own = client;
  if (own === null || of !== connection) return { id, ok: false, code: 'unreachable', message: failure };
  try {
    const result = await own.query(values === null ? { text } : { text, values, name: nameOf(text) });
    const { rows, rowCount, command } = (Array.isArray(result) ? result[result.length - 1] : result) as pg.QueryResult;
    return { id, ok: true, rows, changes: rowCount ?? 0, command };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // 57P: the server is shutting down or ended the session.
    if (code === undefined || /^(57P|08)|^E/.test(code)) lose(message);
    return { id, ok: false, code: code ?? 'unreachable', message };
  }
}

/** Each statement is prepared once, up to a limit: thousands per connection would cost the server memory. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= 500) return undefined;
  names.set(text, `s${names.size}`);
  return names.get(text);
}

function answer(given: Answer): void {
  port.postMessage(given);
  Atomics.add(flags, WAKE, 1);
  Atomics.notify(flags, WAKE);
}

function connect(): Promise<void> {
  if (client !== null) return Promise.resolve();
  connecting ??= open().finally(() => {
    connecting = null;
  });
  return connecting;
}

async function open(): Promise<void> {
  const next = new pg.Client(clientOptions(settings));
  next.on('error', (error) => {
    if (next === client) lose(error.message);
  });
  try {
    await next.connect();
    await next.query(`SET search_path TO ${schema}`);
    client = next;
    connection++;
    names.clear();
    Atomics.store(flags, CONNECTED_AS, connection);
    Atomics.store(flags, CONNECTION, 1);
  } catch (error) {
    failure = (error as Error).message || String((error as { code?: string }).code);
    void next.end().catch(() => undefined);
    setTimeout(() => void connect(), AGAIN_MS);
  }
}

function lose(why: string): void {
  if (client === null) return;
  failure = why;
  Atomics.store(flags, CONNECTION, 0);
  const former = client as unknown as { connection: { stream: { destroy(): void } } };
  client = null;
  former.connection.stream.destroy();
  setTimeout(() => void connect(), AGAIN_MS);
}
