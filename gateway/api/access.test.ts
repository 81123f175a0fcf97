import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';
import { checkAccess, permissionsOf } from './roles.ts';

const HOST = '127.0.0.1:8080';
const ORIGIN = `http://${HOST}`;

/** A gateway with an account of the given role, and requests as a browser makes them. */
async function withAccount(role: 'viewer' | 'administrator' = 'administrator', sites: string[] | null = null) {
  const made = await apiServer({ accounts: {} });
  const oneTimePassword = (await made.identities.addAccount({ name: 'ann', role, sites })) ?? '';
  const browse = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    cookie?: string,
    payload?: object,
    origin: string | null = ORIGIN,
  ) =>
    made.app.inject({
      method,
      url,
      headers: { host: HOST, ...(origin === null ? {} : { origin }), ...(cookie === undefined ? {} : { cookie }) },
      ...(payload === undefined ? {} : { payload }),
    });
  const signIn = async (password: string) => {
    const answer = await browse('POST', '/api/v1/session', undefined, { name: 'ann', password });
    return { answer, cookie: String(answer.headers['set-cookie'] ?? '').split(';')[0] };
  };
  /** Replaces the one-time password; returns the session cookie. */
  const enter = async (): Promise<string> => {
    const { cookie } = await signIn(oneTimePassword);
    const answer = await browse('POST', '/api/v1/session/password', cookie, {
      password: oneTimePassword,
      newPassword: PASSWORD,
    });
    return String(answer.headers['set-cookie']).split(';')[0];
  };
  return { ...made, oneTimePassword, browse, signIn, enter };
}
const PASSWORD = 'correct horse battery';

test('a one-time password only allows choosing a new one', async () => {
  const { browse, signIn, oneTimePassword } = await withAccount();
  const { answer, cookie } = await signIn(oneTimePassword);
  expect(answer.json()).toMatchObject({ name: 'ann', role: 'administrator', mustChangePassword: true });
  expect((await browse('GET', '/api/v1/alerts', cookie)).json()).toMatchObject({ error: 'choose a password first' });
  const choose = (newPassword: string) =>
    browse('POST', '/api/v1/session/password', cookie, { password: oneTimePassword, newPassword });
  expect((await choose(oneTimePassword)).statusCode).toBe(400);
  expect((await choose('short')).statusCode).toBe(400);
  expect((await choose('this is of Ann alone')).json().error).toContain('account name');
  const chosen = await choose(PASSWORD);
  expect(chosen.json()).toMatchObject({ mustChangePassword: false });
  const fresh = String(chosen.headers['set-cookie']).split(';')[0];
  expect((await browse('GET', '/api/v1/alerts', fresh)).statusCode).toBe(200);
  // Against session fixation: the previous session has ended.
  expect((await browse('GET', '/api/v1/session', cookie)).statusCode).toBe(401);
  expect((await signIn(oneTimePassword)).answer.statusCode).toBe(401);
});

