import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { gatewayConfigSchema } from '../config.ts';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { Routing } from '../notify/routing.ts';
import { Planner } from '../planning/planner.ts';
import { PlanStore } from '../planning/planStore.ts';
import { Registry as ModelRegistry } from '../registry/registry.ts';
import { Rollouts } from '../registry/rollouts.ts';
import { Proposals } from '../registry/watchFit.ts';
import { SqliteStore } from '../store/sqliteStore.ts';
import { SupplyIntake } from '../supply/supplyIntake.ts';
import { SupplyStore } from '../supply/supplyStore.ts';
import type { Run } from '../thread/runInThread.ts';
import { doTask } from '../thread/tasks.ts';
import { Events } from './events.ts';
import { createServer } from './server.ts';

function proposalParts(registry: ModelRegistry) {
  const historian = new SqliteHistorian(mkdtempSync(join(tmpdir(), 'millwright-api-')), 1, () => 0);
  return { historian, registry, edges: () => [], points: () => [], alerts: () => [], now: () => 5, version: '0' };
}

const runHere: Run = async (task) => doTask(task);

/** Plans in the test's own thread. */
function plannerOf(directory: string, store: SqliteStore, plans: PlanStore): Planner {
  const { planning } = gatewayConfigSchema.parse({ dataDirectory: directory, broker: { url: 'mqtt://127.0.0.1' } });
  const parts = {
    directory,
    config: planning,
    store,
    plans,
    now: () => NOW_MS,
    planned: () => undefined,
    run: runHere,
  };
  return new Planner(parts, pino({ level: 'silent' }));
}
const NOW_MS = Date.parse('2026-07-10T08:00:00Z');
const ROUTING = new Routing([{ type: 'webhook', url: 'http://127.0.0.1:9', allowLocal: true }]);

function server(tokenFile?: string) {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-api-'));
  const registry = new ModelRegistry(directory, undefined, () => 5);
  const store = new SqliteStore(directory, {
    maxQueueBytes: 1e6,
    maxEvidenceBytes: 1e6,
    routing: ROUTING,
    now: () => 5,
  });
  const supply = new SupplyStore(directory, 1000, () => 5);
  const plans = new PlanStore(directory, ROUTING, () => 5);
  return createServer(
    { host: '127.0.0.1', port: 0, tokenFile },
    {
      supply,
      intake: new SupplyIntake(
        {
          directory,
          mostRows: 1000,
          store: supply,
          dates: undefined,
          now: () => 5,
          run: runHere,
          taken: () => undefined,
        },
        pino({ level: 'silent' }),
      ),
      plans,
      planner: plannerOf(directory, store, plans),
      planAcknowledged: () => undefined,
      store,
      historian: new SqliteHistorian(directory, 1, () => 0),
      events: new Events(),
      now: () => 5,
      acknowledged: () => undefined,
      watches: () => () => ({ state: 'watched' }),
      deliveries: { alerts: store.deliveries },
      channels: ROUTING.channels,
      deliver: () => undefined,
      testChannel: async () => undefined,
      audit: () => undefined,
      command: null,
      registry,
      proposals: new Proposals(proposalParts(registry), pino({ level: 'silent' })),
      rollouts: new Rollouts(
        registry,
        () => [],
        null,
        () => 5,
        pino({ level: 'silent' }),
      ),
      metrics: new Registry(),
      notReady: () => ['the broker is away'],
      version: '0',
    },
  );
}

test('without a token it answers loopback names alone', async () => {
  const app = await server();
  const ask = (host: string) => app.inject({ url: '/api/v1/machines', headers: { host } });
  expect((await ask('127.0.0.1:8080')).statusCode).toBe(200);
  expect((await ask('localhost')).statusCode).toBe(200);
  expect((await ask('evil.example')).statusCode).toBe(403);
  expect((await ask('127.0.0.1.evil.example')).statusCode).toBe(403);
});

