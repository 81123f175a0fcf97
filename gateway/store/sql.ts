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
  /** Makes each row the value of its first column. */
  pluck(): SqlStatement;
}

/**
 * The part of a database that the tables use: better-sqlite3's, and PostgreSQL behind the same calls. Statements are
 * written in the dialect that both understand; `postgres/dialect.ts` translates the rest.
 */
export interface Sql {
  prepare(sql: string): SqlStatement;
  exec(sql: string): unknown;
  /** A transaction without concurrent writers: its reads are still valid when it commits. */
  transaction<R>(work: () => R): (() => R) & { immediate(): R };
  close(): unknown;
  /** True if other gateways write too, so that rows cached in memory may be outdated. Absent: false. */
  readonly isShared?: boolean;
  /** Defers a statement whose result is unused, at the latest to the next one or the commit. Absent: run it now. */
  later?(sql: string, values: readonly unknown[]): void;
}

/** Creates the tables of an SQLite file. Those of PostgreSQL are created by its migrations. */
export function createTables(db: Sql, schema: string): void {
  if (db.isShared !== true) db.exec(schema);
}
