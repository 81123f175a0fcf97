import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { freePort } from '../freePort.ts';
import { alertMessage } from './alertMessage.ts';
import { Gateway } from './services.ts';
import { until } from './until.ts';

const STORED = Number(process.env.MILLWRIGHT_ALERTS ?? 10_000);
const MANY = Number(process.env.MILLWRIGHT_LISTED ?? 1_000_000);
const TIMED = 300;
const LINES = 2048;
const spectrum = {
  timeMs: Date.now(),
  unit: 'g',
  stepHz: 3.125,
  amplitude: Array.from({ length: LINES }, (_, i) => i / 7),
};
const quantile = (values: number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(p * values.length))];
const info = (text: string) => process.stderr.write(`${text}\n`);

/** `npm run soak:alerts`: latency of alerts to pages and receivers, and the cost of ten thousand, and of a million. */
test('alerts with spectra: latency without InfluxDB, /metrics, the event loop, and lists', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-alerts-soak-'));
  const delivered = new Map<string, number>();
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { asset } = JSON.parse(Buffer.concat(chunks).toString()) as { asset: string };
      delivered.set(asset, delivered.get(asset) ?? performance.now());
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const [port, noInflux] = [await freePort(), await freePort()];
  const url = `mqtt://127.0.0.1:${port}`;
  const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const gateway = await Gateway.start(directory, url, {
    embeddedBroker: { port },
    historian: { type: 'influx', url: `http://127.0.0.1:${noInflux}`, database: 'millwright' },
    notifiers: [{ type: 'webhook', url: hook, allowLocal: true, match: { machines: ['timed-*'] } }],
  });
  const client = await mqtt.connectAsync(url);
  let sequence = 0;
  const send = (asset: string) => {
    const body = alertMessage({ sequence: ++sequence, asset });
    const text = JSON.stringify({ ...body, evidence: { ...body.evidence, spectrum } });
    return client.publishAsync(`millwright/v1/plant/e1/alerts/${asset}`, text, { qos: 1 });
  };
  const lag = async () => 1000 * ((await gateway.metrics()).get('nodejs_eventloop_lag_max_seconds') ?? Number.NaN);

  for (let i = 0; i < STORED; i++) await send(`m${i}`);
  const newest = async () => ((await gateway.get('/api/v1/alerts?state=all&limit=1')) as { asset: string }[])[0]?.asset;
  await until(async () => (await newest()) === `m${STORED - 1}`, 600_000);
  await lag();

  const seen = new Map<string, number>();
  const stream = await fetch(`${gateway.url}/api/v1/events`);
  void (async () => {
    let text = '';
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      for (const [, asset] of text.matchAll(/"asset":"(timed-\d+)"/g))
        seen.set(asset, seen.get(asset) ?? performance.now());
      text = text.slice(text.lastIndexOf('\n') + 1);
    }
  })().catch(() => undefined);
  const sent = new Map<string, number>();
  for (let i = 0; i < TIMED; i++) {
    sent.set(`timed-${i}`, performance.now());
    await send(`timed-${i}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  await until(async () => seen.size === TIMED && delivered.size === TIMED, 60_000);
  const after = (at: Map<string, number>) => [...sent].map(([asset, ms]) => (at.get(asset) as number) - ms);
  const [toPage, toReceiver] = [after(seen), after(delivered)];
  const loopMs = await lag();
  const scrapes: number[] = [];
  for (let i = 0; i < 30; i++) {
    const begin = performance.now();
    await (await fetch(`${gateway.url}/metrics`)).text();
    scrapes.push(performance.now() - begin);
  }
  const scrapedLoopMs = await lag();
  info(`publish to page: median ${quantile(toPage, 0.5).toFixed(0)} ms, p99 ${quantile(toPage, 0.99).toFixed(0)} ms`);
  info(
    `publish to receiver: median ${quantile(toReceiver, 0.5).toFixed(0)} ms, p99 ${quantile(toReceiver, 0.99).toFixed(0)} ms`,
  );
  info(
    `/metrics with ${STORED} alerts: median ${quantile(scrapes, 0.5).toFixed(1)} ms, most ${Math.max(...scrapes).toFixed(1)} ms`,
  );
  info(
    `longest stop of the event loop: ${loopMs.toFixed(0)} ms while alerts came, ${scrapedLoopMs.toFixed(0)} ms while scraped`,
  );

  await client.endAsync(true);
  await gateway.process.end('SIGTERM');
  receiver.closeAllConnections();
  receiver.close();
  multiply(join(directory, 'gateway', 'gateway.db'), MANY);
  const listing = await Gateway.start(directory, url, { embeddedBroker: { port } });
  const lists: number[] = [];
  for (const filter of ['', '&asset=m5', '&severity=warning', '&site=plant&state=active', '&severity=critical']) {
    let after = '';
    for (let page = 0; page < 3; page++) {
      const begin = performance.now();
      const path = `/api/v1/alerts?limit=50${filter.includes('state') ? '' : '&state=all'}${filter}${after}`;
      const alerts = (await listing.get(path)) as { id: string }[];
      lists.push(performance.now() - begin);
      info(`${path.slice(0, 70)}: ${alerts.length} alerts in ${(lists.at(-1) as number).toFixed(1)} ms`);
      const last = alerts.at(-1)?.id;
      if (last === undefined) break;
      after = `&after=${encodeURIComponent(last)}`;
    }
  }
  await listing.process.end('SIGTERM');
  expect(quantile(toPage, 0.99)).toBeLessThan(200);
  expect(Math.max(...toReceiver)).toBeLessThan(1000);
  expect(quantile(scrapes, 0.5)).toBeLessThan(50);
  expect(Math.max(loopMs, scrapedLoopMs)).toBeLessThan(50);
  expect(quantile(lists, 0.5)).toBeLessThan(50);
});

/** Copies stored alerts, without their spectra, until there are `many`; each a minute older than its original. */
function multiply(file: string, many: number): void {
  const db = new Database(file);
  db.pragma('synchronous = OFF');
  const columns = (db.pragma('table_info(alerts)') as { name: string }[]).map(({ name }) => name);
  const value = (name: string) => {
    if (name === 'id') return "id || '.' || n";
    if (name === 'raised_ms') return 'raised_ms - 60000 * n';
    if (name === 'spectrum') return 'NULL';
    return name === 'record' ? "json_set(record, '$.id', id || '.' || n, '$.raisedAtMs', raised_ms - 60000 * n)" : name;
  };
  const known = (db.prepare('SELECT count(*) AS n FROM alerts').get() as { n: number }).n;
  db.prepare(
    `WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < ${Math.ceil(many / known) - 1})
     INSERT INTO alerts (${columns.join(', ')}) SELECT ${columns.map(value).join(', ')} FROM alerts, times`,
  ).run();
  db.close();
}
