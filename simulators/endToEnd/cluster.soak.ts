import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { AlertSender } from './alertSender.ts';
import { startNats } from './natsServer.ts';
import { startPostgres } from './postgresServer.ts';
import { type Restartable, startVictoria } from './servers.ts';
import { Gateway } from './services.ts';
import { until } from './until.ts';
import { startWebhookReceiver } from './webhookReceiver.ts';

const SECONDS = Number(process.env.MILLWRIGHT_SOAK_SECONDS ?? 120);
const KILL_EVERY_S = 10;
const PER_SECOND = Number(process.env.MILLWRIGHT_SOAK_ALERTS_PER_S ?? 4);
/** An edge resends unacknowledged messages after this time. */
const RESEND_MS = 15_000;
/** Longer latencies are printed, with the time of sending. */
const SLOW_MS = 2000;
const START_MS = 180_000;
const DRAIN_MS = 240_000;
const stops: (() => unknown)[] = [];
afterAll(async () => {
  // The last first, and each even if another fails.
  for (const stop of stops.reverse()) await Promise.resolve(stop()).catch(() => undefined);
});

function ending<T extends { process: Restartable }>(server: T): T {
  stops.push(() => server.process.end('SIGKILL'));
  return server;
}

const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    (r) => r.ok,
    () => false,
  );
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/**
 * `npm run soak:cluster`: three nats-servers, two gateways, one PostgreSQL, VictoriaMetrics. A gateway is killed every
 * ten seconds, alternating, once the other one is back; one nats-server at half time, restarted a quarter later.
 */
test(`${SECONDS} s of kill -9: each transition and notification once`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-cluster-'));
  const postgres = ending(await startPostgres());
  const nats = (await startNats(directory, 3)).map(ending);
  const victoria = ending(await startVictoria(directory));
  const hook = await startWebhookReceiver();
  stops.push(() => hook.close());
  const settings = {
    broker: { type: 'nats', servers: nats.map(({ url }) => url), replicas: 3, maxMegabytes: 100 },
    store: { type: 'postgres', url: `${postgres.url}/postgres`, answerSeconds: 20 },
    historian: { type: 'victoriametrics', url: victoria.url, retentionDays: 36_000 },
    notifiers: [{ type: 'webhook', url: hook.url, allowLocal: true }],
  };
  const gateways: Gateway[] = [];
  for (const name of ['a', 'b']) {
    mkdirSync(join(directory, name));
    gateways.push(ending(await Gateway.start(join(directory, name), '', settings)));
  }
  const isConnected = async (gateway: Gateway) =>
    (await gateway.metrics()).get('millwright_gateway_broker_connected') === 1;
  await until(async () => (await Promise.all(gateways.map(isConnected))).every(Boolean), 60_000);
  // This server keeps running; the edge's own tests cover the loss of its server.
  const sender = await AlertSender.connect(nats[0].mqttUrl);
  stops.push(() => sender.end());
  const latenciesMs: number[] = [];
  const open = new Map<string, number>();
  const look = () => {
    for (const [id, sentMs] of open)
      if (sender.isTaken(id)) {
        const tookMs = performance.now() - sentMs;
        latenciesMs.push(tookMs);
        if (tookMs > SLOW_MS) info(sentMs, `${id} took ${Math.round(tookMs)} ms`);
        open.delete(id);
      }
  };
  const beganMs = performance.now();
  const info = (atMs: number, text: string) =>
    process.stdout.write(`${((atMs - beganMs) / 1000).toFixed(1)} s: ${text}\n`);
  const looking = setInterval(look, 20);
  stops.push(() => clearInterval(looking));
  const counts = { sent: 0, kills: 0, resends: 0 };
  const kills = SECONDS / KILL_EVERY_S;
  const traffic = { goesOn: true };
  const sending = (async () => {
    for (let resentMs = performance.now(); traffic.goesOn; ) {
      sender.send(`m${counts.sent}`, 'raise');
      open.set(`m${counts.sent++}`, performance.now());
      if (performance.now() - resentMs > RESEND_MS) {
        resentMs = performance.now();
        if (sender.pending > 0) counts.resends++;
        sender.resend();
      }
      await sleep(1000 / PER_SECOND);
    }
  })();
  for (; counts.kills < kills; counts.kills++) {
    if (counts.kills === kills / 2) {
      info(performance.now(), 'a nats-server is killed');
      await nats[1].process.end('SIGKILL');
    }
    if (counts.kills === Math.floor((kills * 3) / 4)) {
      info(performance.now(), 'the nats-server is started');
      nats[1].process.restart();
    }
    const nextMs = performance.now() + KILL_EVERY_S * 1000;
    const { process: killed, url } = gateways[counts.kills % 2];
    info(performance.now(), `gateway ${counts.kills % 2} is killed`);
    await killed.end('SIGKILL');
    killed.restart();
    // On a busy machine a start may take longer than that.
    await until(() => isUp(url), START_MS);
    info(performance.now(), 'it answers');
    await sleep(Math.max(0, nextMs - performance.now()));
  }
  const tookS = (performance.now() - beganMs) / 1000;
  traffic.goesOn = false;
  await sending;
  const { sent } = counts;
  const drained = () =>
    until(async () => {
      if (sender.pending > 0) sender.resend();
      await sleep(1000);
      return sender.pending === 0;
    }, DRAIN_MS);
  await drained();
  look();
  for (let i = 0; i < sent; i += 5) sender.send(`m${i}`, 'return');
  await drained();
  const events = sent + Math.ceil(sent / 5);
  await until(async () => hook.accepted.size >= events, DRAIN_MS);
  // Longer than the time until messages and notifications are resent.
  await sleep(15_000);
  expect([...hook.accepted.values()].toSorted()).toEqual(
    Array.from({ length: sent }, (_, i) => (i % 5 === 0 ? [`m${i} raised`, `m${i} returned`] : [`m${i} raised`]))
      .flat()
      .toSorted(),
  );
  const [first, second] = await Promise.all(
    gateways.map(async (gateway) => (await gateway.get('/api/v1/alerts?state=all&limit=1000')) as AlertRecord[]),
  );
  expect(first.map(({ id }) => id).toSorted()).toEqual(
    Array.from({ length: sent }, (_, i) => `plant.e1.m${i}`).toSorted(),
  );
  expect(second).toEqual(first);
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => Math.round(latenciesMs[Math.floor(share * (latenciesMs.length - 1))]);
  process.stdout.write(
    `${sent} alerts in ${Math.round(tookS)} s, ${counts.kills} kills of gateways, 1 of a nats-server, ` +
      `${counts.resends} repetitions meanwhile; ` +
      `${events} notifications by ${hook.counts.requests} requests; ` +
      `acknowledged after ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (most)\n`,
  );
});
