import { describe, expect, test } from 'vitest';
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

describe('an address that is written otherwise leads to the same rule', () => {
  test.each(['/api/v1/%61ccounts', '/api/v1/accounts#x', '/api/v1/acc%6Funts?a=b', '/api/v1/accounts?%23'])(
    'accounts as %s',
    async (url) => {
      const { app } = await apiServer({ tokens: [viewerOf()], accounts: {} });
      expect((await app.inject({ url, headers: bearer(VIEWER) })).statusCode).toBe(403);
    },
  );

  test.each(['%61udit', 'suppl%79', 'pla%6e.csv', '%6eotifications', '%74rack-record'])(
    'what concerns every site as %s, for an identity of one site',
    async (path) => {
      const { app } = await apiServer({ tokens: [viewerOf(['north'])] });
      expect((await app.inject({ url: `/api/v1/${path}`, headers: bearer(VIEWER) })).statusCode).toBe(403);
    },
  );
});

describe('a gateway that nobody has to sign in to', () => {
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
    'takes nothing of a page of %s',
    async (origin) => {
      const answer = await change({ origin, 'content-type': 'text/plain' });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().error).toContain('another origin');
    },
  );

  test('takes what its own page and other programs send', async () => {
    expect((await change({ origin: 'http://127.0.0.1:8080' })).statusCode).toBe(200);
    expect((await change({})).statusCode).toBe(200);
  });
});

test('guesses from an address lock out no token that is good, only further guesses', async () => {
  const { app } = await apiServer({ tokens: [viewerOf()] });
  const ask = (secret: string) => app.inject({ url: '/api/v1/machines', headers: bearer(secret) });
  for (let i = 0; i < 20; i++) expect((await ask(`wrong-${i}`)).statusCode).toBe(401);
  expect((await ask('wrong-again')).statusCode).toBe(429);
  expect((await ask(VIEWER)).statusCode).toBe(200);
});

test('who gave a table is the identity, whatever the request says', async () => {
  const tokens = [{ name: 'paula', role: 'planner', tokenFile: secretFile(PLANNER) }];
  const { app } = await apiServer({ tokens });
  const payload = 'item,date,quantity\na,2026-01-01,1\n';
  await app.inject({ method: 'POST', url: '/api/v1/supply/demand?by=admin', headers: bearer(PLANNER), payload });
  const { imports } = (await app.inject({ url: '/api/v1/supply', headers: bearer(PLANNER) })).json();
  expect(imports.map(({ by }: { by: string }) => by)).toEqual(['paula']);
});

test('a name of a prototype is no database of notifications', async () => {
  const { app } = await apiServer();
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/notifications/constructor-1/resend',
    headers: { host: '127.0.0.1' },
    payload: { by: 'x' },
  });
  expect(answer.statusCode).toBe(404);
});
