import { expect, test } from 'vitest';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const SECRET = 'a-secret-of-these-tests-0123456789';
const SERIES = '/api/v1/series?site=s&edge=e&asset=a&measurement=millwright_features&field=rms';
const HOST = { host: '127.0.0.1' };

test.each([
  ['what a route refuses', `${SERIES}&fromMs=2&toMs=1`, 400, 'toMs must be later than fromMs'],
  ['what is not there', '/api/v1/alerts/none', 404, 'no alert none'],
  ['what a schema refuses', `${SERIES}&fromMs=x&toMs=1`, 400, expect.stringContaining('fromMs')],
  ['no route', '/api/v1/none', 404, 'Route GET:/api/v1/none not found'],
  ['an address that cannot be read', '/api/v1/alerts/%ff', 400, expect.stringContaining('%ff')],
])('%s is a problem with its reason', async (_what, url, status, detail) => {
  const { app } = await apiServer();
  const answer = await app.inject({ url, headers: HOST });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const body = answer.json();
  expect(body).toMatchObject({ type: 'about:blank', title: expect.stringMatching(/\w/), status, detail });
  // The fields that clients read before problem details existed.
  expect(body.message ?? body.error).toBe(body.detail);
});

test('a refused sign-in is a problem as well', async () => {
  const tokens = [{ name: 'vic', role: 'viewer', tokenFile: secretFile(SECRET) }];
  const { app } = await apiServer({ tokens });
  const get = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await app.inject({ method: 'POST', url: '/api/v1/plan/run', payload: {}, headers })).json();
  };
  expect(await get()).toMatchObject({ status: 401, title: 'Unauthorized', detail: 'sign in, or send a token' });
  expect(await get(`Bearer ${SECRET}`)).toMatchObject({ status: 403, title: 'Forbidden' });
});

test('the API description lists the problem as a response of every operation', async () => {
  const { app } = await apiServer();
  const described = (await app.inject({ url: '/openapi.json', headers: HOST })).json();
  expect(described.components.schemas.Problem.required).toEqual(expect.arrayContaining(['type', 'status', 'detail']));
  const operations = Object.values(described.paths).flatMap((path) => Object.values(path as object));
  expect(operations.length).toBeGreaterThan(50);
  for (const { responses } of operations)
    for (const [status, { content }] of Object.entries<{ content?: object }>(responses))
      if (status === 'default' || Number(status) >= 400)
        expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
  expect(operations.every(({ responses }) => 'default' in responses)).toBe(true);
});

test('a successful response keeps its form', async () => {
  const { app } = await apiServer();
  expect((await app.inject({ url: '/api/v1/machines', headers: HOST })).headers['content-type']).toMatch(
    /^application\/json/,
  );
});
