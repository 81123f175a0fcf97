import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { edgeConfigSchema } from '../config.ts';
import { HttpSource } from './httpSource.ts';
import type { Arrival, Sink } from './source.ts';
import { checkSource, onceSink } from './sourceChecks.ts';
import type { HttpSourceConfig } from './sourceConfig.ts';

const directory = mkdtempSync(join(tmpdir(), 'millwright-http-'));
const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const devices = [
  { name: 'logger', tokenFile: file('logger', 'secret-1\n') },
  { name: 'fan-logger', tokenFile: file('fan', 'secret-2'), assets: ['fan'] },
];
const sources: HttpSource[] = [];
afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
});

function make(port = 0): HttpSource {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    limits: { maxPayloadBytes: 4096 },
    sources: [
      {
        type: 'http',
        port,
        devices,
        subscriptions: [
          {
            topic: '{asset}/raw/{point}',
            payload: { type: 'waveform', framing: 'raw', encoding: 'int16', sampleRateHz: 1000 },
          },
          { topic: '{asset}/{point}', payload: { type: 'scalar' } },
        ],
      },
    ],
    uplink: { url: 'mqtt://x' },
  });
  const its = config.sources[0] as HttpSourceConfig;
  const source = new HttpSource(its, config.limits, () => Date.now(), pino({ level: 'silent' }));
  sources.push(source);
  return source;
}

async function started(port?: number, receipts = new Map<string, string>()) {
  const source = make(port);
  const arrivals: Arrival[] = [];
  const sink: Sink = {
    accept(arrival, done) {
      arrivals.push(arrival);
      setTimeout(() => done?.(), 20);
    },
    whenReady: (resume) => resume(),
  };
  await source.start(onceSink(sink, receipts));
  await expect.poll(() => source.state).toBe('connected');
  const post = async (path: string, body: string | Uint8Array, headers: object = {}) => {
    const response = await fetch(`http://127.0.0.1:${source.port}${path}`, {
      method: 'POST',
      body: body as BodyInit,
      headers: { authorization: 'Bearer secret-1', ...headers },
    });
    return [response.status, await response.json()];
  };
  return { source, arrivals, post };
}

describe('the checks of every source', () => {
  checkSource(async () => {
    const source = make();
    let answered = false;
    return {
      source,
      async deliver() {
        answered = false;
        if (source.port === null) return;
        fetch(`http://127.0.0.1:${source.port}/ingest/pump/temperature`, {
          method: 'POST',
          body: '{"value":61}',
          headers: { authorization: 'Bearer secret-1' },
        }).then(
          ({ status }) => {
            answered = status === 200;
          },
          () => undefined,
        );
      },
      acknowledged: () => answered,
    };
  });
});

test('JSON and raw frames, each mapped by its path', async () => {
  const { arrivals, post } = await started();
  expect(await post('/ingest/pump/temperature', '{"value":61.5}')).toEqual([200, { accepted: 1, rejected: {} }]);
  const frame = new Uint8Array(Int16Array.from({ length: 500 }, (_, i) => 1000 * Math.sin(i)).buffer);
  expect(await post('/ingest/pump/raw/2H', frame)).toEqual([200, { accepted: 1, rejected: {} }]);
  expect(arrivals).toMatchObject([
    { ok: true, block: { asset: 'pump', point: 'temperature' } },
    { ok: true, block: { kind: 'waveform', asset: 'pump', point: '2H', sampleRateHz: 1000 } },
  ]);
});

test('a request repeated under its key is processed once, also while the first is in progress', async () => {
  const { source, arrivals, post } = await started();
  const once = () => post('/ingest/pump/temperature', '{"value":61.5}', { 'idempotency-key': 'a1' });
  const answers = await Promise.all([once(), once()]);
  answers.push(await once());
  for (const answer of answers) expect(answer).toEqual([200, { accepted: 1, rejected: {} }]);
  expect(arrivals).toHaveLength(1);
  expect(source.events.get('requests_repeated')).toBe(2);
  // Another device's key is another key.
  const [status] = await post('/ingest/fan/temperature', '{"value":1}', {
    authorization: 'Bearer secret-2',
    'idempotency-key': 'a1',
  });
  expect([status, arrivals.length]).toEqual([200, 2]);
});

test('a refusal names the reason: token, machine, path, size, content', async () => {
  const { arrivals, post } = await started();
  const good = '{"value":61.5}';
  expect((await post('/ingest/pump/temperature', good, { authorization: 'Bearer wrong' }))[0]).toBe(401);
  expect(arrivals).toEqual([]);
  const other = { authorization: 'Bearer secret-2' };
  expect(await post('/ingest/pump/temperature', good, other)).toEqual([
    422,
    { accepted: 0, rejected: { bad_topic: 1 } },
  ]);
  expect(await post('/ingest/a/b/c/d', good)).toEqual([422, { accepted: 0, rejected: { bad_topic: 1 } }]);
  expect(await post('/ingest/pump/temperature', '{"value":"warm"}')).toEqual([
    422,
    { accepted: 0, rejected: { wrong_type: 1 } },
  ]);
  expect((await post('/elsewhere', good))[0]).toBe(404);
  expect((await post('/ingest/pump/temperature', `{"value":1,"x":"${'x'.repeat(5000)}"}`))[0]).toBe(413);
});

test('the source waits for a port in use', { tags: 'slow' }, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const source = make(port);
  await source.start(onceSink({ accept: () => undefined, whenReady: (resume) => resume() }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(source.state).toBe('connecting');
  await new Promise((resolve) => other.close(resolve));
  await expect.poll(() => source.state, { timeout: 6000 }).toBe('connected');
});

test('a request repeated after a restart gets the first answer, and brings nothing', async () => {
  const receipts = new Map<string, string>();
  const headers = { 'idempotency-key': '4711' };
  const before = await started(undefined, receipts);
  const first = await before.post('/ingest/pump-1/temperature', '{"value":61.2}', headers);
  await before.source.stop();
  const after = await started(undefined, receipts);
  expect(await after.post('/ingest/pump-1/temperature', '{"value":61.2}', headers)).toEqual(first);
  expect(after.arrivals).toEqual([]);
  await after.post('/ingest/pump-1/temperature', '{"value":61.2}', { 'idempotency-key': '4712' });
  expect(after.arrivals).toHaveLength(1);
});

test('a slow device does not use up the capacity of the others', async () => {
  const { source, post } = await started();
  const half = Array.from({ length: 260 }, () => {
    const socket = connect(source.port as number, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /ingest/fan/t HTTP/1.1\r\nHost: e\r\nAuthorization: Bearer secret-1\r\nContent-Length: 9\r\n\r\n{',
    );
    return socket;
  });
  await expect.poll(() => source.events.get('requests'), { timeout: 10_000 }).toBe(260);
  expect(await post('/ingest/fan/t', '{"value":1}')).toEqual([503, { error: 'busy: send it again' }]);
  expect((await post('/ingest/fan/t', '{"value":1}', { authorization: 'Bearer secret-2' }))[0]).toBe(200);
  for (const socket of half) socket.destroy();
  await expect.poll(async () => (await post('/ingest/fan/t', '{"value":1}'))[0], { timeout: 10_000 }).toBe(200);
});
