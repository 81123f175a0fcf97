import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { AlertSender } from '../../simulators/endToEnd/alertSender.ts';
import { hasPostgres, startPostgres } from '../../simulators/endToEnd/postgresServer.ts';
import { installed, type Restartable, startInflux, startMosquitto } from '../../simulators/endToEnd/servers.ts';
import { Gateway } from '../../simulators/endToEnd/services.ts';
import { until } from '../../simulators/endToEnd/until.ts';
import { startWebhookReceiver } from '../../simulators/endToEnd/webhookReceiver.ts';

const KILLS = Number(process.env.MILLWRIGHT_KILLS ?? 2);
const GROUP = 25;
const ALERTS = KILLS * GROUP;
const stops: (() => unknown)[] = [];
afterAll(async () => {
  // In reverse order, and each even if another fails.
  for (const stop of stops.reverse()) await Promise.resolve(stop()).catch(() => undefined);
});

/** Ends a server after the test, even if the test is aborted. */
function ending<T extends { process: Restartable }>(server: T): T {
  const kill = () => {
    if (server.process.alive) process.kill(server.process.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  stops.push(async () => {
    await server.process.end('SIGKILL');
    process.off('exit', kill);
  });
  return server;
}

test.skipIf(!hasPostgres() || !installed('mosquitto') || !installed('influxd'))(
  `two gateways on one PostgreSQL, ${KILLS} times kill -9: each transition and notification of ${ALERTS} alerts once`,
  { timeout: 600_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-peers-'));
    const postgres = ending(await startPostgres());
    const broker = ending(await startMosquitto(directory));
    const influx = ending(await startInflux(directory));
    const hook = await startWebhookReceiver();
    stops.push(() => hook.close());
    const settings = {
      store: { type: 'postgres', url: `${postgres.url}/postgres`, answerSeconds: 20 },
      historian: { type: 'influx', url: influx.url },
      notifiers: [{ type: 'webhook', url: hook.url, allowLocal: true }],
    };
    const passwordFile = join(directory, 'mqtt-password');
    writeFileSync(passwordFile, 'a password');
    const gateways: Gateway[] = [];
    for (const name of ['a', 'b']) {
      const own = {
        broker: { url: broker.url, username: 'gateway', passwordFile },
        brokerAccounts: { enrolment: { mosquittoDirectory: join(directory, name) } },
      };
      mkdirSync(join(directory, `gateway-${name}`));
      gateways.push(
        ending(await Gateway.start(join(directory, `gateway-${name}`), broker.url, { ...settings, ...own })),
      );
    }
    const listening = new AbortController();
    stops.push(() => listening.abort());
    const sender = await AlertSender.connect(broker.url);
    stops.push(() => sender.end());
    for (let kill = 0; kill < KILLS; kill++) {
      for (let i = 0; i < GROUP; i++) sender.send(`m${kill * GROUP + i}`, 'raise');
      await new Promise((done) => setTimeout(done, 100));
      await gateways[kill % 2].process.crash();
      sender.resend();
    }
    const drained = () =>
      until(async () => {
        if (sender.pending > 0) sender.resend();
        return sender.pending === 0;
      }, 120_000);
    await drained();
    // A return may arrive at another gateway than its raise.
    for (let i = 0; i < ALERTS; i += 5) sender.send(`m${i}`, 'return');
    await drained();
    const events = ALERTS + ALERTS / 5;
    await until(async () => hook.accepted.size >= events, 120_000);
    expect([...hook.accepted.values()].toSorted()).toEqual(
      Array.from({ length: ALERTS }, (_, i) => (i % 5 === 0 ? [`m${i} raised`, `m${i} returned`] : [`m${i} raised`]))
        .flat()
        .toSorted(),
    );
    const [first, second] = await Promise.all(gateways.map((gateway) => gateway.alerts()));
    expect(first.map((alert: AlertRecord) => alert.id).toSorted()).toEqual(
      Array.from({ length: ALERTS }, (_, i) => `plant.e1.m${i}`).toSorted(),
    );
    expect(second).toEqual(first);
    // The pages of one gateway receive changes made at the other.
    const stream = await fetch(`${gateways[1].url}/api/v1/events`, { signal: listening.signal });
    const received = receivedIn(stream, 'acknowledgedAtMs');
    received.catch(() => undefined);
    await gateways[0].post('/api/v1/alerts/plant.e1.m1/acknowledge', { by: 'test' });
    await received;
    await enrolsOnce(gateways, (name) => join(directory, name, 'passwords'));
    const leaders = await Promise.all(gateways.map(async (g) => (await g.metrics()).get('millwright_gateway_leader')));
    expect(leaders.toSorted()).toEqual([0, 1]);
  },
);

/** Of many concurrent uses of one code at both gateways, one gets the account; both gateways' broker files have it. */
async function enrolsOnce(gateways: Gateway[], passwordsOf: (name: string) => string): Promise<void> {
  const { code } = (await gateways[0].post('/api/v1/enrolments', { site: 'south', edge: 'e7' })) as { code: string };
  const enrol = ({ url }: Gateway) =>
    fetch(`${url}/api/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
  const answers = await Promise.all([...gateways, ...gateways, ...gateways].map(enrol));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401, 401]);
  const lineOf = (name: string) => /^south\.e7:.*$/m.exec(readFileSync(passwordsOf(name), 'utf8'))?.[0];
  await until(() => lineOf('a') !== undefined && lineOf('a') === lineOf('b'), 10_000);
}

async function receivedIn(response: Response, words: string): Promise<void> {
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.includes(words) && text.includes('plant.e1.m1')) return;
  }
}
