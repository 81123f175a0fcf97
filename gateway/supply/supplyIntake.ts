import type { Logger } from 'pino';
import type { ImportReport } from '#models/contracts/supply.ts';
import type { DateOrder } from '#models/supply/dates.ts';
import { type SupplyTable, supplyTableNames } from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import { importSupply, type Origin } from './importSupply.ts';
import type { SupplyStore } from './supplyStore.ts';

/** The way of every table into the store, from wherever it comes: it is counted, and planning hears of it. */
export class SupplyIntake {
  imported = 0;
  refused = 0;
  readonly #store: SupplyStore;
  readonly #dates: DateOrder | undefined;
  readonly #taken: () => void;
  readonly #log: Logger;

  constructor(store: SupplyStore, dates: DateOrder | undefined, taken: () => void, log: Logger) {
    this.#store = store;
    this.#dates = dates;
    this.#taken = taken;
    this.#log = log;
  }

  /** @throws TableError where it is refused. */
  take(table: string, bytes: Uint8Array, origin: Origin, dates = this.#dates): ImportReport {
    try {
      const report = importSupply(this.#store, tableOfName(table), bytes, origin, { dates });
      this.imported++;
      const { added, changed, unchanged } = report;
      this.#log.info({ table, source: origin.source, added, changed, unchanged }, 'a table was taken');
      if (added + changed > 0) this.#taken();
      return report;
    } catch (error) {
      if (error instanceof TableError) {
        this.refused++;
        this.#log.warn({ table, source: origin.source, error: error.message.slice(0, 500) }, 'a table was refused');
      }
      throw error;
    }
  }

  /** What came over MQTT: its report, or why there is none. */
  takeMessage(table: string, payload: Uint8Array): ImportReport | { table: string; error: string } {
    try {
      return this.take(table, payload, { source: 'mqtt', by: 'mqtt' });
    } catch (error) {
      if (!(error instanceof TableError)) this.#log.error({ error: String(error) }, 'a table could not be kept');
      return { table, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** @throws TableError where there is no such table. */
export function tableOfName(name: string): SupplyTable {
  const table = supplyTableNames.find((t) => t === name);
  if (table) return table;
  throw new TableError(`found ${JSON.stringify(name.slice(0, 40))}; allowed: ${supplyTableNames.join(', ')}`);
}
