import type { Account, Role } from '#models/contracts/identity.ts';
import type { Row, Statements } from '../store/statements.ts';

export interface NewAccount {
  name: string;
  role: Role;
  sites: string[] | null;
}

/** User accounts. Names must differ by more than case. */
export class AccountTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  list(): Account[] {
    return this.#statements.all('SELECT * FROM accounts ORDER BY name').map(accountOf);
  }

  get(name: string): Account | null {
    const row = this.#statements.get('SELECT * FROM accounts WHERE name = ?', name);
    return row === undefined ? null : accountOf(row);
  }

  passwordHash(name: string): string | null {
    return (this.#statements.get('SELECT password FROM accounts WHERE name = ?', name)?.password as string) ?? null;
  }

  /** Returns false if the name exists. */
  add({ name, role, sites }: NewAccount, passwordHash: string, nowMs: number): boolean {
    const sql =
      'INSERT OR IGNORE INTO accounts (name, role, sites, password, must_change, disabled, created_ms) VALUES (?, ?, ?, ?, 1, 0, ?)';
    return this.#statements.run(sql, name, role, textOf(sites), passwordHash, nowMs).changes === 1;
  }

  change({ name, role, sites, disabled }: NewAccount & { disabled: boolean }): void {
    const sql = 'UPDATE accounts SET role = ?, sites = ?, disabled = ? WHERE name = ?';
    this.#statements.run(sql, role, textOf(sites), disabled ? 1 : 0, name);
  }

  /** @param mustChange true for a one-time password, which only allows choosing a new one. */
  setPassword(name: string, hash: string, mustChange: boolean): void {
    const sql = 'UPDATE accounts SET password = ?, must_change = ? WHERE name = ?';
    this.#statements.run(sql, hash, mustChange ? 1 : 0, name);
  }

  remove(name: string): void {
    this.#statements.run('DELETE FROM accounts WHERE name = ?', name);
  }

  /** Whether another account may manage accounts. */
  hasOtherAdministrator(name: string): boolean {
    return this.list().some((a) => isManager(a) && a.name.toLowerCase() !== name.toLowerCase());
  }
}

/** Whether an account may manage other accounts. */
export function isManager({ role, sites, disabled }: Pick<Account, 'role' | 'sites' | 'disabled'>): boolean {
  return role === 'administrator' && sites === null && !disabled;
}

const accountOf = (row: Row): Account => ({
  name: row.name as string,
  role: row.role as Role,
  sites: sitesOf(row.sites),
  disabled: row.disabled === 1,
  mustChangePassword: row.must_change === 1,
  createdMs: row.created_ms as number,
});

/** Encodes sites in a column: JSON, or null for all. */
export const textOf = (sites: readonly string[] | null) => (sites === null ? null : JSON.stringify(sites));
export const sitesOf = (text: unknown) => (text === null ? null : (JSON.parse(text as string) as string[]));
