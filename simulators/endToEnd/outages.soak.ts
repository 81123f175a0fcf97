import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { Link } from '../score/link.ts';
import { AlertSender } from './alertSender.ts';
import { startNats } from './natsServer.ts';
import { type Afflicted, begin, mountDisk, OUTAGES, type Outage, unmountDisk } from './outage.ts';
import { startPostgres } from './postgresServer.ts';
import { startInflux, startMosquitto, startVictoria } from './servers.ts';
import { Gateway } from './services.ts';
import { until } from './until.ts';
import { startWebhookReceiver } from './webhookReceiver.ts';

/**
 * `npm run soak:outages`: each server that a gateway uses is killed, frozen for a minute, slowed, and given a full
 * disk, during a flow of alerts and points. MILLWRIGHT_OUTAGE_SERVERS and MILLWRIGHT_OUTAGES (comma-separated) choose
 * some.
 */
const SERVERS = ['mosquitto', 'influxdb', 'victoria-metrics', 'postgresql', 'nats'] as const;
type Server = (typeof SERVERS)[number];
const chosen = <T extends string>(name: string, all: readonly T[]) =>
  all.filter((one) => (process.env[name] ?? all.join()).split(',').includes(one));
const OUTAGE_S = Number(process.env.MILLWRIGHT_OUTAGE_S ?? 60);
/** A killed server is restarted after this time. */
const DOWN_S = 10;
const BEFORE_S = 15;
const AFTER_S = 15;
const ALERTS = Number(process.env.MILLWRIGHT_OUTAGE_ALERTS ?? 200);
const POINTS = Number(process.env.MILLWRIGHT_OUTAGE_POINTS ?? 1_000_000);
const FEATURES = 16;
const WINDOWS = 50;
/** An edge resends unacknowledged messages after this time. */
const RESEND_MS = 15_000;
const DRAIN_MS = 600_000;
/** Delay that an outage may still cause after its end. */
const WAKE_MS = 5000;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await Promise.resolve(stop()).catch(() => undefined);
});
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const portOf = (url: string) => Number(new URL(url).port);

interface Plant {
  afflicted: Afflicted;
  /** Settings of the gateway, and the edge's broker. */
  settings: object;
  brokerUrl: string;
  standby: string[];
  /** Rows of the historian's first feature. */
  rows(): Promise<number>;
}

/** The servers of a plant, each with its own disk; outages of `server` act on a link. */
async function startPlant(server: Server, directory: string): Promise<Plant> {
  const disk = join(directory, 'disk');
  if (mountDisk(disk)) stops.push(() => unmountDisk(disk));
  const placeOf = (name: Server) => (name === server ? disk : directory);
  const links = new Map<Server, Link>();
  const processes = new Map<Server, Afflicted['process']>();
  const linked = async (name: Server, url: string, process: Afflicted['process']) => {
    stops.push(() => process.end('SIGKILL'));
    processes.set(name, process);
    const link = await Link.open(portOf(url));
    stops.push(() => link.close());
    links.set(name, link);
    return Object.assign(new URL(url), { port: String(link.port) })
      .toString()
      .replace(/\/$/, '');
  };
  const isShared = server === 'postgresql' || server === 'nats';
  const series = server === 'victoria-metrics' || server === 'nats' ? await victoria() : await influx();
  const store = isShared ? await postgres() : undefined;
  const broker = server === 'nats' ? await nats() : await mosquitto();
  const [process, link] = [processes.get(server), links.get(server)];
  if (process === undefined || link === undefined) throw new Error(`no ${server} was started`);
  const { url: brokerUrl, standby, settings } = broker;
  return {
    afflicted: { process, link, disk },
    settings: { ...settings, historian: series.settings, ...(store === undefined ? {} : { store }) },
    brokerUrl,
    standby,
    rows: series.rows,
  };

  async function influx() {
    const started = await startInflux(placeOf('influxdb'));
    const url = await linked('influxdb', started.url, started.process);
    const rows = async () =>
      Number((await started.query('SELECT count(f0) FROM millwright_features')).values[0]?.[1] ?? 0);
    return { settings: { type: 'influx', url }, rows };
  }
  async function victoria() {
    const started = await startVictoria(placeOf('victoria-metrics'));
    const url = await linked('victoria-metrics', started.url, started.process);
    const rows = async () => {
      const text = await (await fetch(`${started.url}/api/v1/export?match[]=millwright_features_f0`)).text();
      const lines = text.split('\n').filter(Boolean);
      return lines.reduce(
        (sum, line) => sum + new Set((JSON.parse(line) as { timestamps: number[] }).timestamps).size,
        0,
      );
    };
    return { settings: { type: 'victoriametrics', url, retentionDays: 36_000 }, rows };
  }
  async function postgres() {
    const started = await startPostgres(true, placeOf('postgresql'));
    const url = await linked('postgresql', started.url, started.process);
    return { type: 'postgres', url: `${url}/postgres` };
  }
  async function mosquitto() {
    const started = await startMosquitto(placeOf('mosquitto'));
    const url = await linked('mosquitto', started.url, started.process);
    return { url, standby: [], settings: { broker: { url } } };
  }
  /** The edge loses its own server of three; the others are its standby brokers. */
  async function nats() {
    const servers = await startNats(directory, 3, '', disk);
    const own = await linked('nats', servers[0].mqttUrl, servers[0].process);
    for (const other of servers.slice(1)) stops.push(() => other.process.end('SIGKILL'));
    const settings = { broker: { type: 'nats', servers: servers.map(({ url }) => url), replicas: 3 } };
    return { url: own, standby: servers.slice(1).map(({ mqttUrl }) => new URL(mqttUrl).host), settings };
  }
}

