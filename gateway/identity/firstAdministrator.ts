import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { IdentityStore } from './identityStore.ts';

const NAME = 'admin';
const FILE = 'first-administrator.txt';

/**
 * Adds the account `admin` if no account may manage others. Its one-time password is written to a file that only the
 * gateway's user can read, never to the log.
 */
export async function ensureAdministrator(directory: string, identities: IdentityStore, log: Logger): Promise<void> {
  if (identities.hasAdministrator()) return;
  const account = { name: NAME, role: 'administrator' as const, sites: null };
  const added = await identities.addAccount(account);
  if (added === null) identities.changeAccount({ ...account, disabled: false });
  const password = added ?? (await identities.resetPassword(NAME));
  const file = join(directory, FILE);
  // Replaces an earlier file instead of overwriting it, which would keep that file's mode.
  rmSync(file, { force: true });
  writeFileSync(file, `${NAME}\n${password}\n`, { mode: 0o600, flag: 'wx' });
  log.warn({ file }, 'there is no administrator yet: sign in with the account and the one-time password in this file');
}

/** Deletes the file with the one-time password once it is no longer needed. */
export function forgetFirstPassword(directory: string, name: string): void {
  if (name.toLowerCase() === NAME) rmSync(join(directory, FILE), { force: true });
}
