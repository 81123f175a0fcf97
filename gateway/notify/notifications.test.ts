import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test, vi } from 'vitest';
import type { AlertMessage } from '#models/contracts/alert.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import { gatewayConfigSchema } from '../config.ts';
import { isLocalAddress } from '../exchangeJson.ts';
import { SqliteStore } from '../store/sqliteStore.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { createNotifiers } from './createNotifiers.ts';
import { Notifications } from './notifications.ts';
import { Routing } from './routing.ts';

const log = pino({ level: 'silent' });
const START_MS = Date.UTC(2026, 5, 1, 12);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const notifiersOf = (notifiers: object[]) =>
  gatewayConfigSchema.parse({ dataDirectory: 'x', broker: { url: 'mqtt://127.0.0.1' }, notifiers }).notifiers;

let sequence = 0;
function alert(id: string, change: AlertMessage['change'], severity: AlertMessage['severity'] = 'warning') {
  const body = {
    v: 1,
    site: 's',
    edge: 'e',
    outbox: 'o',
    sequence: ++sequence,
    oldest: 1,
    timeMs: START_MS,
    timeQuality: 'source',
    id,
    asset: id,
    point: '1H',
    change,
    severity,
    raisedAtMs: START_MS,
    text: `${id} <fails> & more`,
    index: 2,
    evidence: { contributions: [], diagnosis: { fault: 'outer_race', confidence: 1, reasons: [] } },
    remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
  } as AlertMessage;
  return { message: { kind: 'alerts', body } as KeptMessage, text: JSON.stringify(body) };
}

/** A gateway's store with channels; `restart` reopens it as a new process would. */
function gateway(notifiers: object[], directory = mkdtempSync(join(tmpdir(), 'millwright-notify-'))) {
  const configs = notifiersOf(notifiers);
  const routing = new Routing(configs);
  const clock = { ms: START_MS };
  const store = new SqliteStore(testPlace(directory), {
    maxQueueBytes: 1e7,
    maxEvidenceBytes: 1e6,
    routing,
    now: () => clock.ms,
  });
  const channels = createNotifiers(configs, async () => undefined);
  const notifications = new Notifications({ alerts: store.deliveries }, channels, () => clock.ms, log);
  const stop = async () => {
    await notifications.stop();
    store.close();
  };
  stops.push(stop);
  return { store, notifications, clock, directory, routing, stop };
}

type Received = { key: string; event: string; id: string; headers: IncomingMessage['headers']; body: string };

/** A receiver with configurable responses, and what it has accepted. */
async function receiver(answer: (request: Received) => number | 'reset') {
  const accepted: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { headers } = request;
      const [key, event] = [headers['idempotency-key'], headers['x-millwright-event']].map(String);
      const received = { key, event, id: JSON.parse(body).id, headers, body };
      const status = answer(received);
      if (status === 'reset') return request.socket.destroy();
      if (status === 200) accepted.push(received);
      return response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(() => new Promise((done) => server.close(() => done())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, accepted };
}

/** Advances the clock until no delivery is pending. */
async function drain({ store, notifications, clock }: ReturnType<typeof gateway>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    notifications.run();
    await new Promise((done) => setTimeout(done, 5));
    if (!store.deliveries.counts().some((c) => c.state === 'waiting')) return;
    clock.ms += 2000;
  }
  throw new Error(`still waiting: ${JSON.stringify(store.deliveries.counts())}`);
}

test('500 alerts to a receiver that refuses, resets and recovers arrive once, in order, across a restart', {
  tags: 'slow',
}, async () => {
  let answers = 0;
  const hook = await receiver(() => (answers++ < 60 ? (answers % 2 ? 503 : 'reset') : 200));
  const config = [{ type: 'webhook', url: hook.url, allowLocal: true }];
  const first = gateway(config);
  const ids = Array.from({ length: 500 }, (_, i) => `s.e.m${i}`);
  first.store.take(ids.map((id) => alert(id, 'raise')));
  first.notifications.run();
  await new Promise((done) => setTimeout(done, 50));
  first.store.take(ids.slice(0, 100).map((id) => alert(id, 'update', 'critical')));
  first.store.take(ids.slice(0, 100).map((id) => alert(id, 'return', 'critical')));
  await first.stop();
  stops.splice(stops.indexOf(first.stop), 1);
  const second = gateway(config, first.directory);
  await drain(second);
  expect(hook.accepted).toHaveLength(700);
  expect(new Set(hook.accepted.map((r) => r.key)).size).toBe(700);
  const eventsOf = (id: string) => hook.accepted.filter((r) => r.id === id).map((r) => r.event);
  expect(eventsOf(ids[7])).toEqual(['raised', 'escalated', 'returned']);
  expect(eventsOf(ids[300])).toEqual(['raised']);
  // A restart repeats no delivered notification.
  await drain(second);
  expect(hook.accepted).toHaveLength(700);
});

