import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { gatewayConfigSchema } from '../config.ts';
import { holdDirectory } from '../store/holdDirectory.ts';
import { ensureAdministrator, forgetFirstPassword } from './firstAdministrator.ts';
import { IdentityStore } from './identityStore.ts';
import { OfflineAccounts } from './manageAccounts.ts';

function directoryWith() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'millwright-accounts-'));
  const config = gatewayConfigSchema.parse({
    dataDirectory,
    broker: { url: 'mqtt://127.0.0.1' },
    api: { accounts: {} },
  });
  return { dataDirectory, accounts: new OfflineAccounts(config, () => 5) };
}

test('accounts are added, listed, reset and removed while the gateway is stopped', { tags: 'slow' }, async () => {
  const { dataDirectory, accounts } = directoryWith();
  const password = await accounts.add({ name: 'ann', role: 'administrator', sites: null });
  await accounts.add({ name: 'bob', role: 'viewer', sites: ['north'] });
  await expect(accounts.add({ name: 'Bob', role: 'viewer', sites: null })).rejects.toThrow(
    'account Bob already exists',
  );
  expect(await accounts.list()).toMatchObject([{ name: 'ann' }, { name: 'bob', sites: ['north'] }]);
  expect(await accounts.reset('ann')).not.toBe(password);
  await accounts.remove('bob');
  await expect(accounts.remove('ann')).rejects.toThrow('last administrator');
  const release = holdDirectory(dataDirectory);
  await expect(accounts.list()).rejects.toThrow('in use by a running gateway');
  release();
});

test('the first administrator has a one-time password in a private file, until it is changed', {
  tags: 'slow',
}, async () => {
  const { dataDirectory } = directoryWith();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const identities = new IdentityStore(dataDirectory, () => 5);
  await ensureAdministrator(dataDirectory, identities, log);
  const file = join(dataDirectory, 'first-administrator.txt');
  const [name, password] = readFileSync(file, 'utf8').split('\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lines.join()).toContain(file);
  expect(lines.join()).not.toContain(password);
  expect(identities.accounts.passwordHash(name)).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect(await identities.signIn(name, password)).toMatchObject({ role: 'administrator', mustChangePassword: true });
  await ensureAdministrator(dataDirectory, identities, log);
  expect(identities.accounts.list()).toHaveLength(1);
  forgetFirstPassword(dataDirectory, 'bob');
  expect(existsSync(file)).toBe(true);
  forgetFirstPassword(dataDirectory, 'Admin');
  expect(existsSync(file)).toBe(false);
  identities.close();
});
