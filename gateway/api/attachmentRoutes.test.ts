import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const post = (url: string, payload: Buffer, type = 'image/png') => ({
  method: 'POST' as const,
  url,
  payload,
  headers: { 'content-type': type },
});

test('a photograph is returned byte for byte and appears in the history; a duplicate is stored once', async () => {
  const { app, store } = await apiServer();
  takeAlert(store, { id: 'a' });
  const url = '/api/v1/alerts/a/attachments';
  const added = await app.inject(post(`${url}?name=outer%20race%20%F0%9F%93%B7.png&by=Ann`, PNG));
  expect(added.json()).toMatchObject({
    alert: 'a',
    name: 'outer race 📷.png',
    type: 'image/png',
    bytes: 10,
    by: 'Ann',
  });
  expect((await app.inject(post(`${url}?name=again.png&by=Ann`, PNG))).json()).toEqual(added.json());
  expect((await app.inject(url)).json()).toEqual([added.json()]);
  const back = await app.inject(`${url}/${added.json().id}`);
  expect(back.rawPayload).toEqual(PNG);
  expect(back.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-disposition': "attachment; filename*=UTF-8''outer%20race%20%F0%9F%93%B7.png",
  });
  expect(store.alert('a')?.history?.map(({ action, by, note }) => [action, by, note])).toEqual([
    ['comment', 'Ann', 'attached outer race 📷.png'],
  ]);
});

test('only photographs, reports and notes are accepted, and only while there is space', async () => {
  const { app, store } = await apiServer();
  takeAlert(store, { id: 'a' });
  const url = '/api/v1/alerts/a/attachments?name=x';
  const statusOf = async (request: ReturnType<typeof post>) => (await app.inject(request)).statusCode;
  expect(await statusOf(post(url, Buffer.from('<script>'), 'text/html'))).toBe(415);
  expect(await statusOf(post(url, Buffer.alloc(8_000_001)))).toBe(413);
  expect(await statusOf(post(url, Buffer.alloc(0)))).toBe(400);
  expect(await statusOf(post(url.replace('=x', '='), PNG))).toBe(400);
  expect(await statusOf(post(url.replace('/a/', '/b/'), PNG))).toBe(404);
  for (let i = 0; i < 20; i++) expect(await statusOf(post(url, Buffer.from([i])))).toBe(200);
  const full = await app.inject(post(url, Buffer.from([20])));
  expect(full).toMatchObject({ statusCode: 409 });
  expect(full.json()).toMatchObject({ error: 'an alert has at most 20 attachments' });
  expect(store.attachments.refused).toBe(1);
  expect((await app.inject('/api/v1/alerts/a/attachments/999')).statusCode).toBe(404);
});

test('attachments carry the signed-in name and are deleted with their alert', async () => {
  const token = secretFile('0123456789abcdef0123456789abcdef');
  const { app, store } = await apiServer({ tokens: [{ name: 'Bob', role: 'operator', tokenFile: token }] }, 1e12);
  takeAlert(store, { id: 'a', raisedAtMs: 1e12 });
  const request = post('/api/v1/alerts/a/attachments?name=x&by=Ann', PNG);
  const headers = { ...request.headers, authorization: 'Bearer 0123456789abcdef0123456789abcdef' };
  expect((await app.inject({ ...request, headers })).json()).toMatchObject({ by: 'Bob' });
  takeAlert(store, { id: 'a', change: 'return', raisedAtMs: 1e12 });
  store.act('a', { action: 'close', finding: 'confirmed', damage: 'severe' }, 'Bob');
  expect(store.alert('a')?.finding).toMatchObject({ damage: 'severe' });
  expect(store.forget('alerts', 2e12, 10)).toBe(1);
  expect(store.attachments.list('a')).toEqual([]);
});
