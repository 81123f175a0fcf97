import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { isDamage, makePrivateFile } from './openDatabase.ts';

export interface Salvaged {
  table: string;
  copied: number;
  /** Rows that were readable but not stored, because their content is damaged. */
  refused: number;
  /** False if part of the table was unreadable. */
  isWhole: boolean;
}

type Key = number | string | Buffer | null;
type Bound = { key: Key } | null;

/** Bisections of an unreadable range in search of readable rows: 2^8 parts. */
const HALVINGS = 8;
/** A file with a larger missing part contains nothing worth searching for. */
const MAX_MISSING = 1000;
/** Groups tried beyond the highest one found; a table numbers them from 1. */
const GUESSED_GROUPS = 200;
/** Used if neither end of a table is readable: rowids between powers of two, since they are assigned from 1. */
const POWERS: [Bound, Bound][] = Array.from({ length: 40 }, (_, i) => [{ key: 2 ** i - 1 }, { key: 2 ** (i + 1) - 1 }]);

/**
 * Copies the readable part of a damaged database into a new file, table by table and row by row: from the front up to
 * the damage, from the back down to it, and between damaged pages by bisecting the key range. Schema, user version and
 * AUTOINCREMENT state are kept; indexes are rebuilt.
 * @param to a path without a file.
 * @returns the rows copied, by table; empty if not even the schema is readable.
 */
export function salvage(from: string, to: string): Salvaged[] {
  padToFullSize(from);
  const source = new Database(from);
  makePrivateFile(to);
  const target = new Database(to);
  try {
    // Made durable only at the end, because an interrupted salvage starts again.
    target.pragma('journal_mode = OFF');
    target.pragma('synchronous = OFF');
    const entries = schemaOf(source);
    if (entries.length === 0) return [];
    const ofType = (type: string) => entries.filter((entry) => entry.type === type);
    for (const { sql } of ofType('table')) target.exec(sql);
    const salvaged = ofType('table').map(({ name }) => new TableCopy(source, target, name).run());
    for (const { sql } of [...ofType('index'), ...ofType('trigger'), ...ofType('view')]) target.exec(sql);
    keepCounters(source, target);
    return salvaged;
  } finally {
    source.close();
    target.close();
    const handle = openSync(to, 'r');
    fsyncSync(handle);
    closeSync(handle);
  }
}

/** SQLite reads nothing from a file shorter than its header states; zeros fill the missing part. */
function padToFullSize(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    const header = Buffer.alloc(32);
    if (readSync(handle, header, 0, 32, 0) < 32) return;
    // The file format: page size at 16 (1 stands for 65,536), pages at 28.
    const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const isHeader = header.toString('latin1', 0, 15) === 'SQLite format 3' && pageBytes >= 512;
    const fullBytes = pageBytes * header.readUInt32BE(28);
    const { size } = fstatSync(handle);
    // A damaged header may state any number.
    if (isHeader && fullBytes > size && fullBytes < size * MAX_MISSING) ftruncateSync(handle, fullBytes);
  } finally {
    closeSync(handle);
  }
}

function schemaOf(source: Database.Database): { type: string; name: string; sql: string }[] {
  try {
    const sql =
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    return source.prepare(sql).all() as { type: string; name: string; sql: string }[];
  } catch {
    // Without the schema's own page, the data cannot be interpreted. The caller reports that nothing was copied.
    return [];
  }
}

/** Keeps assigned ids from being reused, even if their rows are lost. */
function keepCounters(source: Database.Database, target: Database.Database): void {
  target.pragma(`user_version = ${source.pragma('user_version', { simple: true })}`);
  let rows: { name: string; seq: number }[];
  try {
    rows = source.prepare('SELECT name, seq FROM sqlite_sequence').all() as typeof rows;
  } catch {
    // If the table is missing or damaged, the highest copied ids apply.
    return;
  }
  for (const { name, seq } of rows) {
    const { changes } = target.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?').run(seq, name);
    if (changes === 0) target.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, seq);
  }
}