test('scripts and other sites cannot read the cookie, and a request from another origin changes nothing', async () => {
  const { browse, enter, store } = await withAccount();
  const cookie = await enter();
  const again = await browse('POST', '/api/v1/session', cookie, { name: 'ann', password: PASSWORD });
  expect(again.headers['set-cookie']).toMatch(/; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  const acting = String(again.headers['set-cookie']).split(';')[0];
  takeAlert(store, { id: 'x' });
  const acknowledge = (origin: string | null) => browse('POST', '/api/v1/alerts/x/acknowledge', acting, {}, origin);
  expect((await acknowledge('https://evil.example')).statusCode).toBe(403);
  expect((await acknowledge('null')).statusCode).toBe(403);
  expect((await acknowledge(null)).statusCode).toBe(403);
  expect(store.alert('x')?.acknowledgedBy).toBeNull();
  // The session's name is recorded, not the one in the request.
  expect((await acknowledge(ORIGIN)).json()).toMatchObject({ acknowledgedBy: 'ann' });
  const foreign = await browse(
    'POST',
    '/api/v1/session',
    undefined,
    { name: 'ann', password: PASSWORD },
    'https://evil.example',
  );
  expect(foreign.statusCode).toBe(403);
});

test('sign-out, a password reset and a change of the account end its sessions and tokens', async () => {
  const { browse, enter, signIn, identities } = await withAccount();
  await identities.addAccount({ name: 'bob', role: 'administrator', sites: null });
  const states = async (cookie: string) => (await browse('GET', '/api/v1/session', cookie)).statusCode;
  const first = await enter();
  expect((await browse('DELETE', '/api/v1/session', first)).statusCode).toBe(204);
  expect(await states(first)).toBe(401);
  const { cookie } = await signIn(PASSWORD);
  const made = await browse('POST', '/api/v1/tokens', cookie, { name: 'script', role: 'viewer', days: 1 });
  const secret: string = made.json().secret;
  const withToken = async () =>
    (await browse('GET', '/api/v1/session', undefined)).statusCode === 401 &&
    identities.tokens.identify(secret, 5) !== null;
  expect(await withToken()).toBe(true);
  expect(identities.changeAccount({ name: 'ann', role: 'viewer', sites: null, disabled: false })).toMatchObject({
    role: 'viewer',
  });
  expect([await states(cookie), await withToken()]).toEqual([401, false]);
  const { cookie: third } = await signIn(PASSWORD);
  await identities.resetPassword('ANN');
  expect(await states(third)).toBe(401);
  identities.changeAccount({ name: 'ann', role: 'viewer', sites: null, disabled: true });
  expect((await signIn(PASSWORD)).answer.statusCode).toBe(401);
});

test('ten failures lock an account, even for the right password; unknown names look the same', async () => {
  const { app, oneTimePassword } = await withAccount();
  const guess = async (name: string, password: string, i: number) =>
    (
      await app.inject({
        method: 'POST',
        url: '/api/v1/session',
        remoteAddress: `10.0.0.${i}`,
        payload: { name, password },
      })
    ).statusCode;
  for (let i = 0; i < 10; i++) expect(await guess('ann', 'wrong', i)).toBe(401);
  expect(await guess('Ann', oneTimePassword, 99)).toBe(429);
  expect(await guess('nobody', 'wrong', 99)).toBe(401);
});

test('an administrator manages accounts; the last administrator cannot be removed', async () => {
  const { browse, enter, audited } = await withAccount();
  const cookie = await enter();
  const added = await browse('POST', '/api/v1/accounts', cookie, { name: 'bob', role: 'operator', sites: ['north'] });
  expect(added.json()).toEqual({ name: 'bob', oneTimePassword: expect.stringMatching(/^(\w{4}-){3}\w{4}$/) });
  expect((await browse('POST', '/api/v1/accounts', cookie, { name: 'BOB', role: 'viewer' })).statusCode).toBe(409);
  expect((await browse('GET', '/api/v1/accounts', cookie)).json()).toMatchObject([
    { name: 'ann' },
    { name: 'bob', sites: ['north'] },
  ]);
  const change = { role: 'viewer', sites: null, disabled: false };
  expect((await browse('PUT', '/api/v1/accounts/ann', cookie, change)).statusCode).toBe(409);
  expect((await browse('DELETE', '/api/v1/accounts/ann', cookie)).statusCode).toBe(409);
  expect((await browse('PUT', '/api/v1/accounts/bob', cookie, change)).json()).toMatchObject({
    role: 'viewer',
    sites: null,
  });
  expect((await browse('POST', '/api/v1/accounts/bob/reset', cookie, {})).json()).toHaveProperty('oneTimePassword');
  expect((await browse('DELETE', '/api/v1/accounts/bob', cookie)).statusCode).toBe(204);
  expect(audited.filter((entry) => entry.startsWith('ann account'))).toEqual([
    'ann account_added bob operator north',
    'ann account_changed bob {"role":"viewer","sites":null,"disabled":false}',
    'ann account_reset bob',
    'ann account_removed bob',
  ]);
  expect(audited.join()).not.toContain(added.json().oneTimePassword);
});

test("a token has at most its creator's permissions, and expires", async () => {
  const { browse, enter, app, identities } = await withAccount('viewer', ['north']);
  await identities.addAccount({ name: 'admin', role: 'administrator', sites: null });
  const cookie = await enter();
  const create = async (payload: object) =>
    (await browse('POST', '/api/v1/tokens', cookie, { name: 't', days: 1, ...payload })).statusCode;
  expect(await create({ role: 'operator' })).toBe(403);
  expect(await create({ role: 'viewer', sites: null })).toBe(403);
  expect(await create({ role: 'viewer', sites: ['south'] })).toBe(403);
  expect(await create({ role: 'viewer', kind: 'service' })).toBe(403);
  expect(await create({ role: 'viewer', days: 1000 })).toBe(400);
  const { secret, token } = (
    await browse('POST', '/api/v1/tokens', cookie, { name: 't', days: 1, role: 'viewer' })
  ).json();
  expect(token).toMatchObject({ owner: 'ann', sites: ['north'], expiresMs: 86_400_005 });
  const session = await app.inject({ url: '/api/v1/session', headers: { authorization: `Bearer ${secret}` } });
  expect(session.json()).toMatchObject({ name: 'ann', role: 'viewer', sites: ['north'], isSession: false });
  // A personal token cannot create another, which might outlive it.
  const begotten = await app.inject({
    method: 'POST',
    url: '/api/v1/tokens',
    headers: { authorization: `Bearer ${secret}` },
    payload: { name: 't', days: 1, role: 'viewer' },
  });
  expect(begotten.statusCode).toBe(409);
  expect(identities.tokens.identify(secret, 86_400_004)).not.toBeNull();
  expect(identities.tokens.identify(secret, 86_400_005)).toBeNull();
  expect(JSON.stringify(identities.tokens.list())).not.toContain(secret);
  expect((await browse('DELETE', `/api/v1/tokens/${token.id}`, cookie)).statusCode).toBe(204);
});

test('a configured token of less than 128 bits is refused at startup', async () => {
  await expect(apiServer({ tokenFile: secretFile('0123456789abcdef') })).rejects.toThrow('at most 64 bits');
  await expect(apiServer({ tokenFile: secretFile('a'.repeat(200)) })).rejects.toThrow('at most 0 bits');
});

test('the session lists the permissions of the identity', () => {
  expect(permissionsOf({ role: 'viewer', sites: null })).toEqual(['tokens', 'audit']);
  expect(permissionsOf({ role: 'operator', sites: null })).toEqual([
    'alerts',
    'planAlerts',
    'workOrders',
    'tokens',
    'audit',
  ]);
  expect(permissionsOf({ role: 'administrator', sites: ['north'] })).not.toContain('accounts');
  expect(checkAccess({ role: 'engineer', sites: null }, 'DELETE', '/api/v1/alerts/x')).not.toBeNull();
  expect(checkAccess({ role: 'planner', sites: null }, 'POST', '/api/v1/supply/demand?by=x')).toBeNull();
  expect(checkAccess({ role: 'viewer', sites: null }, 'HEAD', '/api/v1/alerts')).toBeNull();
});

test('a stream omits events of other sites and ends with its session', async () => {
  const { events, app, identities, enter } = await withAccount('viewer', ['north']);
  const cookie = await enter();
  const answer = await app.inject({ url: '/api/v1/events', headers: { host: HOST, cookie }, payloadAsStream: true });
  const stream = answer.stream();
  let text = '';
  stream.on('data', (piece) => (text += piece));
  const value = (site: string) => ({
    type: 'features' as const,
    site,
    edge: 'e',
    asset: 'a',
    point: 'p',
    timeMs: 1,
    values: { rms: 1 },
  });
  events.send(value('south'));
  events.send(value('north'));
  events.send({ type: 'watch', machines: [{ site: 'south', edge: 'e', asset: 'a', watch: { state: 'watched' } }] });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(text).toContain('"site":"north"');
  expect(text).not.toContain('south');
  identities.sessions.endAll('ann');
  events.keepThoseSignedIn();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(events.listeners).toBe(0);
});
