import type { Role } from '#models/contracts/identity.ts';
import type { Statements } from '../store/statements.ts';
import { sitesOf, textOf } from './accountTable.ts';
import type { Identity } from './identity.ts';
import { digestOf, generateSecret } from './secret.ts';

/** Sessions per name; a further one ends the oldest. */
const MAX_SESSIONS = 20;

/** Browser sessions, by the hash of their cookie's secret. */
export class SessionTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Starts a session and returns its cookie's secret. */
  start(identity: Omit<Identity, 'via'> & { name: string }, nowMs: number, expiresMs: number): string {
    const { name, role, sites, mustChangePassword } = identity;
    const secret = generateSecret();
    this.#statements.run('DELETE FROM sessions WHERE expires_ms <= ?', nowMs);
    this.#statements.run(
      'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE name = ? ORDER BY created_ms DESC LIMIT -1 OFFSET ?)',
      name,
      MAX_SESSIONS - 1,
    );
    this.#statements.run(
      'INSERT INTO sessions (id, name, role, sites, must_change, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
      digestOf(secret),
      name,
      role,
      textOf(sites),
      mustChangePassword ? 1 : 0,
      nowMs,
      expiresMs,
    );
    return secret;
  }

  /** Null if the session does not exist or has expired. */
  get(secret: string, nowMs: number): Identity | null {
    const sql = 'SELECT name, role, sites, must_change FROM sessions WHERE id = ? AND expires_ms > ?';
    const row = this.#statements.get(sql, digestOf(secret), nowMs);
    if (row === undefined) return null;
    return {
      name: row.name as string,
      role: row.role as Role,
      sites: sitesOf(row.sites),
      via: 'session',
      mustChangePassword: row.must_change === 1,
    };
  }

  end(secret: string): void {
    this.#statements.run('DELETE FROM sessions WHERE id = ?', digestOf(secret));
  }

  /** Ends every session of a name. */
  endAll(name: string): void {
    this.#statements.run('DELETE FROM sessions WHERE name = ?', name);
  }
}