test('a notification undelivered for three days becomes a dead letter, which can be resent or abandoned', async () => {
  let status = 500;
  const hook = await receiver(() => status);
  const parts = gateway([{ type: 'webhook', url: hook.url, allowLocal: true }]);
  parts.store.take([alert('s.e.m', 'raise')]);
  parts.clock.ms += 72 * 3_600_000 + 1000;
  await drain(parts);
  const [dead] = parts.store.deliveries.list('dead', 10);
  expect(dead).toMatchObject({ channel: 'webhook', attempts: 1, error: expect.stringContaining('500') });
  status = 200;
  expect(parts.store.deliveries.resend(dead.id)).toBe(true);
  await drain(parts);
  expect(hook.accepted).toHaveLength(1);
  expect(parts.store.deliveries.abandon(dead.id)).toBe(false);
  expect(parts.store.deliveries.resend(dead.id)).toBe(false);
});

test('a webhook is signed over its timestamp and body', async () => {
  const hook = await receiver(() => 200);
  const secretFile = join(mkdtempSync(join(tmpdir(), 'millwright-secret-')), 'secret');
  writeFileSync(secretFile, 'shared secret\n');
  const parts = gateway([{ type: 'webhook', url: hook.url, allowLocal: true, secretFile }]);
  parts.store.take([alert('s.e.m', 'raise')]);
  await drain(parts);
  const [{ headers, body }] = hook.accepted;
  const signed = createHmac('sha256', 'shared secret').update(`${headers['x-millwright-timestamp']}.${body}`);
  expect(headers['x-millwright-signature']).toBe(`sha256=${signed.digest('hex')}`);
});

test('loopback and link-local receivers are refused unless they are allowed', async () => {
  const hook = await receiver(() => 200);
  const parts = gateway([{ type: 'webhook', url: hook.url.replace('127.0.0.1', 'localhost') }]);
  parts.store.take([alert('s.e.m', 'raise')]);
  parts.notifications.run();
  await new Promise((done) => setTimeout(done, 200));
  expect(hook.accepted).toEqual([]);
  expect(parts.store.deliveries.list('waiting', 1)[0].error).toContain('set allowLocal');
  for (const address of ['127.0.0.1', '169.254.169.254', '::1', 'fe80::1', '0.0.0.0', '::ffff:127.0.0.1'])
    expect(isLocalAddress(address), address).toBe(true);
  for (const address of ['10.0.0.5', '192.168.1.1', '93.184.216.34', '2001:db8::1'])
    expect(isLocalAddress(address), address).toBe(false);
});

test('routing by site, machine, severity and audience; an escalation channel gets only escalations', () => {
  const routing = new Routing(
    notifiersOf([
      { type: 'webhook', name: 'pumps', url: 'http://h/', match: { machines: ['pump-*'] } },
      { type: 'webhook', name: 'danger', url: 'http://h/', match: { severities: ['critical'] } },
      { type: 'slack', name: 'wiring', url: 'http://h/', match: { audiences: ['integrator'] } },
      { type: 'teams', name: 'manager', url: 'http://h/', unacknowledgedMinutes: 15 },
    ]),
  );
  const notice = (asset: string, severity: string, audience?: string) =>
    ({ ...(alert(asset, 'raise').message.body as object), severity, audience }) as never;
  expect(routing.channelsFor('raised', notice('pump-1', 'warning'), 0)).toEqual(['pumps']);
  expect(routing.channelsFor('raised', notice('fan.pump-1', 'critical', 'integrator'), 0)).toEqual([
    'danger',
    'wiring',
  ]);
  expect(routing.channelsFor('unacknowledged', notice('fan', 'warning'), 0)).toEqual(['manager']);
  expect(routing.escalations()).toEqual([{ channel: 'manager', afterMs: 900_000, againMs: null }]);
});

test('a warning held for quiet hours does not delay its alert once that is critical', async () => {
  const hook = await receiver(() => 200);
  // The whole day except its last minute.
  const quietHours = { from: '00:00', to: '23:59' };
  const { store, notifications, clock } = gateway([{ type: 'webhook', url: hook.url, allowLocal: true, quietHours }]);
  const run = async () => {
    notifications.run();
    await new Promise((done) => setTimeout(done, 100));
  };
  clock.ms = Date.UTC(2026, 5, 1, 12);
  store.take([alert('s.e.m1', 'raise')]);
  await run();
  expect(hook.accepted).toEqual([]);
  store.take([alert('s.e.m1', 'update', 'critical'), alert('s.e.m2', 'raise')]);
  for (let i = 0; i < 50 && hook.accepted.length < 2; i++) await run();
  await run();
  expect(hook.accepted.map((r) => [r.id, r.event])).toEqual([
    ['s.e.m1', 'raised'],
    ['s.e.m1', 'escalated'],
  ]);
});

