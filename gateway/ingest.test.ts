import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { Piece, Want } from '#models/contracts/modelPieces.ts';
import type { Acknowledge } from '#models/contracts/status.ts';
import { gatewayFilters, supplyFilter } from '#models/contracts/topics.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { Ingest } from './ingest.ts';
import type { BrokerLink, LinkHandlers } from './messages/brokerLink.ts';
import { MqttLink } from './messages/mqttLink.ts';
import type { Accepted, Refused, Store, TakeResult } from './store/store.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const WAIT_MS = 5000;
const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

const features = (sequence: number, change: object = {}) => ({
  v: 1,
  site: 's',
  edge: 'e',
  outbox: 'o',
  sequence,
  oldest: 1,
  timeMs: NOW_MS,
  timeQuality: 'source',
  asset: 'a',
  point: 'p',
  unit: 'g',
  windowUs: 1000,
  names: ['rms'],
  startUs: [1000 * NOW_MS],
  values: [[sequence]],
  ...change,
});
/** Violates its contract, in a valid envelope of the edge. */
const broken = (sequence: number) => features(sequence, { names: 'rms' });

/** A store that counts its calls, and fails on request. */
function fakeStore() {
  const calls = { groups: [] as number[], refused: [] as Refused[], isFailing: false, failures: 0 };
  const check = () => {
    if (!calls.isFailing) return;
    calls.failures++;
    throw new Error('the disk is full');
  };
  const store = {
    take(accepted: readonly Accepted[]): TakeResult {
      check();
      calls.groups.push(accepted.length);
      const sequences = accepted.map(({ message }) => (message.body as { sequence: number }).sequence);
      const ranges = sequences.map((s): [number, number] => [s, s]);
      const fresh = accepted.map(({ message }) => message);
      return { fresh, duplicates: 1, ranges: [{ site: 's', edge: 'e', outbox: 'o', ranges }], alerts: [] };
    },
    setAside(refused: readonly Refused[]) {
      check();
      calls.refused.push(...refused);
    },
  } as Partial<Store> as Store;
  return { store, calls };
}