test('with a token it wants the token, save for health', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'millwright-token-')), 'token');
  writeFileSync(file, 'secret-token\n');
  const app = await server(file);
  const ask = (url: string, authorization?: string) =>
    app.inject({ url, headers: authorization ? { authorization } : {} });
  for (const url of [
    '/api/v1/machines',
    '/api/v1/models',
    '/api/v1/models/propose',
    '/api/v1/models/{id}/approve',
    '/api/v1/models/{id}/package',
    '/api/v1/notification-channels',
    '/api/v1/notification-channels/{name}/test',
    '/api/v1/notifications',
    '/api/v1/notifications/{id}/abandon',
    '/api/v1/notifications/{id}/resend',
    '/metrics',
    '/openapi.json',
    '/api/v1/events',
    '//api/v1/machines',
    '/healthz/../api/v1/ledger',
  ]) {
    expect((await ask(url)).statusCode, url).not.toBe(200);
    expect((await ask(url, 'Bearer wrong')).statusCode, url).not.toBe(200);
  }
  expect((await ask('/api/v1/machines', 'Bearer secret-token')).statusCode).toBe(200);
  expect((await ask('/healthz')).statusCode).toBe(200);
});

test('says why it is not ready', async () => {
  const answer = await (await server()).inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ ok: false, why: ['the broker is away'] });
});

test('bad questions get clear answers', async () => {
  const app = await server();
  const at = 'site=s&edge=e&asset=a&measurement=millwright_features&field=rms';
  expect((await app.inject(`/api/v1/series?${at}&fromMs=2&toMs=1`)).json()).toEqual({
    error: 'toMs must be later than fromMs',
  });
  expect((await app.inject(`/api/v1/series?${at}&fromMs=x&toMs=1`)).statusCode).toBe(400);
  expect((await app.inject('/api/v1/alerts/none')).statusCode).toBe(404);
  const post = { method: 'POST', url: '/api/v1/alerts/none/acknowledge' } as const;
  expect((await app.inject({ ...post, payload: { by: '' } })).statusCode).toBe(400);
  expect((await app.inject({ ...post, payload: { by: 'Ann' } })).statusCode).toBe(404);
  expect((await app.inject({ ...post, payload: 'by=Ann', headers: { 'content-type': 'text/plain' } })).statusCode).toBe(
    400,
  );
});

test('describes itself: every path of the API is in the description', async () => {
  const description = (await (await server()).inject('/openapi.json')).json() as { paths: Record<string, unknown> };
  expect(Object.keys(description.paths).sort()).toEqual([
    '/api/v1/alerts',
    '/api/v1/alerts/{id}',
    '/api/v1/alerts/{id}/acknowledge',
    '/api/v1/alerts/{id}/actions',
    '/api/v1/alerts/{id}/finding',
    '/api/v1/edges',
    '/api/v1/edges/{site}/{edge}/commands',
    '/api/v1/events',
    '/api/v1/evidence',
    '/api/v1/evidence/{id}/{piece}',
    '/api/v1/forecast.csv',
    '/api/v1/ledger',
    '/api/v1/machines',
    '/api/v1/models',
    '/api/v1/models/propose',
    '/api/v1/models/{id}/approve',
    '/api/v1/models/{id}/package',
    '/api/v1/notification-channels',
    '/api/v1/notification-channels/{name}/test',
    '/api/v1/notifications',
    '/api/v1/notifications/{id}/abandon',
    '/api/v1/notifications/{id}/resend',
    '/api/v1/plan',
    '/api/v1/plan.csv',
    '/api/v1/plan/alerts',
    '/api/v1/plan/alerts/acknowledge',
    '/api/v1/plan/alerts/actions',
    '/api/v1/plan/item',
    '/api/v1/plan/levels',
    '/api/v1/plan/run',
    '/api/v1/plan/what-if',
    '/api/v1/rollouts',
    '/api/v1/rollouts/{id}/back',
    '/api/v1/series',
    '/api/v1/spectra/{site}/{edge}/{asset}/{point}',
    '/api/v1/suppliers',
    '/api/v1/supply',
    '/api/v1/supply/{table}',
  ]);
});