test('quiet hours hold warnings until they end, but never critical alerts', () => {
  const quietHours = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' };
  const routing = new Routing(notifiersOf([{ type: 'slack', url: 'http://h/', quietHours }]));
  const at = (text: string, severity = 'warning') =>
    new Date(routing.notBeforeMs('slack', { severity } as never, Date.parse(text))).toISOString();
  expect(at('2026-06-01T21:00:00Z')).toBe('2026-06-02T04:00:00.000Z');
  expect(at('2026-06-02T03:00:00Z')).toBe('2026-06-02T04:00:00.000Z');
  expect(at('2026-06-02T12:00:00Z')).toBe('2026-06-02T12:00:00.000Z');
  expect(at('2026-06-01T21:00:00Z', 'critical')).toBe('2026-06-01T21:00:00.000Z');
});

test('an alert that stays unacknowledged is escalated once', async () => {
  const hook = await receiver(() => 200);
  const parts = gateway([{ type: 'webhook', url: hook.url, allowLocal: true, unacknowledgedMinutes: 10 }]);
  parts.store.take([alert('s.e.a', 'raise'), alert('s.e.b', 'raise')]);
  parts.store.act('s.e.b', { action: 'acknowledge' }, 'Ann');
  parts.store.escalate(parts.routing.escalations());
  parts.clock.ms += 600_000;
  parts.store.escalate(parts.routing.escalations());
  parts.store.escalate(parts.routing.escalations());
  await drain(parts);
  expect(hook.accepted.map((r) => [r.id, r.event])).toEqual([['s.e.a', 'unacknowledged']]);
});

test('reminders are repeated until someone acknowledges', async () => {
  const hook = await receiver(() => 200);
  const channel = { type: 'webhook', url: hook.url, allowLocal: true, unacknowledgedMinutes: 10, remindMinutes: 30 };
  const parts = gateway([channel]);
  parts.store.take([alert('s.e.a', 'raise')]);
  const after = (minutes: number) => {
    parts.clock.ms = START_MS + minutes * 60_000;
    parts.store.escalate(parts.routing.escalations());
    return parts.store.deliveries.list(null, 10).length;
  };
  expect([9, 10, 20, 39, 40, 69, 70].map(after)).toEqual([0, 1, 1, 1, 2, 2, 3]);
  parts.store.act('s.e.a', { action: 'acknowledge' }, 'Ann');
  expect(after(500)).toBe(3);
});

test('a flood is sent as one mail, and chat markup is escaped', async () => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
  stops.push(() => new Promise((done) => smtp.close(() => done())));
  const { port } = smtp.server.address() as AddressInfo;
  const chat: string[] = [];
  const hook = await receiver(({ body }) => {
    chat.push(body);
    return 200;
  });
  const parts = gateway([
    { type: 'email', host: '127.0.0.1', port, from: 'millwright@plant.example', to: ['ann@plant.example'] },
    { type: 'slack', url: hook.url, allowLocal: true },
  ]);
  parts.store.take(Array.from({ length: 40 }, (_, i) => alert(`s.e.m${i}`, 'raise', i === 3 ? 'critical' : 'warning')));
  await drain(parts);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain('Subject: Millwright: 40 notifications, 1 critical');
  expect(mails[0]).toContain('Raised (critical): s.e.m3 <fails> & more');
  expect(mails[0]).toContain('One case of s: 39 machines alarmed together, 39 notifications');
  // Later warnings of the same case are sent together; critical alerts are not held.
  parts.store.take([alert('s.e.late1', 'raise')]);
  parts.notifications.run();
  await new Promise((done) => setTimeout(done, 50));
  expect(mails).toHaveLength(1);
  parts.store.take([alert('s.e.late2', 'raise'), alert('s.e.late3', 'raise', 'critical')]);
  parts.notifications.run();
  await vi.waitFor(() => expect(mails).toHaveLength(2), 10_000);
  expect(mails[1]).toContain('late3');
  expect(mails[1]).not.toContain('late2');
  await drain(parts);
  expect(mails).toHaveLength(3);
  expect(mails[2]).toContain('One case of s: 2 machines alarmed together, 2 notifications');
  mails.splice(1);
  chat.splice(1);
  expect(chat).toHaveLength(1);
  expect(JSON.parse(chat[0]).text).toContain('s.e.m3 &lt;fails&gt; &amp; more');
});