/** A broker, and the gateway's subscriptions. */
async function startBroker() {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });
  const subscribed = new Set<string>();
  broker.on('subscribe', (subscriptions, client) => {
    if (client.id === 'gateway') for (const { topic } of subscriptions) subscribed.add(topic);
  });
  const address = server.address();
  return { url: `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, subscribed };
}

/** An ingest with its own broker, and an edge that publishes to it and receives its acknowledgements. */
async function start(
  piece: (want: Want) => Omit<Piece, 'v'> = () => ({ id: ID, piece: 0, of: 1, text: 'x' }),
  supply: (table: string, payload: Uint8Array) => object = () => ({}),
) {
  const { url, subscribed } = await startBroker();
  const edge = await mqtt.connectAsync(url);
  running.push(() => edge.endAsync(true));
  const acknowledged: number[] = [];
  const answers: { topic: string; body: unknown }[] = [];
  const qos = new Map<string, number>();
  edge.on('message', (topic, payload, packet) => {
    const body = JSON.parse(payload.toString());
    qos.set(topic, packet.qos);
    if (topic.endsWith('/cmd/ack')) acknowledged.push(...(body as Acknowledge).ranges.map(([from]) => from));
    else answers.push({ topic, body });
  });
  await edge.subscribeAsync(['millwright/v1/s/e/cmd/#', 'millwright/v1/supply/+/report'], { qos: 2 });
  const { store, calls } = fakeStore();
  const taken: TakeResult[] = [];
  const failures: unknown[] = [];
  const logged: { level: number; msg: string }[] = [];
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) });
  const ingest = new Ingest(
    (handlers) => new MqttLink({ type: 'mqtt', url, clientId: 'gateway' }, handlers, log),
    store,
    () => NOW_MS,
    log,
    (t) => taken.push(t),
    piece,
    async (table, payload) => supply(table, payload),
    (error) => failures.push(error),
  );
  running.push(() => ingest.stop());
  ingest.start();
  const publish = (topic: string, body: object | string) =>
    edge.publish(topic, typeof body === 'string' ? body : JSON.stringify(body), { qos: 1 });
  const send = (body: object | string) => publish('millwright/v1/s/e/features/a/p', body);
  await until(() => subscribed.size === gatewayFilters.length + 1, WAIT_MS);
  expect(subscribed).toContain(supplyFilter);
  return { url, ingest, calls, taken, failures, logged, acknowledged, answers, qos, publish, send };
}

const ID = 'a'.repeat(64);

test('a refused message is counted, set aside and acknowledged once, so that its edge does not resend it', async () => {
  const { ingest, calls, acknowledged, send } = await start();
  send(broken(7));
  await until(() => acknowledged.length === 1, WAIT_MS);
  send(broken(8));
  await until(() => acknowledged.length > 1, WAIT_MS);
  expect(acknowledged).toEqual([7, 8]);
  expect(ingest.refused).toEqual(new Map([['contract_broken', 2]]));
  expect(calls.refused).toMatchObject([
    { topic: 'millwright/v1/s/e/features/a/p', refusal: 'contract_broken', atMs: NOW_MS },
    { refusal: 'contract_broken' },
  ]);
});

test('a refused message that cannot be set aside is not acknowledged, so that its edge sends it again', async () => {
  const { calls, acknowledged, send } = await start();
  calls.isFailing = true;
  send(broken(7));
  await until(() => calls.failures > 0, WAIT_MS);
  calls.isFailing = false;
  send(broken(8));
  await until(() => acknowledged.length > 0, WAIT_MS);
  expect(acknowledged).toEqual([8]);
  expect(calls.refused).toHaveLength(1);
});

test('only the beginning of a large refused message is set aside', async () => {
  const { calls, send } = await start();
  send(`{${' '.repeat(10_000)}`);
  await until(() => calls.refused.length === 1, WAIT_MS);
  expect(calls.refused[0].payload).toHaveLength(4096);
});

test('messages are committed in groups of at most 64, acknowledged and passed on', async () => {
  const { ingest, calls, taken, acknowledged, send } = await start();
  for (let i = 1; i <= 200; i++) send(features(i));
  await until(() => acknowledged.length === 200, WAIT_MS);
  expect(acknowledged).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(Math.max(...calls.groups)).toBeLessThanOrEqual(64);
  expect(taken.flatMap((t) => t.fresh)).toHaveLength(200);
  expect(ingest).toMatchObject({ accepted: 200, duplicates: calls.groups.length, failure: null });
});

test('while the store fails, nothing is acknowledged and back-pressure stops reading; no message is lost', {
  tags: 'slow',
}, async () => {
  const { ingest, calls, failures, logged, acknowledged, send } = await start();
  calls.isFailing = true;
  for (let i = 1; i <= 700; i++) send(features(i));
  await until(() => ingest.accepted >= 512, WAIT_MS);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ingest.accepted).toBe(512);
  expect(ingest.failure).toContain('the disk is full');
  expect(failures.length).toBeGreaterThan(0);
  expect(acknowledged).toEqual([]);
  calls.isFailing = false;
  await until(() => acknowledged.length === 700, WAIT_MS);
  expect(ingest).toMatchObject({ accepted: 700, failure: null });
  // One line for all failed attempts, and one for the recovery.
  expect(logged.filter(({ msg }) => msg.includes('store')).map(({ level }) => level)).toEqual([
    pino.levels.values.error,
    pino.levels.values.info,
  ]);
});

test('messages pending when the ingest stops are committed', async () => {
  const { ingest, calls, send } = await start();
  calls.isFailing = true;
  send(features(1));
  await until(() => ingest.failure !== null, WAIT_MS);
  calls.isFailing = false;
  await ingest.stop();
  expect(calls.groups).toEqual([1]);
});

test('an ingest that was never started can be stopped', async () => {
  const { store } = fakeStore();
  const nothing = () => ({});
  const broker = { type: 'mqtt', url: 'mqtt://127.0.0.1:1', clientId: 'gateway' } as const;
  const log = pino({ level: 'silent' });
  const piece = () => ({ id: ID, piece: 0, of: 1, text: 'x' });
  await new Ingest(
    (handlers) => new MqttLink(broker, handlers, log),
    store,
    () => NOW_MS,
    log,
    nothing,
    piece,
    async () => ({}),
    nothing,
  ).stop();
});

test('a message is settled with the broker once it is durable or answered; otherwise it is redelivered', async () => {
  const { store, calls } = fakeStore();
  const taken: string[] = [];
  const again: string[] = [];
  let handlers: LinkHandlers | undefined;
  const link: BrokerLink = {
    connected: true,
    start: () => undefined,
    stop: async () => undefined,
    resume: () => undefined,
    publish: async () => undefined,
    publishUnconfirmed: () => undefined,
  };
  const open = (given: LinkHandlers) => {
    handlers = given;
    return link;
  };
  const piece = () => ({ id: ID, piece: 0, of: 1, text: 'x' });
  const log = pino({ level: 'silent' });
  const nothing = () => undefined;
  const ingest = new Ingest(
    open,
    store,
    () => NOW_MS,
    log,
    nothing,
    piece,
    async () => ({}),
    nothing,
  );
  running.push(() => ingest.stop());
  const receive = (name: string, topic: string, body: object) =>
    handlers?.received(`millwright/v1/${topic}`, Buffer.from(JSON.stringify(body)), (isDone) =>
      (isDone ? taken : again).push(name),
    );
  receive('want', 's/e/want', { v: 1, site: 's', edge: 'e', id: ID, piece: 0 });
  expect(taken).toEqual(['want']);
  calls.isFailing = true;
  receive('features', 's/e/features/a/p', features(1));
  receive('lost', 's/e/features/a/p', broken(2));
  await until(() => ingest.failure !== null, WAIT_MS);
  expect(taken).toEqual(['want']);
  calls.isFailing = false;
  receive('broken', 's/e/features/a/p', broken(2));
  receive('table', 'supply/items', {});
  await until(() => taken.length === 4, WAIT_MS);
  expect(taken.toSorted()).toEqual(['broken', 'features', 'table', 'want']);
  // The message that could not be set aside.
  expect(again).toEqual(['lost']);
});

test('a requested piece of a package is published; an unreadable one is skipped without affecting others', async () => {
  const { ingest, answers, publish } = await start((want) => {
    if (want.piece === 0) throw new Error('no such file');
    return { id: want.id, piece: want.piece, of: 2, text: 'x' };
  });
  for (const piece of [0, 1]) publish('millwright/v1/s/e/want', { v: 1, site: 's', edge: 'e', id: ID, piece });
  await until(() => answers.length > 0, WAIT_MS);
  expect(answers).toEqual([
    { topic: 'millwright/v1/s/e/cmd/piece', body: { v: 1, id: ID, piece: 1, of: 2, text: 'x' } },
  ]);
  expect(ingest).toMatchObject({ pieces: 1, accepted: 0 });
});

test("a planner's table that cannot be stored is retried, and reading stops until it is stored", {
  tags: 'slow',
}, async () => {
  let attempts = 0;
  const { ingest, failures, acknowledged, answers, publish, send } = await start(undefined, (table, payload) => {
    attempts++;
    if (attempts === 1) throw new Error('the disk is full');
    return { table, rows: payload.length };
  });
  publish('millwright/v1/supply/items', 'a,b');
  await until(() => attempts === 1, WAIT_MS);
  send(features(1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ingest).toMatchObject({ tableRetries: 1, accepted: 0 });
  expect(failures).toHaveLength(1);
  await until(() => acknowledged.length === 1, WAIT_MS);
  expect(attempts).toBe(2);
  expect(answers).toEqual([{ topic: 'millwright/v1/supply/items/report', body: { table: 'items', rows: 3 } }]);
});

test('a table that cannot be stored is not retried after a stop', { tags: 'slow' }, async () => {
  let attempts = 0;
  const { ingest, publish } = await start(undefined, () => {
    attempts++;
    throw new Error('the disk is full');
  });
  publish('millwright/v1/supply/items', 'a,b');
  await until(() => ingest.tableRetries === 1, WAIT_MS);
  await ingest.stop();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(attempts).toBe(1);
});

test('commands are sent at QoS 1; messages that edges request again, at QoS 0', async () => {
  const { ingest, acknowledged, answers, qos, publish, send } = await start();
  publish('millwright/v1/s/e/want', { v: 1, site: 's', edge: 'e', id: ID, piece: 0 });
  publish('millwright/v1/supply/items', 'a,b');
  send(features(1));
  await ingest.send({ site: 's', edge: 'e' }, '{}');
  await until(() => answers.length === 3 && acknowledged.length === 1, WAIT_MS);
  expect(Object.fromEntries(qos)).toEqual({
    'millwright/v1/s/e/cmd/do': 1,
    'millwright/v1/s/e/cmd/piece': 0,
    'millwright/v1/supply/items/report': 0,
    'millwright/v1/s/e/cmd/ack': 0,
  });
});

test('a connection taken over by another client is logged; a stopped one is not', { tags: 'slow' }, async () => {
  const { url, ingest, logged } = await start();
  const warnings = () => logged.filter(({ level }) => level === pino.levels.values.warn).length;
  const other = await mqtt.connectAsync(url, { clientId: 'gateway', reconnectPeriod: 0 });
  running.push(() => other.endAsync(true));
  await until(() => warnings() === 1, WAIT_MS);
  await until(() => ingest.connected, WAIT_MS);
  await ingest.stop();
  expect(warnings()).toBe(1);
});

test('a command is sent to its edge; while the broker is disconnected it is refused, not queued', async () => {
  const { ingest, answers } = await start();
  await ingest.send({ site: 's', edge: 'e' }, '{"what":"relearn"}');
  await until(() => answers.length > 0, WAIT_MS);
  expect(answers).toEqual([{ topic: 'millwright/v1/s/e/cmd/do', body: { what: 'relearn' } }]);
  await ingest.stop();
  await expect(ingest.send({ site: 's', edge: 'e' }, '{}')).rejects.toThrow('disconnected');
});
