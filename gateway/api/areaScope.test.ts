import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { sitesSchema } from '#models/contracts/identity.ts';
import { type KeptMessage, parseMessage } from '#models/contracts/message.ts';
import { coversSites } from '../identity/identity.ts';
import { takeAlert } from '../store/alertStore.fixture.ts';
import type { SqliteStore } from '../store/sqliteStore.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const SCOPES = { a: ['s/hall A'], b: ['s/hall B'], mixed: ['s/hall B', 'other'], whole: ['s'] };
type Scope = keyof typeof SCOPES;
const secretOf = (scope: Scope) => `0123456789-abcdefghij-${scope}-of-areas`;
/** Routes open to an identity limited to areas; listed independently of the rules. */
const BY_AREA = [
  'GET /api/v1/alerts',
  'GET /api/v1/alerts/{id}',
  'GET /api/v1/alerts/{id}/attachments',
  'GET /api/v1/alerts/{id}/attachments/{attachment}',
  'GET /api/v1/alerts/{id}/bundle',
  'GET /api/v1/alerts/{id}/track-record',
  'GET /api/v1/events',
  'GET /api/v1/evidence',
  'GET /api/v1/evidence/{id}',
  'GET /api/v1/evidence/{id}/{piece}',
  'GET /api/v1/ledger',
  'GET /api/v1/machines',
  'GET /api/v1/plan/alerts',
  'GET /api/v1/series',
  'GET /api/v1/session',
  'GET /api/v1/spectra/{site}/{edge}/{asset}/{point}',
  'GET /api/v1/tokens',
  'GET /api/v1/work-orders',
  'DELETE /api/v1/session',
  'DELETE /api/v1/tokens/{id}',
  'POST /api/v1/alerts/{id}/acknowledge',
  'POST /api/v1/alerts/{id}/actions',
  'POST /api/v1/alerts/{id}/attachments',
  'POST /api/v1/alerts/{id}/finding',
  'POST /api/v1/session/password',
  'POST /api/v1/tokens',
  'POST /api/v1/work-orders/{id}/approve',
  'POST /api/v1/work-orders/{id}/reject',
];

/** Two machines of one site in two halls, and one without an area. */
async function plant() {
  const tokens = (Object.keys(SCOPES) as Scope[]).map((scope) => {
    return { name: scope, role: 'administrator', sites: SCOPES[scope], tokenFile: secretFile(secretOf(scope)) };
  });
  const made = await apiServer({ tokens, accounts: {} });
  takeMachine(made.store, 'pump-a', 'hall A');
  takeMachine(made.store, 'pump-b', 'hall B');
  takeMachine(made.store, 'pump-c', undefined);
  return made;
}

