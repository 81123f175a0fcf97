import type { Sql, SqlResult, SqlStatement } from './sql.ts';

export type Row = Record<string, unknown>;

/** Statements of one database, each prepared once. */
export class Statements {
  readonly #db: Sql;
  readonly #prepared = new Map<string, SqlStatement>();

  constructor(db: Sql) {
    this.#db = db;
  }

  run(sql: string, ...values: unknown[]): SqlResult {
    return this.#statement(sql).run(...values);
  }

  /** Runs a statement whose result is unused; over a network, such statements are sent in batches. */
  write(sql: string, ...values: unknown[]): void {
    if (this.#db.later === undefined) this.#statement(sql).run(...values);
    else this.#db.later(sql, values);
  }

  get(sql: string, ...values: unknown[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: unknown[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  #statement(sql: string): SqlStatement {
    const known = this.#prepared.get(sql) ?? this.#db.prepare(sql);
    this.#prepared.set(sql, known);
    return known;
  }
}
