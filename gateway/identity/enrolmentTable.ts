import type { Enrolment } from '#models/contracts/enrolment.ts';
import { edgeUsername } from '../edgeUsername.ts';
import type { Row, Statements } from '../store/statements.ts';
import { digestOf, generateSecret } from './secret.ts';

/** An edge by site and name. */
export interface EdgeName {
  site: string;
  edge: string;
}

export interface EnrolledEdge extends EdgeName {
  username: string;
  /** As `brokerPassword.ts` hashes it. */
  passwordHash: string;
  /** Topic filters of its machines. */
  receives: string[];
}

/** One-time codes by their hash, and the broker accounts that edges obtained with them. */
export class EnrolmentTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Replaces the edge's open code, deletes expired ones, and returns the new code, which is not stored. */
  addCode({ site, edge }: EdgeName, receives: readonly string[], nowMs: number, expiresMs: number): string {
    const code = `mwe_${generateSecret()}`;
    this.#statements.run(
      'DELETE FROM enrolment_codes WHERE expires_ms <= ? OR (site = ? AND edge = ?)',
      nowMs,
      site,
      edge,
    );
    this.#statements.run(
      'INSERT INTO enrolment_codes (hash, site, edge, receives, expires_ms) VALUES (?, ?, ?, ?, ?)',
      digestOf(code),
      site,
      edge,
      JSON.stringify(receives),
      expiresMs,
    );
    return code;
  }

  /** The edge of a valid code; null if the code is unknown, used or expired. */
  edgeOf(code: string, nowMs: number): (EdgeName & { receives: string[] }) | null {
    const sql = 'SELECT site, edge, receives FROM enrolment_codes WHERE hash = ? AND expires_ms > ?';
    const row = this.#statements.get(sql, digestOf(code), nowMs);
    return row === undefined ? null : { ...nameOf(row), receives: JSON.parse(row.receives as string) };
  }

  /** Uses up a code and stores the edge's account, which replaces an earlier one. */
  redeem(code: string, { site, edge, username, passwordHash, receives }: EnrolledEdge, nowMs: number): void {
    this.#statements.run('DELETE FROM enrolment_codes WHERE hash = ?', digestOf(code));
    this.#statements.run(
      'INSERT OR REPLACE INTO edge_accounts (site, edge, username, password, receives, enrolled_ms) VALUES (?, ?, ?, ?, ?, ?)',
      site,
      edge,
      username,
      passwordHash,
      JSON.stringify(receives),
      nowMs,
    );
  }

  /** Removes an edge's account and its open code. False if it has neither. */
  revoke({ site, edge }: EdgeName): boolean {
    const codes = this.#statements.run('DELETE FROM enrolment_codes WHERE site = ? AND edge = ?', site, edge);
    const accounts = this.#statements.run('DELETE FROM edge_accounts WHERE site = ? AND edge = ?', site, edge);
    return codes.changes + accounts.changes > 0;
  }

  accounts(): EnrolledEdge[] {
    return this.#statements.all('SELECT * FROM edge_accounts ORDER BY site, edge').map(accountOf);
  }

  account(username: string): EnrolledEdge | null {
    const row = this.#statements.get('SELECT * FROM edge_accounts WHERE username = ?', username);
    return row === undefined ? null : accountOf(row);
  }

  /** Enrolled edges and open codes, by site and edge. */
  list(nowMs: number): Enrolment[] {
    const sql = `SELECT site, edge, receives, NULL AS enrolled_ms, expires_ms FROM enrolment_codes WHERE expires_ms > ?
      UNION ALL SELECT site, edge, receives, enrolled_ms, NULL FROM edge_accounts`;
    const byEdge = new Map<string, Enrolment>();
    for (const row of this.#statements.all(sql, nowMs)) {
      const name = nameOf(row);
      const key = `${name.site}/${name.edge}`;
      const known = byEdge.get(key);
      byEdge.set(key, {
        ...name,
        username: edgeUsername(name),
        receives: JSON.parse(row.receives as string),
        enrolledMs: (row.enrolled_ms as number | null) ?? known?.enrolledMs ?? null,
        codeExpiresMs: (row.expires_ms as number | null) ?? known?.codeExpiresMs ?? null,
      });
    }
    return [...byEdge].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  }
}

const nameOf = (row: Row): EdgeName => ({ site: row.site as string, edge: row.edge as string });

const accountOf = (row: Row): EnrolledEdge => ({
  ...nameOf(row),
  username: row.username as string,
  passwordHash: row.password as string,
  receives: JSON.parse(row.receives as string),
});
