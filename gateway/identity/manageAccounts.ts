import { pino } from 'pino';
import type { Account, Role } from '#models/contracts/identity.ts';
import type { GatewayConfig } from '../config.ts';
import { openStores } from '../openStores.ts';
import { Started } from '../started.ts';

const WHO = 'command line';

/** Managing accounts in a data directory whose gateway is stopped: for the first start, and when nobody can sign in. */
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

  /** The one-time password. @throws Error where there is an account of that name, or the gateway runs. */
  add(account: { name: string; role: Role; sites: string[] | null }): Promise<string> {
    return this.#withStores(async ({ identities }, audit) => {
      const password = await identities.addAccount(account);
      if (password === null) throw new Error(`there is an account ${account.name}`);
      audit('account_added', `${account.name} ${account.role} ${account.sites?.join(',') ?? 'all sites'}`);
      return password;
    });
  }

  /** The one-time password. @throws Error where there is no such account, or the gateway runs. */
  reset(name: string): Promise<string> {
    return this.#withStores(async ({ identities }, audit) => {
      const password = await identities.resetPassword(name);
      if (password === null) throw new Error(`no account ${name}`);
      audit('account_reset', name);
      return password;
    });
  }

  /** @throws Error where there is no such account, it is the last administrator, or the gateway runs. */
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
      // Accounts as they are: the first administrator is the gateway's to add.
      const config = { ...this.#config, api: { ...this.#config.api, accounts: undefined } };
      const stores = await openStores(config, started, this.#now, pino({ level: 'silent' }));
      return await work(stores, (what, subject) => stores.store.audit(this.#now(), WHO, what, subject, null));
    } finally {
      await started.stop();
    }
  }
}