/** Sends alerts and points over the whole time. */
async function traffic(sender: AlertSender, seconds: number, sent: (id: string) => void): Promise<number> {
  const messages = Math.round(POINTS / (FEATURES * WINDOWS));
  const beginMs = performance.now();
  let rows = 0;
  let resentMs = beginMs;
  for (const counts = { alerts: 0, messages: 0 }; counts.alerts < ALERTS || counts.messages < messages; ) {
    const share = Math.min(1, (performance.now() - beginMs) / (1000 * seconds));
    for (; counts.alerts < share * ALERTS; counts.alerts++) {
      sender.send(`m${counts.alerts}`, 'raise');
      sent(`m${counts.alerts}`);
    }
    for (; counts.messages < share * messages; counts.messages++, rows += WINDOWS)
      sender.sendFeatures('pump', { first: rows, windows: WINDOWS, features: FEATURES });
    if (performance.now() - resentMs > RESEND_MS) {
      sender.resend();
      resentMs = performance.now();
    }
    await sleep(50);
  }
  return rows;
}

const cases = chosen('MILLWRIGHT_OUTAGE_SERVERS', SERVERS).flatMap((server) =>
  chosen('MILLWRIGHT_OUTAGES', OUTAGES).map((outage): [Server, Outage] => [server, outage]),
);
test.each(cases)('%s is %s: nothing is lost or duplicated', async (server, outage) => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-outage-'));
  // PostgreSQL runs as its own user.
  chmodSync(directory, 0o755);
  const plant = await startPlant(server, directory);
  const hook = await startWebhookReceiver();
  stops.push(() => hook.close());
  mkdirSync(join(directory, 'gateway'), { recursive: true });
  const notifiers = [{ type: 'webhook', url: hook.url, allowLocal: true }];
  const gateway = await Gateway.start(directory, plant.brokerUrl, { ...plant.settings, notifiers });
  stops.push(() => gateway.process.end('SIGKILL'));
  await until(async () => (await gateway.metrics()).get('millwright_gateway_broker_connected') === 1, 120_000);
  const sender = await AlertSender.connect(plant.brokerUrl, plant.standby);
  stops.push(() => sender.end());
  const open = new Map<string, number>();
  const took: { sentMs: number; ms: number }[] = [];
  const look = setInterval(() => {
    for (const [id, sentMs] of open)
      if (sender.isTaken(id)) {
        took.push({ sentMs, ms: performance.now() - sentMs });
        open.delete(id);
      }
  }, 20);
  stops.push(() => clearInterval(look));
  const lastsS = outage === 'killed' ? DOWN_S : OUTAGE_S;
  const sending = traffic(sender, BEFORE_S + lastsS + AFTER_S, (id) => open.set(id, performance.now()));
  await sleep(1000 * BEFORE_S);
  const beganMs = performance.now();
  const end = await begin(outage, plant.afflicted);
  await sleep(1000 * lastsS);
  end();
  const endedMs = performance.now();
  const rows = await sending;
  await until(async () => {
    if (sender.pending > 0) sender.resend();
    await sleep(2000);
    return sender.pending === 0;
  }, DRAIN_MS);
  await until(async () => hook.accepted.size >= ALERTS, DRAIN_MS);
  await until(async () => (await plant.rows().catch(() => 0)) >= rows, DRAIN_MS).catch(() => undefined);
  const drainedS = (performance.now() - endedMs) / 1000;
  const ids = Array.from({ length: ALERTS }, (_, i) => `m${i}`);
  const at = (all: number[], share: number) =>
    Math.round(all.toSorted((a, b) => a - b)[Math.floor(share * (all.length - 1))] ?? Number.NaN);
  const outside = took.filter(({ sentMs, ms }) => sentMs + ms < beganMs || sentMs > endedMs + WAKE_MS);
  const [all, calm] = [took, outside].map((some) => some.map(({ ms }) => ms));
  process.stdout.write(
    `${server} ${outage}: ${ALERTS} alerts acknowledged after ${at(all, 0.5)} ms (median), ${at(all, 0.99)} ms (p99), ` +
      `${at(all, 1)} ms (most); ${calm.length} outside of the outage after ${at(calm, 0.5)}, ${at(calm, 0.99)}, ${at(calm, 1)} ms; ` +
      `${await plant.rows()} of ${rows} rows; ${hook.counts.requests} requests to the webhook; all done ${Math.round(drainedS)} s after its end\n`,
  );
  expect([...hook.accepted.values()].toSorted()).toEqual(ids.map((id) => `${id} raised`).toSorted());
  const alerts = (await gateway.get('/api/v1/alerts?state=all&limit=1000')) as AlertRecord[];
  expect(alerts.map(({ id }) => id).toSorted()).toEqual(ids.map((id) => `plant.e1.${id}`).toSorted());
  expect(await plant.rows()).toBe(rows);
});
