import { describe, expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const VIEWER = '3f9a1c7e5b8d2046a1b2c3d4e5f60718';
const PLANNER = '7d2e4f60718a9b3c5d6e7f8091a2b3c4';
const viewerOf = (sites?: string[]) => ({
  name: 'vic',
  role: 'viewer',
  tokenFile: secretFile(VIEWER),
  ...(sites === undefined ? {} : { sites }),
});
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

describe('a different spelling of an address leads to the same rule', () => {
  test.each(['/api/v1/%61ccounts', '/api/v1/accounts#x', '/api/v1/acc%6Funts?a=b', '/api/v1/accounts?%23'])(
    'accounts as %s',
    async (url) => {
      const { app } = await apiServer({ tokens: [viewerOf()], accounts: {} });
      expect((await app.inject({ url, headers: bearer(VIEWER) })).statusCode).toBe(403);
    },
  );

  test.each(['%61udit', 'suppl%79', 'pla%6e.csv', '%6eotifications', '%74rack-record'])(
    'a route of all sites as %s is refused to an identity of one site',
    async (path) => {
      const { app } = await apiServer({ tokens: [viewerOf(['north'])] });
      expect((await app.inject({ url: `/api/v1/${path}`, headers: bearer(VIEWER) })).statusCode).toBe(403);
    },
  );
});

describe('a gateway without sign-in', () => {
  const change = async (headers: Record<string, string>) => {
    const { app } = await apiServer();
    const request = {
      method: 'POST',
      url: '/api/v1/supply/demand?by=Ann',
      payload: 'item,date,quantity\na,2026-01-01,1\n',
    };
    return app.inject({ ...request, method: 'POST', headers: { host: '127.0.0.1:8080', ...headers } });
  };

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:9999'])(
    'refuses changes from a page of %s',
    async (origin) => {
      const answer = await change({ origin, 'content-type': 'text/plain' });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().error).toContain('another origin');
    },
  );

  test('accepts requests from its own page and other programs', async () => {
    expect((await change({ origin: 'http://127.0.0.1:8080' })).statusCode).toBe(200);
    expect((await change({})).statusCode).toBe(200);
  });
});

test('guesses from an address block further guesses but not valid tokens', async () => {
  const { app } = await apiServer({ tokens: [viewerOf()] });
  const sendRequest = (secret: string) => app.inject({ url: '/api/v1/machines', headers: bearer(secret) });
  for (let i = 0; i < 20; i++) expect((await sendRequest(`wrong-${i}`)).statusCode).toBe(401);
  expect((await sendRequest('wrong-again')).statusCode).toBe(429);
  expect((await sendRequest(VIEWER)).statusCode).toBe(200);
});

test('the identity is recorded as the author of a table, whatever the request says', async () => {
  const tokens = [{ name: 'paula', role: 'planner', tokenFile: secretFile(PLANNER) }];
  const { app } = await apiServer({ tokens });
  const payload = 'item,date,quantity\na,2026-01-01,1\n';
  await app.inject({ method: 'POST', url: '/api/v1/supply/demand?by=admin', headers: bearer(PLANNER), payload });
  const { imports } = (await app.inject({ url: '/api/v1/supply', headers: bearer(PLANNER) })).json();
  expect(imports.map(({ by }: { by: string }) => by)).toEqual(['paula']);
});

test('a property name of the prototype is not a notification state', async () => {
  const { app } = await apiServer();
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/notifications/constructor-1/resend',
    headers: { host: '127.0.0.1' },
    payload: { by: 'x' },
  });
  expect(answer.statusCode).toBe(404);
});

test.each([
  '/../../etc/passwd',
  '/..%2f..%2fetc/passwd',
  '/%2e%2e/%2e%2e/package.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
  '/assets\\..\\..\\package.json',
  '/index.html%00',
])('%s reaches no file outside the page', async (url) => {
  const { app } = await apiServer();
  const answer = await app.inject({ url, headers: { host: '127.0.0.1' } });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.payload).not.toMatch(/root:|"dependencies"/);
});

test('a token without a signature, in the address, or of another scheme identifies nobody', async () => {
  const { app } = await apiServer({ tokens: [viewerOf()] });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'none' })}.${part({ sub: 'vic', role: 'administrator' })}.`;
  const sendRequest = async (url: string, authorization?: string) =>
    (await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })).statusCode;
  expect(await sendRequest('/api/v1/machines', `Bearer ${unsigned}`)).toBe(401);
  expect(await sendRequest(`/api/v1/machines?access_token=${VIEWER}`)).toBe(401);
  expect(await sendRequest('/api/v1/machines', `Basic ${Buffer.from(`vic:${VIEWER}`).toString('base64')}`)).toBe(401);
});

test('a pattern crafted to be slow does not block the gateway', async () => {
  const { app, store } = await apiServer({}, Date.UTC(2026, 5, 1));
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/suppressions',
    payload: {
      by: 'x',
      site: 's',
      machines: Array(200).fill(`${'*a'.repeat(31)}*b`),
      untilMs: Date.UTC(2026, 5, 2),
      reason: 'r',
    },
  });
  expect(answer.statusCode).toBe(201);
  const startMs = performance.now();
  takeAlert(store, { id: 'x', asset: 'a'.repeat(64) });
  expect(performance.now() - startMs).toBeLessThan(1000);
});

test('text with a meaning in SQL is treated as an unknown name', async () => {
  const { app, store } = await apiServer();
  takeAlert(store, { id: 'a' });
  for (const text of ["'; DROP TABLE alerts;--", '" OR 1=1 --', "x' UNION SELECT 1", '%', '*', '\\']) {
    const named = encodeURIComponent(text);
    for (const url of [`alerts/${named}`, `alerts?after=${named}`, `cases/${named}`, `evidence/${named}`])
      expect((await app.inject(`/api/v1/${url}`)).statusCode, url).toBe(404);
    expect((await app.inject(`/api/v1/plan?search=${named}`)).json().items).toEqual([]);
  }
  expect((await app.inject('/api/v1/alerts')).json()).toHaveLength(1);
});
