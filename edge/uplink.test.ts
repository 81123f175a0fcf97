import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#simulators/endToEnd/until.ts';
import { edgeConfigSchema } from './config.ts';
import { Outbox } from './outbox.ts';
import type { CommitBatch, Outgoing } from './pipeline/record/commitBatch.ts';
import { Uplink } from './uplink.ts';

let broker: Aedes;
let server: Server;
let url: string;
beforeAll(async () => {
  broker = await Aedes.createBroker();
  server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(async () => {
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});

const NOW_MS = 1.7e12;
const of = (kind: Outgoing['kind'], n: number): CommitBatch => ({
  outgoing: Array.from({ length: n }, () => ({ kind, topic: `t/${kind}`, body: { timeMs: 1 } })),
  states: [],
});

/** An uplink, its published messages, and a function that acknowledges them. */
async function start() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'millwright-uplink-'));
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory,
    sources: [{ type: 'mqtt', url, subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }] }],
    uplink: { url },
  });
  const outbox = Outbox.open(dataDirectory, { maxBytes: 1e9, maxAgeMs: 1e15 }, 0, () => undefined);
  const published: { topic: string; sequence: number }[] = [];
  const listen = (packet: { topic: string; payload: Buffer | string }, done: () => void) => {
    published.push({ topic: packet.topic, sequence: JSON.parse(packet.payload.toString()).sequence });
    done();
  };
  await new Promise<void>((resolve) => broker.subscribe('t/#', listen, resolve));
  const clock = { ms: 1_000_000 };
  const uplink = new Uplink(config, outbox, '0', () => clock.ms, pino({ level: 'silent' }), {
    command: () => undefined,
    piece: () => undefined,
  });
  uplink.start();
  await until(() => uplink.connected, 5000);
  const acknowledge = (ranges: [number, number][]) => {
    const payload = JSON.stringify({ v: 1, outbox: outbox.id, ranges });
    broker.publish(
      { cmd: 'publish', topic: 'millwright/v1/s/e/cmd/ack', payload, qos: 0, retain: false, dup: false },
      () => undefined,
    );
  };
  const stop = async () => {
    await new Promise<void>((resolve) => broker.unsubscribe('t/#', listen, resolve));
    await uplink.stop();
  };
  return { outbox, uplink, published, clock, acknowledge, stop, origin: { site: 's', edge: 'e' } };
}

test('alerts overtake everything, and within a kind the order is kept', async () => {
  const { outbox, uplink, published, stop, origin } = await start();
  outbox.commit(of('features', 10), origin, NOW_MS);
  outbox.commit(of('health', 2), origin, NOW_MS);
  outbox.commit(of('alerts', 1), origin, NOW_MS);
  uplink.flush();
  await until(() => published.length === 13, 5000);
  expect(published.map((p) => p.sequence)).toEqual([13, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await stop();
});

test('messages that the gateway lost are resent even if everything after them was acknowledged', async () => {
  const { outbox, uplink, published, clock, acknowledge, stop, origin } = await start();
  outbox.commit(of('features', 20), origin, NOW_MS);
  uplink.flush();
  await until(() => published.length === 20, 5000);
  acknowledge([
    [1, 4],
    [10, 20],
  ]);
  await until(() => outbox.hasAcknowledged, 5000);
  outbox.commit({ outgoing: [], states: [] }, origin, NOW_MS);
  clock.ms += 14_000;
  uplink.flush();
  expect(outbox.counts.rows).toBe(5);
  expect(uplink.resent).toBe(0);
  clock.ms += 2000;
  uplink.flush();
  await until(() => published.length === 25, 5000);
  expect(published.slice(20).map((p) => p.sequence)).toEqual([5, 6, 7, 8, 9]);
  await stop();
});

test('a missing acknowledgement, or that of another outbox, changes nothing', async () => {
  const { outbox, uplink, published, stop, origin } = await start();
  outbox.commit(of('features', 3), origin, NOW_MS);
  uplink.flush();
  await until(() => published.length === 3, 5000);
  for (const payload of ['{', '{}', JSON.stringify({ v: 1, outbox: 'another', ranges: [[1, 3]] })]) {
    broker.publish(
      { cmd: 'publish', topic: 'millwright/v1/s/e/cmd/ack', payload, qos: 0, retain: false, dup: false },
      () => undefined,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(outbox.hasAcknowledged).toBe(false);
  await stop();
});
