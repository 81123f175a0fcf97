import type { Sql, SqlResult, SqlStatement } from '../sql.ts';
import { toPostgres, withValues } from './dialect.ts';
import { PostgresConnection, PostgresError } from './postgresConnection.ts';
import type { PostgresSettings } from './postgresSettings.ts';

/** Class of advisory locks, by schema: one gateway writes at a time, as in an SQLite file. */
const WRITES = 0x6d77;

/** Limit on the characters of statements sent in one batch. */
const MAX_TOGETHER = 1_000_000;

/** A PostgreSQL schema behind the interface of an SQLite file. */
export class PostgresDatabase implements Sql {
  readonly isShared = true;
  readonly #connection: PostgresConnection;
  readonly #schema: string;
  /** The connection of the open transaction. */
  #open: number | null = null;
  /** Statements of the open transaction that have not been sent. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  readonly #translated = new Map<string, string>();

  /** @throws PostgresError if the server cannot be reached. */
  constructor(settings: PostgresSettings, schema: string) {
    this.#connection = new PostgresConnection(settings, schema);
    this.#schema = schema;
  }

  prepare(sql: string): SqlStatement {
    return new PostgresStatement(toPostgres(sql), (text, values) => this.#query(text, values));
  }

  exec(sql: string): void {
    this.#query(sql, null);
  }

  later(sql: string, values: readonly unknown[]): void {
    const translated = this.#translated.get(sql) ?? toPostgres(sql);
    this.#translated.set(sql, translated);
    const text = withValues(translated, values.map(storable));
    if (this.#open === null) {
      this.#query(text, null);
      return;
    }
    this.#waiting.push(text);
    this.#waitingCharacters += text.length;
    if (this.#waitingCharacters > MAX_TOGETHER) this.#send();
  }

  transaction<R>(work: () => R): (() => R) & { immediate(): R } {
    const run = () => (this.#open === null ? this.#transact(work) : work());
    return Object.assign(run, { immediate: run });
  }

  close(): void {
    this.#connection.close();
  }

  #transact<R>(work: () => R): R {
    this.#open = this.#connection.present;
    try {
      this.exec(`BEGIN; SELECT pg_advisory_xact_lock(${WRITES}, hashtext('${this.#schema}'))`);
      const result = work();
      const { command } = this.#query('COMMIT', null);
      // After an error caught within it, a transaction can only roll back.
      if (command !== 'COMMIT') throw new PostgresError('rolled_back', 'the transaction was rolled back');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#open = null;
      this.#waiting = [];
      this.#waitingCharacters = 0;
    }
  }

  #query(text: string, values: unknown[] | null) {
    this.#send();
    return this.#connection.ask(text, values, this.#open ?? this.#connection.present);
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const together = this.#waiting.join(';\n');
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#connection.ask(together, null, this.#open);
  }

  #rollBack(): void {
    try {
      this.#connection.ask('ROLLBACK', null, this.#open);
    } catch {
      // The server ended the transaction when the connection was lost.
    }
  }
}

type Query = (text: string, values: unknown[]) => { rows: Record<string, unknown>[]; changes: number };

class PostgresStatement implements SqlStatement {
  readonly #text: string;
  readonly #query: Query;
  #isPlucked = false;

  constructor(text: string, query: Query) {
    this.#text = text;
    this.#query = query;
  }

  run(...values: unknown[]): SqlResult {
    const { rows, changes } = this.#run(values);
    return { changes, lastInsertRowid: Number(rows[0]?.id ?? 0) };
  }

  get(...values: unknown[]): unknown {
    return this.all(...values)[0];
  }

  all(...values: unknown[]): unknown[] {
    const { rows } = this.#run(values);
    return this.#isPlucked ? rows.map((row) => Object.values(row)[0]) : rows;
  }

  iterate(...values: unknown[]): Iterable<unknown> {
    return this.all(...values);
  }

  pluck(): SqlStatement {
    this.#isPlucked = true;
    return this;
  }

  #run(values: unknown[]) {
    return this.#query(this.#text, values.map(storable));
  }
}

/** PostgreSQL cannot store NUL in text. */
const storable = (value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : (value ?? null));