/** Copies one table from a damaged file into a sound one. */
class TableCopy {
  readonly #source: Database.Database;
  readonly #target: Database.Database;
  readonly #table: string;
  readonly #columns: readonly string[];
  /** Columns that order the table on disk; all but the last identify a group. */
  readonly #keys: readonly string[];
  readonly #insert: Database.Statement;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #salvaged: Salvaged;
  /** Keys read so far, of any group: a guide for groups with both ends damaged. */
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(source: Database.Database, target: Database.Database, table: string) {
    this.#source = source;
    this.#target = target;
    this.#table = table;
    const columns = target.pragma(`table_info(${quoted(table)})`) as { name: string; pk: number }[];
    this.#columns = columns.map(({ name }) => name);
    const [{ wr }] = target.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').all(table) as { wr: number }[];
    const primary = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    this.#keys = wr === 1 ? primary.map(({ name }) => quoted(name)) : ['rowid'];
    const places = this.#columns.map(() => '?').join(', ');
    this.#insert = target.prepare(
      `INSERT OR IGNORE INTO ${quoted(table)} (${this.#columns.map(quoted).join(', ')}) VALUES (${places})`,
    );
    this.#salvaged = { table, copied: 0, refused: 0, isWhole: true };
  }

  run(): Salvaged {
    this.#target.transaction(() => {
      if (this.#keys.length === 1) this.#copyBetween('', [], null, null, HALVINGS);
      else
        for (const group of this.#groups())
          this.#copyBetween(`${this.#keys[0]} = ? AND`, [group], null, null, HALVINGS);
    })();
    return this.#salvaged;
  }

  /** Values of the first key: those found by seeking from both ends, and integers between and around them. */
  #groups(): Key[] {
    const up = this.#seek('min', '>');
    if (up.isWhole) return up.found;
    this.#salvaged.isWhole = false;
    const down = this.#seek('max', '<');
    const found = [...up.found, ...down.found];
    const most = Math.max(0, ...found.filter((key) => typeof key === 'number'));
    return [...new Set([...found, ...Array.from({ length: most + GUESSED_GROUPS }, (_, i) => i)])];
  }

  #seek(end: 'min' | 'max', compare: '>' | '<'): { found: Key[]; isWhole: boolean } {
    const [first, table] = [this.#keys[0], quoted(this.#table)];
    const found: Key[] = [];
    try {
      for (let at = this.#one(`SELECT ${end}(${first}) FROM ${table}`); at !== null; ) {
        found.push(at);
        at = this.#one(`SELECT ${end}(${first}) FROM ${table} WHERE ${first} ${compare} ?`, at);
      }
      return { found, isWhole: true };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return { found, isWhole: false };
    }
  }

  #one(sql: string, ...values: Key[]): Key {
    return this.#source
      .prepare(sql)
      .pluck()
      .get(...values) as Key;
  }

  #copyBetween(where: string, group: readonly Key[], low: Bound, high: Bound, halvings: number): void {
    const up = this.#copy(where, group, low, high, 'ASC');
    if (up.isWhole) return;
    this.#salvaged.isWhole = false;
    const front = up.last ?? low;
    const down = this.#copy(where, group, front, high, 'DESC');
    if (down.isWhole) return;
    // A guessed group in which no row is found is not searched further.
    const isSeen = up.last !== null || down.last !== null || low !== null || group.length === 0;
    if (halvings === 0 || !isSeen) return;
    for (const [from, to] of this.#partsOf(front, down.last ?? high))
      this.#copyBetween(where, group, from, to, halvings - 1);
  }

  /** Splits a range with both ends damaged. */
  #partsOf(low: Bound, high: Bound): [Bound, Bound][] {
    if (low === null && high === null && this.#keys[0] === 'rowid') return POWERS;
    const from = low?.key ?? this.#lowest;
    const to = high?.key ?? this.#highest;
    if (typeof from !== 'number' || typeof to !== 'number') return [];
    const key = Math.floor((from + to) / 2);
    if (key <= from || key >= to) return [];
    return [
      [{ key: from }, { key }],
      [{ key }, { key: to }],
    ];
  }

  /** Copies the rows from `low` (exclusive) to `high` (inclusive) in one direction, up to the first unreadable one. */
  #copy(where: string, group: readonly Key[], low: Bound, high: Bound, order: 'ASC' | 'DESC') {
    const key = this.#keys[this.#keys.length - 1];
    const bounds = [...(low ? [`${key} > ?`] : []), ...(high ? [`${key} <= ?`] : []), '1'].join(' AND ');
    const values = [...group, ...(low ? [low.key] : []), ...(high ? [high.key] : [])];
    const columns = this.#columns.map(quoted).join(', ');
    const hint = key === 'rowid' ? 'NOT INDEXED' : '';
    const sql = `SELECT ${key}, ${columns} FROM ${quoted(this.#table)} ${hint} WHERE ${where} ${bounds} ORDER BY ${key} ${order}`;
    let last: Bound = null;
    try {
      for (const row of this.#statement(sql).iterate(...values) as Iterable<Key[]>) {
        last = { key: row[0] };
        if (typeof row[0] === 'number') {
          this.#lowest = Math.min(this.#lowest, row[0]);
          this.#highest = Math.max(this.#highest, row[0]);
        }
        this.#keep(row.slice(1));
      }
      return { last, isWhole: true };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return { last, isWhole: false };
    }
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql) ?? this.#source.prepare(sql).raw();
    this.#statements.set(sql, known);
    return known;
  }

  #keep(row: readonly Key[]): void {
    if (row.every(isSound)) {
      try {
        this.#salvaged.copied += this.#insert.run(...row).changes;
        return;
      } catch (error) {
        // Only a value that its column does not allow is the row's fault; other errors, such as a full disk, are
        // rethrown.
        if (!hasCode(error, /^SQLITE_(CONSTRAINT|MISMATCH)/)) throw error;
      }
    }
    this.#salvaged.refused++;
  }
}

/** Whether an error is caused by damaged pages or unreadable disk sectors. */
function isUnreadable(error: unknown): boolean {
  return isDamage(error) || hasCode(error, /^SQLITE_IOERR/);
}

function hasCode(error: unknown, pattern: RegExp): boolean {
  return error instanceof Database.SqliteError && pattern.test(error.code);
}

/** Records are JSON: one that does not parse came from a damaged page. */
function isSound(value: Key): boolean {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return true;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
