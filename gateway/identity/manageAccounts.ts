import { pino } from 'pino';
import type { Account, Role } from '#models/contracts/identity.ts';
import type { GatewayConfig } from '../config.ts';
import { openStores } from '../openStores.ts';
import { Started } from '../started.ts';

const WHO = 'command line';

/**
 * Manages the accounts in the data directory of a stopped gateway: for the first start, and when nobody can sign in.
 */
export class OfflineAccounts {
  readonly #config: GatewayConfig;
  readonly #now: () => number;

  constructor(config: GatewayConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
  }

  list(): Promise<Account[]> {
    return this.#withStores(async ({ identities }) => identities.accounts.list());
  }

  /** Returns the one-time password. @throws Error if the account exists, or the gateway is running. */
  add(account: { name: string; role: Role; sites: string[] | null }): Promise<string> {
    return this.#withStores(async ({ identities }, audit) => {
      const password = await identities.addAccount(account);
      if (password === null) throw new Error(`account ${account.name} already exists`);
      audit('account_added', `${account.name} ${account.role} ${account.sites?.join(',') ?? 'all sites'}`);
      return password;
    });
  }

  /** Returns the one-time password. @throws Error if the account does not exist, or the gateway is running. */
  reset(name: string): Promise<string> {
    return this.#withStores(async ({ identities }, audit) => {
      const password = await identities.resetPassword(name);
      if (password === null) throw new Error(`no account ${name}`);
      audit('account_reset', name);
      return password;
    });
  }

  /** @throws Error if the account does not exist, is the last administrator, or the gateway is running. */
  remove(name: string): Promise<void> {
    return this.#withStores(async ({ identities }, audit) => {
      const fault = identities.removeAccount(name);
      if (fault !== null) throw new Error(fault);
      audit('account_removed', name);
    });
  }

  async #withStores<T>(
    work: (
      stores: Awaited<ReturnType<typeof openStores>>,
      audit: (what: string, subject: string) => void,
    ) => Promise<T>,
  ): Promise<T> {
    const started = new Started();
    try {
      // Opened without adding the first administrator, which is left to the gateway.
      const config = { ...this.#config, api: { ...this.#config.api, accounts: undefined } };
      const stores = await openStores(config, started, this.#now, pino({ level: 'silent' }));
      return await work(stores, (what, subject) => stores.store.audit(this.#now(), WHO, what, subject, null));
    } finally {
      await started.stop();
    }
  }
}
