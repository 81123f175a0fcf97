import { expect, test } from 'vitest';
import type { Role } from '#models/contracts/identity.ts';
import { roles } from '#models/contracts/identity.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const SECRET = 'a-secret-of-these-tests-0123456789';
const secretOf = (role: Role) => `${SECRET}-${role}`;

test('without a token it accepts only loopback names', async () => {
  const { app } = await apiServer();
  const sendRequest = (host: string) => app.inject({ url: '/api/v1/machines', headers: { host } });
  expect((await sendRequest('127.0.0.1:8080')).statusCode).toBe(200);
  expect((await sendRequest('localhost')).statusCode).toBe(200);
  expect((await sendRequest('evil.example')).statusCode).toBe(403);
  expect((await sendRequest('127.0.0.1.evil.example')).statusCode).toBe(403);
});

test('a configured token is required on all routes except health', async () => {
  const { app } = await apiServer({ tokenFile: secretFile(SECRET) });
  const sendRequest = (url: string, authorization?: string) =>
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
    expect((await sendRequest(url)).statusCode, url).not.toBe(200);
    expect((await sendRequest(url, 'Bearer wrong')).statusCode, url).not.toBe(200);
  }
  expect((await sendRequest('/api/v1/machines', `Bearer ${SECRET}`)).statusCode).toBe(200);
  expect((await sendRequest('/healthz')).statusCode).toBe(200);
});

test('states why it is not ready', async () => {
  const answer = await (await apiServer()).app.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ ok: false, why: ['the broker is disconnected'], warnings: [] });
});

test('invalid requests get clear errors', async () => {
  const { app } = await apiServer();
  const at = 'site=s&edge=e&asset=a&measurement=millwright_features&field=rms';
  expect((await app.inject(`/api/v1/series?${at}&fromMs=2&toMs=1`)).json()).toMatchObject({
    error: 'toMs must be later than fromMs',
  });
  expect((await app.inject(`/api/v1/series?${at}&fromMs=x&toMs=1`)).statusCode).toBe(400);
  expect((await app.inject(`/api/v1/series?${at}&fromMs=0&toMs=1e300`)).statusCode).toBe(400);
  expect((await app.inject('/api/v1/alerts/none')).statusCode).toBe(404);
  const post = { method: 'POST', url: '/api/v1/alerts/none/acknowledge' } as const;
  expect((await app.inject({ ...post, payload: { by: '' } })).statusCode).toBe(400);
  expect((await app.inject({ ...post, payload: { by: 'Ann' } })).statusCode).toBe(404);
  expect((await app.inject({ ...post, payload: 'by=Ann', headers: { 'content-type': 'text/plain' } })).statusCode).toBe(
    400,
  );
});

test('each token is limited to its role and recorded by its name', async () => {
  const tokens = roles.map((role) => ({ name: `the ${role}`, role, tokenFile: secretFile(secretOf(role)) }));
  const { app } = await apiServer({ tokens });
  const sendRequest = async (role: Role, method: 'GET' | 'POST', url: string, body?: object) =>
    (await app.inject({ method, url, headers: { authorization: `Bearer ${secretOf(role)}` }, ...(body && { body }) }))
      .statusCode;
  expect(await sendRequest('metrics', 'GET', '/metrics')).toBe(200);
  expect(await sendRequest('metrics', 'GET', '/api/v1/alerts')).toBe(403);
  expect(await sendRequest('viewer', 'GET', '/api/v1/alerts')).toBe(200);
  expect(await sendRequest('viewer', 'POST', '/api/v1/alerts/x/acknowledge', { by: 'Ann' })).toBe(403);
  expect(await sendRequest('operator', 'POST', '/api/v1/alerts/x/acknowledge', { by: 'Ann' })).toBe(404);
  expect(await sendRequest('operator', 'POST', '/api/v1/edges/s/e/commands', { by: 'Ann', order: {} })).toBe(403);
  expect(await sendRequest('administrator', 'GET', '/api/v1/alerts')).toBe(200);
  expect((await app.inject({ url: '/api/v1/alerts' })).statusCode).toBe(401);
});

test('token guesses are throttled; health still responds', async () => {
  const { app } = await apiServer({ tokenFile: secretFile(SECRET) });
  const guess = async (token: string) =>
    (await app.inject({ url: '/api/v1/alerts', headers: { authorization: `Bearer ${token}` } })).statusCode;
  for (let i = 0; i < 20; i++) expect(await guess(`wrong ${i}`)).toBe(401);
  expect(await guess('wrong again')).toBe(429);
  expect(await guess(SECRET)).toBe(200);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('a suppression is started and ended by permitted roles, and refused with a reason', async () => {
  const { app } = await apiServer();
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
  const request = { by: 'Ann', site: 's', machines: ['pump-*'], untilMs: Date.UTC(2026, 0, 1), reason: 'seals' };
  const late = await post('/api/v1/suppressions', request);
  expect([late.statusCode, late.json().error]).toEqual([409, expect.stringContaining('30 days')]);
  expect((await post('/api/v1/suppressions', { ...request, machines: ['a b'] })).statusCode).toBe(400);
  expect((await post('/api/v1/suppressions/none/end', { by: 'Ann' })).statusCode).toBe(404);
});

test('the alarm system and its alerts are measured', async () => {
  const { app } = await apiServer();
  const health = await app.inject({ url: '/api/v1/alarm-health?days=1&operators=2' });
  expect(health.json()).toMatchObject({ alerts: 0, floods: [], acknowledgement: null });
  expect((await app.inject({ url: '/api/v1/alarm-health?operators=0' })).statusCode).toBe(400);
  const record = await app.inject({ url: '/api/v1/track-record' });
  expect(record.json()).toEqual({ rules: [], failures: 1, missed: [{ machine: 'pump-1', atMs: 4 }] });
  expect((await app.inject({ url: '/api/v1/alerts/none/track-record' })).statusCode).toBe(404);
});