let sequence = 0;
function takeMachine(store: SqliteStore, asset: string, area: string | undefined): void {
  const envelope = () => ({
    ...{ v: 1, site: 's', edge: 'e', outbox: 'o', sequence: ++sequence, oldest: 1 },
    ...{ timeMs: Date.UTC(2026, 5, 1), timeQuality: 'source' },
  });
  const none = { assessment: 'not_assessable', reason: 'r', remedy: 'm' };
  const counts = { received: 1, delivered: 1, late: 0, duplicate: 0, held: 0, rejected: {}, windows: 1 };
  const point = { asset, point: 'p' };
  const spectrum = { timeMs: Date.UTC(2026, 5, 1), unit: 'g', stepHz: 1, amplitude: [1] };
  const columns = { unit: 'g', windowUs: 1000, names: ['rms'], startUs: [Date.UTC(2026, 5, 1) * 1000], values: [[1]] };
  const piece = { startUs: Date.UTC(2026, 5, 1) * 1000, scale: 1, samples: Buffer.alloc(64).toString('base64') };
  const recording = { id: `of-${asset}`, ...point, unit: 'g', sampleRateHz: 1000, pieces: [piece] };
  const messages: [string, object][] = [
    [`health/${asset}`, { asset, kind: 'pump', status: 'NORMAL', points: [], remainingLife: none, area }],
    [`features/${asset}/p`, { ...point, ...columns, spectrum }],
    ['ledger', { points: [{ ...point, ...counts }], unmapped: { bad_topic: 1 } }],
    [`evidence/of-${asset}`, recording],
  ];
  for (const [path, body] of messages) {
    const text = JSON.stringify({ ...envelope(), ...body });
    const parsed = parseMessage(`millwright/v1/s/e/${path}`, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(`${path}: ${parsed.detail}`);
    store.take([{ message: parsed.message as KeptMessage, text }]);
  }
  takeAlert(store, { site: 's', edge: 'e', sequence: ++sequence, asset, id: `of-${asset}`, text: `${asset} is worn` });
}

function send(app: FastifyInstance, scope: Scope, url: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE' = 'GET') {
  return app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${secretOf(scope)}` },
    ...(method === 'POST' || method === 'PUT' ? { payload: { by: 'x', site: 's', reason: 'r' } } : {}),
    payloadAsStream: url === '/api/v1/events',
  });
}

describe('an identity limited to an area', async () => {
  const { app } = await plant();

  test('gets data of machines in that area only, on every route of the API', async () => {
    const { paths } = (await send(app, 'whole', '/openapi.json')).json() as { paths: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase() as 'GET', path] as const),
    );
    for (const [method, path] of routes.filter(([, p]) => !p.startsWith('/api/v1/sign-in'))) {
      // Signing in and enrolling need no identity.
      if (method !== 'GET' && /^\/api\/v1\/(session|enrol)$/.test(path)) continue;
      const names: Record<string, string> = { site: 's', edge: 'e', asset: 'pump-a', point: 'p', id: 'of-pump-a' };
      const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) => names[name] ?? '1');
      const query =
        path === '/api/v1/series'
          ? '?site=s&edge=e&asset=pump-a&measurement=millwright_features&field=rms&fromMs=0&toMs=9'
          : '';
      const answer = await send(app, 'b', url + query, method);
      const route = `${method} ${path}`;
      if (!BY_AREA.includes(route)) expect(answer.statusCode, route).toBe(403);
      else if (path !== '/api/v1/events') {
        expect([403, 500], route).not.toContain(answer.statusCode);
        if (/\{(id|asset)\}/.test(path) || query) expect(answer.statusCode, route).toBeGreaterThanOrEqual(400);
        if (answer.statusCode < 400) expect(answer.payload, route).not.toMatch(/pump-[ac]/);
      }
    }
  });

  test('sees all of its machines', async () => {
    const idsOf = async (scope: Scope, url: string) =>
      ((await send(app, scope, url)).json() as { id: string }[]).map(({ id }) => id);
    expect(await idsOf('a', '/api/v1/alerts')).toEqual(['of-pump-a']);
    expect(await idsOf('mixed', '/api/v1/alerts?site=s')).toEqual(['of-pump-b']);
    expect(await idsOf('mixed', '/api/v1/alerts?site=other')).toEqual([]);
    expect(await idsOf('b', '/api/v1/alerts?asset=pump-a')).toEqual([]);
    expect(await idsOf('b', '/api/v1/alerts?limit=1')).toEqual(['of-pump-b']);
    expect(await idsOf('a', '/api/v1/evidence')).toEqual(['of-pump-a']);
    expect(await idsOf('whole', '/api/v1/alerts')).toHaveLength(3);
    expect((await send(app, 'b', '/api/v1/spectra/s/e/pump-b/p')).statusCode).toBe(200);
    expect((await send(app, 'b', '/api/v1/alerts/of-pump-b')).json().text).toBe('pump-b is worn');
    const machines = (await send(app, 'a', '/api/v1/machines')).json() as { health: { asset: string } }[];
    expect(machines.map(({ health }) => health.asset)).toEqual(['pump-a']);
    expect((await send(app, 'a', '/api/v1/alerts?site=other')).statusCode).toBe(404);
  });

  test('acts only on alerts of its machines', async () => {
    const act = async (asset: string) =>
      (await send(app, 'a', `/api/v1/alerts/of-${asset}/acknowledge`, 'POST')).statusCode;
    expect(await act('pump-b')).toBe(404);
    expect(await act('pump-c')).toBe(404);
  });
});

test('an area is covered by itself and its site', () => {
  expect(coversSites(['s'], ['s/hall A'])).toBe(true);
  expect(coversSites(['s/hall A'], ['s/hall A'])).toBe(true);
  expect(coversSites(['s/hall A'], ['s'])).toBe(false);
  expect(coversSites(['s/hall A'], ['s/hall B'])).toBe(false);
  expect(coversSites(['s/hall A'], null)).toBe(false);
});

test.each([
  [['north', 'south/press shop'], true],
  [['south/Halle Süd/2'], true],
  [['south/'], false],
  [['/press'], false],
  [['south/ press'], false],
  [['a b'], false],
])('%j: sites and their areas', (places, isAllowed) => {
  expect(sitesSchema.safeParse(places).success).toBe(isAllowed);
});
