import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const HOST = '127.0.0.1';
const SECRETS = { all: '0123456789-abcdefghij-all-sites', north: '0123456789-abcdefghij-north' };

test('a conditional request gets 304 without a body until the response changes', async () => {
  const { app, store } = await apiServer();
  takeAlert(store, { id: 'a', sequence: 1 });
  const get = (condition?: string, method: 'GET' | 'HEAD' = 'GET') => {
    const headers = { host: HOST, ...(condition === undefined ? {} : { 'if-none-match': condition }) };
    return app.inject({ method, url: '/api/v1/alerts', headers });
  };
  const first = await get();
  const tag = String(first.headers.etag);
  expect([first.statusCode, tag]).toEqual([200, expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
  expect(first.headers).toMatchObject({ 'cache-control': 'private, no-cache', vary: 'Authorization, Cookie' });
  for (const condition of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
    const again = await get(condition);
    expect([again.statusCode, again.payload, again.headers.etag], condition).toEqual([304, '', tag]);
    expect(again.headers['content-type'], condition).toBeUndefined();
  }
  const head = await get(undefined, 'HEAD');
  expect([head.statusCode, head.payload, head.headers.etag]).toEqual([200, '', tag]);
  expect((await get('W/"other"')).statusCode).toBe(200);
  takeAlert(store, { id: 'b', sequence: 2 });
  const changed = await get(tag);
  expect(changed.statusCode).toBe(200);
  expect(changed.json()).toHaveLength(2);
});

test('a restricted identity gets another tag; errors, changes and secrets get none', async () => {
  const tokens = [
    { name: 'all', role: 'operator', tokenFile: secretFile(SECRETS.all) },
    { name: 'north', role: 'operator', sites: ['north'], tokenFile: secretFile(SECRETS.north) },
  ];
  const { app, store } = await apiServer({ tokens });
  takeAlert(store, { id: 'a', site: 'south', sequence: 1 });
  const get = (url: string, secret: string, condition = '') =>
    app.inject({ url, headers: { authorization: `Bearer ${secret}`, 'if-none-match': condition } });
  const { etag } = (await get('/api/v1/alerts', SECRETS.all)).headers;
  const north = await get('/api/v1/alerts', SECRETS.north, String(etag));
  expect([north.statusCode, north.json()]).toEqual([200, []]);
  expect((await get('/api/v1/alerts/none', SECRETS.all, '*')).statusCode).toBe(404);
  const session = await get('/api/v1/session', SECRETS.all, '*');
  expect([session.statusCode, session.headers.etag, session.headers['cache-control']]).toEqual([
    200,
    undefined,
    'no-store',
  ]);
  const acknowledged = await app.inject({
    method: 'POST',
    url: '/api/v1/alerts/a/acknowledge',
    headers: { authorization: `Bearer ${SECRETS.all}`, 'if-none-match': '*' },
    payload: {},
  });
  expect([acknowledged.statusCode, acknowledged.headers.etag]).toEqual([200, undefined]);
});
