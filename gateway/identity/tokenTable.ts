import { randomUUID } from 'node:crypto';
import type { Role, Token } from '#models/contracts/identity.ts';
import type { Row, Statements } from '../store/statements.ts';
import { sitesOf, textOf } from './accountTable.ts';
import type { Identity } from './identity.ts';
import { digestOf, generateSecret } from './secret.ts';

/** Resolution of the last-used time, so that not every request writes. */
const USE_STEP_MS = 60_000;
const MAX_TOKENS = 1000;

export interface NewToken {
  name: string;
  /** Null for a service token. */
  owner: string | null;
  role: Role;
  sites: string[] | null;
  createdBy: string;
  expiresMs: number;
}

/** Tokens of users and services, by the hash of their secret. */
export class TokenTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Adds a token, deletes expired ones, and returns the secret, which is not stored. Null if there are too many. */
  add(token: NewToken, nowMs: number): { token: Token; secret: string } | null {
    this.#statements.run('DELETE FROM tokens WHERE expires_ms <= ?', nowMs);
    if (this.list().length >= MAX_TOKENS) return null;
    const secret = `mwt_${generateSecret()}`;
    const [id, { name, owner, role, sites, createdBy, expiresMs }] = [randomUUID(), token];
    this.#statements.run(
      'INSERT INTO tokens (id, hash, name, owner, role, sites, created_by, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      digestOf(secret),
      name,
      owner,
      role,
      textOf(sites),
      createdBy,
      nowMs,
      expiresMs,
    );
    return { token: this.get(id) as Token, secret };
  }

  /** Newest first. */
  list(): Token[] {
    return this.#statements.all('SELECT * FROM tokens ORDER BY created_ms DESC, id').map(tokenOf);
  }

  get(id: string): Token | null {
    const row = this.#statements.get('SELECT * FROM tokens WHERE id = ?', id);
    return row === undefined ? null : tokenOf(row);
  }

  /** The identity of a secret; null if it is unknown or expired. */
  identify(secret: string, nowMs: number): Identity | null {
    const sql = 'SELECT * FROM tokens WHERE hash = ? AND expires_ms > ?';
    const row = this.#statements.get(sql, digestOf(secret), nowMs);
    if (row === undefined) return null;
    const { id, name, owner, role, sites, lastUsedMs } = tokenOf(row);
    if (lastUsedMs === null || nowMs - lastUsedMs >= USE_STEP_MS)
      this.#statements.run('UPDATE tokens SET last_used_ms = ? WHERE id = ?', nowMs, id);
    return { name: owner ?? name, role, sites, via: 'token', mustChangePassword: false };
  }

  remove(id: string): void {
    this.#statements.run('DELETE FROM tokens WHERE id = ?', id);
  }

  /** Deletes every token of an account. */
  removeOf(owner: string): void {
    this.#statements.run('DELETE FROM tokens WHERE owner = ?', owner);
  }
}

const tokenOf = (row: Row): Token => ({
  id: row.id as string,
  name: row.name as string,
  owner: row.owner as string | null,
  role: row.role as Role,
  sites: sitesOf(row.sites),
  createdBy: row.created_by as string,
  createdMs: row.created_ms as number,
  expiresMs: row.expires_ms as number,
  lastUsedMs: row.last_used_ms as number | null,
});
