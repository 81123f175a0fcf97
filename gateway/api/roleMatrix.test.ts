import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { type Role, roles } from '#models/contracts/identity.ts';
import { type KeptMessage, parseMessage } from '#models/contracts/message.ts';
import { takeAlert } from '../store/alertStore.fixture.ts';
import type { SqliteStore } from '../store/sqliteStore.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const OWN = 'own-site';
const FOREIGN = 'foreign-site';
const READ = ['viewer', 'operator', 'planner', 'engineer', 'administrator'] as const;
const ACT = ['operator', 'engineer', 'administrator'] as const;
const PLAN = ['planner', 'engineer', 'administrator'] as const;
const ENGINEER = ['engineer', 'administrator'] as const;
const ADMINISTRATOR = ['administrator'] as const;

/** Roles that may use each route, and whether a site-restricted identity may; listed independently of the rules. */
const MATRIX: Record<string, { may: readonly Role[]; bySite: boolean }> = {
  ...rows(READ, true, [
    'GET /api/v1/alarm-health',
    'GET /api/v1/alarm-report',
    'GET /api/v1/alerts',
    'GET /api/v1/alerts/{id}',
    'GET /api/v1/alerts/{id}/attachments',
    'GET /api/v1/alerts/{id}/attachments/{attachment}',
    'GET /api/v1/alerts/{id}/bundle',
    'GET /api/v1/alerts/{id}/track-record',
    'GET /api/v1/backtest',
    'GET /api/v1/cases',
    'GET /api/v1/cases/{id}',
    'GET /api/v1/edges',
    'GET /api/v1/events',
    'GET /api/v1/evidence',
    'GET /api/v1/evidence/{id}',
    'GET /api/v1/evidence/{id}/{piece}',
    'GET /api/v1/ledger',
    'GET /api/v1/machines',
    'GET /api/v1/models',
    'GET /api/v1/models/{id}/package',
    'GET /api/v1/plan',
    'GET /api/v1/plan/alerts',
    'GET /api/v1/plan/decisions',
    'GET /api/v1/plan/exceptions',
    'GET /api/v1/plan/item',
    'GET /api/v1/plan/overrides',
    'GET /api/v1/rollouts',
    'GET /api/v1/series',
    'GET /api/v1/session',
    'DELETE /api/v1/session',
    'POST /api/v1/session/password',
    'GET /api/v1/spectra/{site}/{edge}/{asset}/{point}',
    'GET /api/v1/suppliers',
    'GET /api/v1/suppressions',
    'GET /api/v1/tokens',
    'GET /api/v1/value',
    'GET /api/v1/value.csv',
    'GET /api/v1/work-list',
    'GET /api/v1/work-orders',
    'POST /api/v1/tokens',
    'DELETE /api/v1/tokens/{id}',
  ]),
  ...rows(READ, false, [
    'GET /api/v1/audit',
    'GET /api/v1/audit/verification',
    'GET /api/v1/forecast.csv',
    'GET /api/v1/notification-channels',
    'GET /api/v1/notifications',
    'GET /api/v1/plan.csv',
    'GET /api/v1/plan.requisitions.csv',
    'GET /api/v1/plan.xlsx',
    'GET /api/v1/plan/levels',
    'GET /api/v1/plan/scenarios',
    'GET /api/v1/supply',
    'GET /api/v1/track-record',
  ]),
  ...rows(['metrics', ...READ], false, ['GET /metrics']),
  ...rows(ACT, true, [
    'POST /api/v1/alerts/{id}/acknowledge',
    'POST /api/v1/alerts/{id}/attachments',
    'POST /api/v1/alerts/{id}/actions',
    'POST /api/v1/alerts/{id}/finding',
    'POST /api/v1/suppressions',
    'POST /api/v1/suppressions/{id}/end',
  ]),
  ...rows(['operator', ...PLAN], true, ['POST /api/v1/plan/alerts/acknowledge', 'POST /api/v1/plan/alerts/actions']),
  ...rows(['operator', ...PLAN], true, [
    'POST /api/v1/work-orders/{id}/approve',
    'POST /api/v1/work-orders/{id}/reject',
  ]),
  ...rows(PLAN, true, [
    'POST /api/v1/plan/decisions',
    'POST /api/v1/plan/decisions/{id}/received',
    'POST /api/v1/plan/decisions/{id}/withdraw',
    'POST /api/v1/plan/overrides',
    'POST /api/v1/plan/overrides/{id}/withdraw',
    'POST /api/v1/plan/what-if',
  ]),
  ...rows(PLAN, false, [
    'POST /api/v1/plan/run',
    'POST /api/v1/plan/scenarios',
    'POST /api/v1/plan/scenarios/{id}/remove',
    'POST /api/v1/plan/scenarios/{id}/run',
    'POST /api/v1/supply/{table}',
  ]),
  ...rows(ENGINEER, true, ['POST /api/v1/edges/{site}/{edge}/commands']),
  ...rows(ENGINEER, false, [
    'POST /api/v1/models',
    'POST /api/v1/models/propose',
    'POST /api/v1/models/{id}/approve',
    'POST /api/v1/notification-channels/{name}/test',
    'POST /api/v1/notifications/{id}/abandon',
    'POST /api/v1/notifications/{id}/resend',
    'POST /api/v1/rollouts',
    'POST /api/v1/rollouts/{id}/back',
  ]),
  ...rows(ADMINISTRATOR, false, [
    'GET /api/v1/accounts',
    'POST /api/v1/accounts',
    'PUT /api/v1/accounts/{name}',
    'DELETE /api/v1/accounts/{name}',
    'POST /api/v1/accounts/{name}/reset',
    'GET /api/v1/enrolments',
    'POST /api/v1/enrolments',
    'DELETE /api/v1/enrolments/{site}/{edge}',
  ]),
};
/** Routes without sign-in; a one-time code is its own credential. */
const OPEN = ['GET /api/v1/sign-in', 'POST /api/v1/session', 'POST /api/v1/enrol'];

