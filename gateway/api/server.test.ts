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
import { FailedLogins } from './failedLogins.ts';
import { isAllowed, type Role, roles } from './roles.ts';
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

function server(tokenFile?: string, tokens?: { name: string; role: Role; tokenFile: string }[]) {
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
    { host: '127.0.0.1', port: 0, tokenFile, tokens },
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
      suppressionsChanged: () => undefined,
      failures: () => [{ machine: 'pump-1', atMs: 4 }],
      audit: () => undefined,
      failedLogins: new FailedLogins(() => 5),
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
      warnings: () => [],
      failed: () => undefined,
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
  expect(answer.json()).toEqual({ ok: false, why: ['the broker is away'], warnings: [] });
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
    '/api/v1/alarm-health',
    '/api/v1/alerts',
    '/api/v1/alerts/{id}',
    '/api/v1/alerts/{id}/acknowledge',
    '/api/v1/alerts/{id}/actions',
    '/api/v1/alerts/{id}/bundle',
    '/api/v1/alerts/{id}/finding',
    '/api/v1/alerts/{id}/track-record',
    '/api/v1/audit',
    '/api/v1/cases',
    '/api/v1/cases/{id}',
    '/api/v1/edges',
    '/api/v1/edges/{site}/{edge}/commands',
    '/api/v1/events',
    '/api/v1/evidence',
    '/api/v1/evidence/{id}',
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
    '/api/v1/plan.xlsx',
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
    '/api/v1/suppressions',
    '/api/v1/suppressions/{id}/end',
    '/api/v1/track-record',
  ]);
});

test('tokens have roles: each does what it is for, and its name is what is recorded', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-tokens-'));
  const tokens = roles.map((role) => {
    const tokenFile = join(directory, role);
    writeFileSync(tokenFile, `token of ${role}`);
    return { name: `the ${role}`, role, tokenFile };
  });
  const app = await server(undefined, tokens);
  const ask = async (role: Role, method: 'GET' | 'POST', url: string, body?: object) =>
    (await app.inject({ method, url, headers: { authorization: `Bearer token of ${role}` }, ...(body && { body }) }))
      .statusCode;
  expect(await ask('metrics', 'GET', '/metrics')).toBe(200);
  expect(await ask('metrics', 'GET', '/api/v1/alerts')).toBe(403);
  expect(await ask('viewer', 'GET', '/api/v1/alerts')).toBe(200);
  expect(await ask('viewer', 'POST', '/api/v1/alerts/x/acknowledge', { by: 'Ann' })).toBe(403);
  expect(await ask('operator', 'POST', '/api/v1/alerts/x/acknowledge', { by: 'Ann' })).toBe(404);
  expect(await ask('operator', 'POST', '/api/v1/edges/s/e/commands', { by: 'Ann', order: {} })).toBe(403);
  expect(await ask('administrator', 'GET', '/api/v1/alerts')).toBe(200);
  expect((await app.inject({ url: '/api/v1/alerts' })).statusCode).toBe(401);
});

test('every route of the API has a role that may use it, and a role without a rule may not', async () => {
  const { paths } = (await (await server()).inject('/openapi.json')).json() as { paths: Record<string, object> };
  for (const [path, methods] of Object.entries(paths))
    for (const method of Object.keys(methods))
      expect(isAllowed('engineer', method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')), `${method} ${path}`).toBe(
        true,
      );
  expect(isAllowed('engineer', 'DELETE', '/api/v1/alerts/x')).toBe(false);
  expect(isAllowed('viewer', 'POST', '/api/v1/supply/demand')).toBe(false);
  expect(isAllowed('planner', 'POST', '/api/v1/supply/demand?by=x')).toBe(true);
});

test('who guesses tokens is slowed down; health answers all the same', async () => {
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'millwright-guess-')), 'token');
  writeFileSync(tokenFile, 'the right one');
  const app = await server(tokenFile);
  const guess = async (token: string) =>
    (await app.inject({ url: '/api/v1/alerts', headers: { authorization: `Bearer ${token}` } })).statusCode;
  for (let i = 0; i < 20; i++) expect(await guess(`wrong ${i}`)).toBe(401);
  expect(await guess('wrong again')).toBe(429);
  expect(await guess('the right one')).toBe(429);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('a suppression is made and ended by those whose role allows it, and refused with the reason', async () => {
  const app = await server();
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
  const request = { by: 'Ann', site: 's', machines: ['pump-*'], untilMs: Date.UTC(2026, 0, 1), reason: 'seals' };
  const late = await post('/api/v1/suppressions', request);
  expect([late.statusCode, late.json().error]).toEqual([409, expect.stringContaining('30 days')]);
  expect((await post('/api/v1/suppressions', { ...request, machines: ['a b'] })).statusCode).toBe(400);
  expect((await post('/api/v1/suppressions/none/end', { by: 'Ann' })).statusCode).toBe(404);
  expect(isAllowed('operator', 'POST', '/api/v1/suppressions')).toBe(true);
  expect(isAllowed('viewer', 'POST', '/api/v1/suppressions')).toBe(false);
});

test('the alarm system and its alerts are measured', async () => {
  const app = await server();
  const health = await app.inject({ url: '/api/v1/alarm-health?days=1&operators=2' });
  expect(health.json()).toMatchObject({ alerts: 0, floods: [], acknowledgement: null });
  expect((await app.inject({ url: '/api/v1/alarm-health?operators=0' })).statusCode).toBe(400);
  const record = await app.inject({ url: '/api/v1/track-record' });
  expect(record.json()).toEqual({ rules: [], failures: 1, missed: [{ machine: 'pump-1', atMs: 4 }] });
  expect((await app.inject({ url: '/api/v1/alerts/none/track-record' })).statusCode).toBe(404);
});
