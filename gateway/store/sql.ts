/** The result of a statement that changes rows. */
export interface SqlResult {
  changes: number;
  lastInsertRowid: number | bigint;
}

export interface SqlStatement {
  run(...values: unknown[]): SqlResult;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): Iterable<unknown>;
  /** From then on a row is its first column. */
  pluck(): SqlStatement;
}

/**
 * The part of a database that the tables use: better-sqlite3's, and PostgreSQL behind the same calls. Statements are
 * written in the dialect that both understand; `postgres/dialect.ts` translates the rest.
 */
export interface Sql {
  prepare(sql: string): SqlStatement;
  exec(sql: string): unknown;
  /** A transaction that nobody else writes beside: what was read in it is still true when it commits. */
  transaction<R>(work: () => R): (() => R) & { immediate(): R };
  close(): unknown;
  /** Other gateways write too, so nothing that memory holds of the rows can be relied upon. Absent: no. */
  readonly isShared?: boolean;
  /** Runs a statement whose result nobody needs, at the latest before the next one or the commit. Absent: run it. */
  later?(sql: string, values: readonly unknown[]): void;
}

/** Tables of an SQLite file. Those of PostgreSQL are made by its migrations. */
export function createTables(db: Sql, schema: string): void {
  if (db.isShared !== true) db.exec(schema);
}