function rows(may: readonly Role[], bySite: boolean, routes: readonly string[]) {
  return Object.fromEntries(routes.map((route) => [route, { may, bySite }]));
}

const secretOf = (role: Role, scope: string) => `0123456789-abcdefghij-${role}-${scope}`;

/** A plant with two sites, and tokens of every role for both sites and for one. */
async function plant() {
  const tokens = roles.flatMap((role) => [
    { name: `${role} of all`, role, tokenFile: secretFile(secretOf(role, 'all')) },
    { name: `${role} of one`, role, sites: [OWN], tokenFile: secretFile(secretOf(role, 'one')) },
  ]);
  const made = await apiServer({ tokens, accounts: {} });
  for (const site of [OWN, FOREIGN]) takeSite(made.store, site);
  made.plans.keepAlerts([OWN, FOREIGN].map(planAlert));
  return made;
}

function takeSite(store: SqliteStore, site: string): void {
  const envelope = (sequence: number) => ({
    v: 1,
    site,
    edge: `edge-of-${site}`,
    outbox: 'o',
    sequence,
    oldest: 1,
    timeMs: Date.UTC(2026, 5, 1),
    timeQuality: 'source',
  });
  const none = { assessment: 'not_assessable', reason: 'r', remedy: 'm' };
  const counts = { received: 1, delivered: 1, late: 0, duplicate: 0, held: 0, rejected: {}, windows: 1 };
  const point = { asset: 'a', point: 'p' };
  const spectrum = { timeMs: Date.UTC(2026, 5, 1), unit: 'g', stepHz: 1, amplitude: [1] };
  const columns = { unit: 'g', windowUs: 1000, names: ['rms'], startUs: [Date.UTC(2026, 5, 1) * 1000], values: [[1]] };
  const piece = { startUs: Date.UTC(2026, 5, 1) * 1000, scale: 1, samples: Buffer.alloc(64).toString('base64') };
  const messages: [string, object][] = [
    ['status', { v: 1, site, edge: `edge-of-${site}`, online: true, timeMs: Date.UTC(2026, 5, 1), version: '0' }],
    ['health/a', { ...envelope(1), asset: 'a', kind: 'pump', status: 'NORMAL', points: [], remainingLife: none }],
    ['features/a/p', { ...envelope(2), ...point, ...columns, spectrum }],
    ['ledger', { ...envelope(3), points: [{ ...point, ...counts }], unmapped: { bad_topic: 1 } }],
    [
      `evidence/${site}`,
      { ...envelope(4), id: `of-${site}`, ...point, unit: 'g', sampleRateHz: 1000, pieces: [piece] },
    ],
  ];
  for (const [path, body] of messages) {
    const text = JSON.stringify(body);
    const parsed = parseMessage(`millwright/v1/${site}/edge-of-${site}/${path}`, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(`${path}: ${parsed.detail}`);
    store.take([{ message: parsed.message as KeptMessage, text }]);
  }
  takeAlert(store, { site, edge: `edge-of-${site}`, id: `of-${site}`, sequence: 5 });
}

const planAlert = (site: string) => ({
  id: `of-${site}`,
  site,
  item: `item-of-${site}`,
  text: `item-of-${site} runs out`,
  severity: 'warning' as const,
  state: 'unacknowledged' as const,
  raisedAtMs: 1,
  updatedAtMs: 1,
  acknowledgedAtMs: null,
  acknowledgedBy: null,
  comment: null,
  returnedAtMs: null,
});

const parameters = (site: string): Record<string, string> => ({
  site,
  edge: `edge-of-${site}`,
  asset: 'a',
  point: 'p',
  id: `of-${site}`,
  piece: '0',
  table: 'demand',
  name: 'x',
});

let address = 0;
/** Requests a route for a site, each from its own address, so that failures do not add up. */
async function send(app: FastifyInstance, route: string, site: string, authorization?: string) {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PUT' | 'DELETE', string];
  const of = parameters(site);
  const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) => of[name]);
  const bySite = { by: 'Ann', site, id: `of-${site}`, item: 'x', untilMs: Date.UTC(2026, 5, 2), reason: 'r' };
  address++;
  const answer = await app.inject({
    method,
    url,
    remoteAddress: `10.0.${address >> 8}.${address & 255}`,
    headers: authorization === undefined ? {} : { authorization },
    ...(method === 'POST' || method === 'PUT' ? { payload: bySite } : {}),
    // The stream of events never ends.
    payloadAsStream: path === '/api/v1/events',
  });
  return { status: answer.statusCode, text: path === '/api/v1/events' ? '' : answer.payload };
}

