import type { ImportReport } from '#models/contracts/supply.ts';
import { keyOf } from '#models/supply/normaliseRows.ts';
import type { ReadSupply } from '#models/supply/readSupply.ts';
import { replacedRows } from '#models/supply/replacedRows.ts';
import {
  noSupply,
  type Supply,
  type SupplyRow,
  type SupplyTable,
  supplyTableNames,
} from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import { migrate } from '../store/migrate.ts';
import { openState } from '../store/openState.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Sql } from '../store/sql.ts';

/** Schema migrations; released ones are never changed. */
export const SUPPLY_MIGRATIONS = [
  `
  CREATE TABLE IF NOT EXISTS supply (kind TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS imports (id INTEGER PRIMARY KEY AUTOINCREMENT, report TEXT NOT NULL) STRICT;`,
];
/** Number of reports kept. */
const KEPT_IMPORTS = 500;

/** How long a thread waits for another thread's write: a large table takes some seconds. */
export const THREAD_BUSY_MS = 60_000;

/** Planners' tables in one SQLite file, `supply.db`, with rows by key: importing the same rows again is idempotent. */
export class SupplyStore {
  readonly #db: Sql;
  readonly #mostRows: number;
  readonly #now: () => number;

  /**
   * @param mostRows limit on the rows of all tables; further rows are refused.
   * @param busyMs how long to wait for another thread's write before throwing.
   */
  constructor(place: Place, mostRows: number, now: () => number, busyMs = 250) {
    this.#db = openState(place, 'supply.db', SUPPLY_MIGRATIONS, busyMs);
    migrate(this.#db, 'supply.db', SUPPLY_MIGRATIONS);
    this.#mostRows = mostRows;
    this.#now = now;
  }

  /**
   * Imports all rows of a table in one transaction, or none.
   * @throws TableError if there would be too many rows.
   */
  take<T extends SupplyTable>(table: T, { rows, notes }: ReadSupply<T>, source: string, by: string): ImportReport {
    return this.#db.transaction(() => {
      const counts = { added: 0, changed: 0, unchanged: 0, older: 0 };
      const today = new Date(this.#now()).toISOString().slice(0, 10);
      const known = this.#db.prepare('SELECT row FROM supply WHERE kind = ? AND key = ?').pluck();
      const put = this.#db.prepare('INSERT OR REPLACE INTO supply (kind, key, row) VALUES (?, ?, ?)');
      const units = new Map<string, string | undefined>();
      const unitOf = (item: string) => {
        if (!units.has(item))
          units.set(item, JSON.parse((known.get('items', item) as string | undefined) ?? '{}').unit);
        return units.get(item);
      };
      const own = rows.map((given) => (table === 'demand' ? withoutOwnUnit(given, unitOf) : given));
      const replaced = table === 'demand' ? this.#replace(own as SupplyRow<'demand'>[]) : 0;
      for (const row of own) {
        const key = keyOf(table, row);
        const text = JSON.stringify(row);
        const before = known.get(table, key) as string | undefined;
        if (before === text) counts.unchanged++;
        else if (before !== undefined && isOlder(table, row, JSON.parse(before), today)) counts.older++;
        else {
          counts[before === undefined ? 'added' : 'changed']++;
          put.run(table, key, text);
        }
      }
      if (counts.added > 0 && this.rows() > this.#mostRows)
        throw new TableError(`more than ${this.#mostRows} rows of all tables together: raise limits.maxSupplyRows`);
      const note =
        replaced === 0 ? [] : [`${replaced} rows of an earlier import are replaced: the same demand with more columns`];
      const report = { atMs: this.#now(), by, source, table, rows: rows.length, ...counts, notes: [...notes, ...note] };
      this.#db.prepare('INSERT INTO imports (report) VALUES (?)').run(JSON.stringify(report));
      this.#db.prepare('DELETE FROM imports WHERE id <= (SELECT max(id) FROM imports) - ?').run(KEPT_IMPORTS);
      return report;
    })();
  }

  /** Deletes stored demand that is imported once more with more columns; how many rows. */
  #replace(rows: readonly SupplyRow<'demand'>[]): number {
    const keys = new Set(rows.map((row) => keyOf('demand', row)));
    const known = this.#db.prepare("SELECT 1 FROM supply WHERE kind = 'demand' AND key = ?").pluck();
    // Keys begin with the item and a tab, which a line end follows.
    const ofItem = this.#db.prepare("SELECT row FROM supply WHERE kind = 'demand' AND key >= ? AND key < ?").pluck();
    const remove = this.#db.prepare("DELETE FROM supply WHERE kind = 'demand' AND key = ?");
    const added = rows.filter((row) => known.get(keyOf('demand', row)) === undefined);
    const replaced = replacedRows(added, (item) =>
      (ofItem.all(`${item}\t`, `${item}\n`) as string[])
        .map((text) => JSON.parse(text) as SupplyRow<'demand'>)
        .filter((row) => !keys.has(keyOf('demand', row))),
    );
    for (const row of replaced) remove.run(keyOf('demand', row));
    return replaced.length;
  }

  rows(): number {
    return this.#db.prepare('SELECT count(*) FROM supply').pluck().get() as number;
  }

  counts(): Record<SupplyTable, number> {
    const rows = this.#db.prepare('SELECT kind, count(*) AS n FROM supply GROUP BY kind').all() as {
      kind: SupplyTable;
      n: number;
    }[];
    const none = Object.fromEntries(supplyTableNames.map((name) => [name, 0])) as Record<SupplyTable, number>;
    return Object.assign(none, Object.fromEntries(rows.map(({ kind, n }) => [kind, n])));
  }

  table<T extends SupplyTable>(table: T): SupplyRow<T>[] {
    const rows = this.#db.prepare('SELECT row FROM supply WHERE kind = ? ORDER BY key').pluck().all(table) as string[];
    return rows.map((row) => JSON.parse(row));
  }

  all(): Supply {
    return Object.assign(noSupply(), Object.fromEntries(supplyTableNames.map((name) => [name, this.table(name)])));
  }

  /** Newest first. */
  imports(): ImportReport[] {
    const rows = this.#db.prepare('SELECT report FROM imports ORDER BY id DESC').pluck().all() as string[];
    return rows.map((row) => JSON.parse(row));
  }

  close(): void {
    this.#db.close();
  }
}

/**
 * An inventory count older than the known one; a count dated in the future is an error and does not block later ones.
 */
function isOlder(table: SupplyTable, row: object, known: { date?: string }, today: string): boolean {
  const { date } = row as { date?: string };
  if (table !== 'stock' || date === undefined || known.date === undefined) return false;
  return known.date <= today && date < known.date;
}

/** A row that names its item's counting unit is equivalent to a row without a unit. */
function withoutOwnUnit<R extends object>(row: R, unitOf: (item: string) => string | undefined): R {
  const { item, unit, ...rest } = row as { item: string; unit?: string };
  if (unit === undefined || unitOf(item)?.toLowerCase() !== unit.toLowerCase()) return row;
  return { item, ...rest } as R;
}
