import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { testPlace } from '../store/testPlace.fixture.ts';
import { IdentityStore } from './identityStore.ts';

const CHEAP = { logN: 4, r: 8, p: 1 };
const EDGE = { site: 'south', edge: 'edge-7' };
const opened: IdentityStore[] = [];
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

/** Two gateways on one database, and their clock. */
function twoGateways() {
  const place = testPlace(mkdtempSync(join(tmpdir(), 'millwright-identity-')));
  const clock = { ms: 1000 };
  const open = () => new IdentityStore(place, () => clock.ms, CHEAP);
  const [one, other] = [open(), open()];
  opened.push(one, other);
  return { one, other, clock };
}

test('accounts, sessions and tokens are valid at every gateway until one of them ends them', async () => {
  const { one, other, clock } = twoGateways();
  const password = (await one.addAccount({
    name: 'Ann',
    role: 'engineer',
    sites: ['north', 'south/hall 1'],
  })) as string;
  expect(await other.addAccount({ name: 'ANN', role: 'viewer', sites: null })).toBeNull();
  const identity = await other.signIn('ann', password);
  expect(identity).toMatchObject({ name: 'Ann', role: 'engineer', sites: ['north', 'south/hall 1'] });
  expect(await other.signIn('ann', 'another')).toBeNull();
  if (identity === null) throw new Error('not signed in');
  const session = other.sessions.start(identity, clock.ms, 5000);
  const access = { name: 'script', owner: 'Ann', role: 'viewer', sites: null, createdBy: 'Ann' } as const;
  const token = one.tokens.add({ ...access, expiresMs: 9000 }, clock.ms)?.secret as string;
  expect(one.sessions.get(session, 4999)).toMatchObject({ name: 'Ann', via: 'session' });
  expect(one.sessions.get(session, 5000)).toBeNull();
  expect(other.tokens.identify(token, clock.ms)).toMatchObject({ role: 'viewer', via: 'token' });
  expect(other.changeAccount({ name: 'aNN', role: 'administrator', sites: null, disabled: false })).toMatchObject({
    name: 'Ann',
    role: 'administrator',
  });
  expect(one.sessions.get(session, clock.ms)).toBeNull();
  expect(one.tokens.identify(token, clock.ms)).toBeNull();
});

test('no gateway can remove the last administrator', async () => {
  const { one, other } = twoGateways();
  await one.addAccount({ name: 'ann', role: 'administrator', sites: null });
  await other.addAccount({ name: 'bob', role: 'administrator', sites: null });
  expect(one.removeAccount('Bob')).toBeNull();
  expect(other.removeAccount('ann')).toMatch('the last administrator');
  expect(other.changeAccount({ name: 'ann', role: 'viewer', sites: null, disabled: false })).toHaveProperty('fault');
  expect(other.removeAccount('nobody')).toBe('no account nobody');
  expect(one.accounts.list().map(({ name }) => name)).toEqual(['ann']);
});

test('a code is valid once, at any gateway; a second code replaces the password', () => {
  const { one, other, clock } = twoGateways();
  const code = one.enrolments.addCode(EDGE, ['plant/#'], clock.ms, 5000);
  expect(other.enrolments.list(clock.ms)).toMatchObject([{ ...EDGE, enrolledMs: null, codeExpiresMs: 5000 }]);
  const account = { ...EDGE, username: 'south.edge-7', passwordHash: 'first', receives: ['plant/#'] };
  expect(other.enrol(code, 'first')).toEqual(account);
  expect(one.enrol(code, 'stolen')).toBeNull();
  expect(one.enrolments.account('south.edge-7')).toEqual(account);
  clock.ms = 2000;
  expect(one.enrol(other.enrolments.addCode(EDGE, [], clock.ms, 5000), 'second')).toMatchObject({ receives: [] });
  expect(other.enrolments.accounts()).toEqual([{ ...account, passwordHash: 'second', receives: [] }]);
  expect(other.enrolments.list(clock.ms)).toMatchObject([{ ...EDGE, enrolledMs: 2000, codeExpiresMs: null }]);
  expect([other, one].map((store) => store.atOnce(() => store.enrolments.revoke(EDGE)))).toEqual([true, false]);
  expect(one.enrolments.accounts()).toEqual([]);
});

test('only the newest code of an edge is valid, until it expires', () => {
  const { one, other, clock } = twoGateways();
  const [first, second] = [one, other].map((store) => store.enrolments.addCode(EDGE, [], clock.ms, 5000));
  expect(other.enrol(first, 'hash')).toBeNull();
  clock.ms = 5000;
  expect(one.enrol(second, 'hash')).toBeNull();
});