const bearer = (role: Role, scope: 'all' | 'one') => `Bearer ${secretOf(role, scope)}`;
const routes = Object.entries(MATRIX);

test('every route of the API has a row in the matrix', async () => {
  const { app } = await plant();
  const { paths } = (
    await app.inject({ url: '/openapi.json', headers: { authorization: bearer('viewer', 'all') } })
  ).json() as {
    paths: Record<string, object>;
  };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...described, 'GET /metrics'].sort()).toEqual([...Object.keys(MATRIX), ...OPEN].sort());
});

describe('role by route', async () => {
  const { app } = await plant();
  test.each(roles)('%s, of all sites', async (role) => {
    for (const [route, { may }] of routes) {
      const { status } = await send(app, route, FOREIGN, bearer(role, 'all'));
      if (may.includes(role)) expect([401, 403, 429, 500], `${role} ${route}`).not.toContain(status);
      else expect(status, `${role} ${route}`).toBe(403);
    }
  });

  test.each(roles)('%s, of one site', async (role) => {
    for (const [route, { may, bySite }] of routes) {
      const own = await send(app, route, OWN, bearer(role, 'one'));
      const foreign = await send(app, route, FOREIGN, bearer(role, 'one'));
      if (may.includes(role) && bySite) expect([401, 403, 429, 500], `${role} ${route}`).not.toContain(own.status);
      else expect([own.status, foreign.status], `${role} ${route}`).toEqual([403, 403]);
      expect(own.text, `${role} ${route}`).not.toContain(FOREIGN);
      if (foreign.status < 400) expect(foreign.text, `${role} ${route}`).not.toContain(FOREIGN);
    }
  });

  test('to an identity of one site, things of another site do not exist', async () => {
    const named = routes.filter(
      ([route, { bySite }]) => bySite && /\{(site|id)\}/.test(route) && !/tokens|models|rollouts/.test(route),
    );
    for (const [route] of named) {
      const { status } = await send(app, route, FOREIGN, bearer('administrator', 'one'));
      // 415: an unsupported body is refused before any lookup.
      expect([400, 404, 415], route).toContain(status);
    }
    expect(named.length).toBeGreaterThan(10);
  });

  test('requests without credentials or with a forged or expired token are refused', async () => {
    const { app: fresh, identities } = await plant();
    const added = identities.tokens.add(
      { name: 'old', owner: null, role: 'administrator', sites: null, createdBy: 'Ann', expiresMs: 4 },
      3,
    );
    for (const [route] of routes)
      for (const authorization of [
        undefined,
        'Bearer forged-forged-forged-forged',
        `Bearer ${added?.secret}`,
        'Basic YTpi',
      ])
        expect((await send(fresh, route, OWN, authorization)).status, `${route} ${authorization}`).toBe(401);
    expect(added?.secret).toMatch(/^mwt_/);
  });
});
