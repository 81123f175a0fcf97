import type { Logger } from 'pino';
import type { ImportReport } from '#models/contracts/supply.ts';
import type { DateOrder } from '#models/supply/dates.ts';
import type { ReadOptions } from '#models/supply/readSupply.ts';
import { type SupplyTable, supplyTableNames } from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import { isWorkbook } from '#models/tables/parseWorkbook.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Run } from '../thread/runInThread.ts';
import { type CheckedTable, importSupply, type Origin } from './importSupply.ts';
import type { SupplyStore } from './supplyStore.ts';

/** Tables larger than this are read in a worker thread. */
const THREAD_BYTES = 256 * 1024;

export interface IntakeParts {
  place: Place;
  mostRows: number;
  store: SupplyStore;
  /** Order of day and month in ambiguous tables. */
  dates: DateOrder | undefined;
  now: () => number;
  run: Run;
  /** Called after each table that changed the store. */
  taken: () => void;
}

/** The single path of every table into the store: it counts imports and triggers planning. */
export class SupplyIntake {
  imported = 0;
  refused = 0;
  readonly #parts: IntakeParts;
  readonly #log: Logger;
  readonly #abort = new AbortController();

  constructor(parts: IntakeParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
  }

  /** Rejects with TableError if the table is refused. */
  async take(name: string, bytes: Uint8Array, origin: Origin, given: ReadOptions = {}): Promise<ImportReport> {
    const options = { ...given, dates: given.dates ?? this.#parts.dates };
    const { place, mostRows, run, now } = this.#parts;
    // A small workbook may unpack to a large one.
    if (bytes.length <= THREAD_BYTES && !isWorkbook(bytes))
      return this.#counted(name, origin, () => this.#takeHere(name, bytes, origin, options));
    try {
      const table = tableOfName(name);
      const task = { kind: 'import', place, mostRows, table, bytes, origin, options, atMs: now() } as const;
      return this.#welcome(await run(task, this.#abort.signal));
    } catch (error) {
      throw this.#turnedAway(name, origin, error);
    }
  }

  /** Parses a table without storing it. Rejects with TableError if it would be refused. */
  check(table: SupplyTable, bytes: Uint8Array, options: ReadOptions): Promise<CheckedTable> {
    return this.#parts.run({ kind: 'check', table, bytes, options }, this.#abort.signal);
  }

  /** Runs the initial check of a source, counting a refusal like that of a table. @throws what `see` throws. */
  look<T>(origin: Origin, see: () => T): T {
    try {
      return see();
    } catch (error) {
      throw this.#turnedAway('unknown', origin, error);
    }
  }

  /**
   * The report of a table received over MQTT, or the reason if it can never be imported.
   * @throws if the table cannot be stored now; the message must not be acknowledged.
   */
  async takeMessage(name: string, bytes: Uint8Array): Promise<ImportReport | { table: string; error: string }> {
    try {
      return await this.take(name, bytes, { source: 'mqtt', by: 'mqtt' });
    } catch (error) {
      if (error instanceof TableError) return { table: name, error: error.message };
      throw error;
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  #takeHere(name: string, bytes: Uint8Array, origin: Origin, options: ReadOptions): ImportReport {
    return importSupply(this.#parts.store, tableOfName(name), bytes, origin, options);
  }

  #counted(name: string, origin: Origin, take: () => ImportReport): ImportReport {
    try {
      return this.#welcome(take());
    } catch (error) {
      throw this.#turnedAway(name, origin, error);
    }
  }

  #welcome(report: ImportReport): ImportReport {
    this.imported++;
    const { table, source, added, changed, unchanged } = report;
    this.#log.info({ table, source, added, changed, unchanged }, 'a table was imported');
    if (added + changed > 0) this.#parts.taken();
    return report;
  }

  #turnedAway(table: string, { source }: Origin, error: unknown): unknown {
    if (error instanceof TableError) {
      this.refused++;
      this.#log.warn({ table, source, error: error.message.slice(0, 500) }, 'a table was refused');
    }
    return error;
  }
}

/** @throws TableError if the table does not exist. */
export function tableOfName(name: string): SupplyTable {
  const table = supplyTableNames.find((t) => t === name);
  if (table) return table;
  throw new TableError(`found ${JSON.stringify(name.slice(0, 40))}; allowed: ${supplyTableNames.join(', ')}`);
}
