import type { Account } from '#models/contracts/identity.ts';
import { edgeUsername } from '../edgeUsername.ts';
import { migrate } from '../store/migrate.ts';
import { openState } from '../store/openState.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Sql } from '../store/sql.ts';
import { Statements } from '../store/statements.ts';
import { AccountTable, isManager, type NewAccount } from './accountTable.ts';
import { type EnrolledEdge, EnrolmentTable } from './enrolmentTable.ts';
import type { Identity } from './identity.ts';
import { hashPassword, isPassword, oneTimePassword, PASSWORD_COST, simulatePasswordCheck } from './password.ts';
import { SessionTable } from './sessionTable.ts';
import { TokenTable } from './tokenTable.ts';

/** Schema migrations; released ones are never changed. */
export const IDENTITY_MIGRATIONS = [
  `CREATE TABLE accounts (name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL, sites TEXT, password TEXT NOT NULL, must_change INTEGER NOT NULL, disabled INTEGER NOT NULL, created_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (id BLOB PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, role TEXT NOT NULL, sites TEXT, must_change INTEGER NOT NULL, created_ms REAL NOT NULL, expires_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_by_name ON sessions (name, created_ms);
   CREATE TABLE tokens (id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, owner TEXT COLLATE NOCASE, role TEXT NOT NULL, sites TEXT, created_by TEXT NOT NULL, created_ms REAL NOT NULL, expires_ms REAL NOT NULL, last_used_ms REAL) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE enrolment_codes (hash BLOB PRIMARY KEY, site TEXT NOT NULL, edge TEXT NOT NULL, receives TEXT NOT NULL, expires_ms REAL NOT NULL, UNIQUE (site, edge)) STRICT, WITHOUT ROWID;
   CREATE TABLE edge_accounts (site TEXT NOT NULL, edge TEXT NOT NULL, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL, receives TEXT NOT NULL, enrolled_ms REAL NOT NULL, PRIMARY KEY (site, edge)) STRICT, WITHOUT ROWID;`,
];

/** Accounts, sessions, tokens and enrolled edges in one SQLite file, `identity.db`, which stores only hashes. */
export class IdentityStore {
  readonly accounts: AccountTable;
  readonly sessions: SessionTable;
  readonly tokens: TokenTable;
  readonly enrolments: EnrolmentTable;
  readonly #db: Sql;
  readonly #now: () => number;
  readonly #cost: typeof PASSWORD_COST;

  /** @param cost of hashing passwords, which tests lower. */
  constructor(place: Place, now: () => number, cost = PASSWORD_COST) {
    this.#db = openState(place, 'identity.db', IDENTITY_MIGRATIONS);
    migrate(this.#db, 'identity.db', IDENTITY_MIGRATIONS);
    this.#now = now;
    this.#cost = cost;
    const statements = new Statements(this.#db);
    this.accounts = new AccountTable(statements);
    this.sessions = new SessionTable(statements);
    this.tokens = new TokenTable(statements);
    this.enrolments = new EnrolmentTable(statements);
  }

  /** Adds an account and returns its one-time password; null if the name exists. */
  async addAccount(account: NewAccount): Promise<string | null> {
    const password = oneTimePassword();
    const hash = await hashPassword(password, this.#cost);
    return this.accounts.add(account, hash, this.#now()) ? password : null;
  }

  /** The identity for a name and password; null if either is wrong or the account is disabled. */
  async signIn(name: string, password: string): Promise<(Omit<Identity, 'via'> & { name: string }) | null> {
    const hash = this.accounts.passwordHash(name);
    const isRight =
      hash === null ? await simulatePasswordCheck(password, this.#cost) : await isPassword(password, hash);
    const account = this.accounts.get(name);
    if (!isRight || account === null || account.disabled) return null;
    return account;
  }

  /** Resets an account to a one-time password and ends its sessions; null if the account does not exist. */
  async resetPassword(name: string): Promise<string | null> {
    const password = oneTimePassword();
    const hash = await hashPassword(password, this.#cost);
    if (this.accounts.get(name) === null) return null;
    this.#db.transaction(() => {
      this.accounts.setPassword(name, hash, true);
      this.sessions.endAll(name);
    })();
    return password;
  }

  /** Sets a password chosen by the user, and ends earlier sessions. */
  async choosePassword(name: string, password: string): Promise<void> {
    const hash = await hashPassword(password, this.#cost);
    this.#db.transaction(() => {
      this.accounts.setPassword(name, hash, false);
      this.sessions.endAll(name);
    })();
  }

  /**
   * Changes an account's permissions. Ends its sessions and personal tokens, because they carry the old permissions.
   * @returns the updated account, or the reason for refusal.
   */
  changeAccount(change: NewAccount & { disabled: boolean }): Account | { fault: string } {
    const { name } = change;
    return this.atOnce(() => {
      if (!isManager(change) && !this.accounts.hasOtherAdministrator(name)) return { fault: LAST_ADMINISTRATOR };
      this.accounts.change(change);
      this.#endAccess(name);
      return this.accounts.get(name) ?? { fault: `no account ${name}` };
    });
  }

  /** @returns the reason for refusal; null on success. */
  removeAccount(name: string): string | null {
    return this.atOnce(() => {
      if (this.accounts.get(name) === null) return `no account ${name}`;
      if (!this.accounts.hasOtherAdministrator(name)) return LAST_ADMINISTRATOR;
      this.accounts.remove(name);
      this.#endAccess(name);
      return null;
    });
  }

  /**
   * Exchanges a one-time code for a broker account of its edge, replacing an earlier one.
   * @returns the edge; null if the code is unknown, used or expired.
   */
  enrol(code: string, passwordHash: string): EnrolledEdge | null {
    return this.atOnce(() => {
      const edge = this.enrolments.edgeOf(code, this.#now());
      if (edge === null) return null;
      const account = { ...edge, username: edgeUsername(edge), passwordHash };
      this.enrolments.redeem(code, account, this.#now());
      return account;
    });
  }

  /** Runs reads and writes in one transaction, without another gateway's writes in between. */
  atOnce<R>(work: () => R): R {
    return this.#db.transaction(work).immediate();
  }

  hasAdministrator(): boolean {
    return this.accounts.list().some(isManager);
  }

  close(): void {
    this.#db.close();
  }

  #endAccess(name: string): void {
    this.sessions.endAll(name);
    this.tokens.removeOf(name);
  }
}

const LAST_ADMINISTRATOR = 'the last administrator of all sites cannot be removed: nobody else could manage accounts';
