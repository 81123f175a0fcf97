import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { Logger } from 'pino';
import type { SupplyMap } from '#models/supply/supplyMap.ts';
import { type SupplyTable, supplyTableNames } from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import { tableOf } from './importSupply.ts';
import { isMapFile, mapBeside } from './mapFiles.ts';
import type { SupplyIntake } from './supplyIntake.ts';

const POLL_MS = 2000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Suffixes that programs give to unfinished files. */
const UNFINISHED = /(^~|\.(part|partial|filepart|tmp|temp|crdownload|swp|lock)$|~$)/i;

/**
 * A folder whose files are imported as they arrive: `demand*.csv`, `items*.csv` and so on; `demand*.map.yaml` maps the
 * columns of such files. A file is read once it stops growing, then moved to `imported`, or to `refused` beside a text
 * with the reason. The folder is polled, because network shares send no notifications.
 */
export class SupplyFolder {
  /** Why the folder cannot be read; null while it can. */
  failure: string | null = null;
  readonly #folder: string;
  readonly #intake: SupplyIntake;
  readonly #log: Logger;
  readonly #sizes = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #failed: string | null = null;
  readonly #imported = new Map<string, string>();

  constructor(folder: string, intake: SupplyIntake, log: Logger, pollMs = POLL_MS) {
    this.#folder = folder;
    this.#intake = intake;
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), pollMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Imports files that have settled since the last scan; returns at once if a scan is running. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      mkdirSync(this.#folder, { recursive: true });
      const settled = this.#settled();
      this.#failed = null;
      for (const name of settled) await this.#take(name);
      this.failure = this.#failed;
    } catch (error) {
      this.#fail(String(error));
      this.failure = this.#failed;
    } finally {
      this.#looking = false;
    }
  }

  /** Files unchanged since the last scan. */
  #settled(): string[] {
    const files = readdirSync(this.#folder, { withFileTypes: true }).filter(
      (f) =>
        (f.isFile() || f.isSymbolicLink()) && !f.name.startsWith('.') && !UNFINISHED.test(f.name) && !isMapFile(f.name),
    );
    const before = new Map(this.#sizes);
    this.#sizes.clear();
    return files.flatMap(({ name }) => {
      const { size, mtimeMs } = lstatSync(join(this.#folder, name));
      const seen = `${size}/${mtimeMs}`;
      this.#sizes.set(name, seen);
      // A file that could not be moved away is not imported repeatedly.
      return before.get(name) === seen && this.#imported.get(name) !== seen ? [name] : [];
    });
  }

  async #take(name: string): Promise<void> {
    const file = join(this.#folder, name);
    try {
      const origin = { source: name, by: 'folder' };
      const table = this.#intake.look(origin, () => tableOfFile(file, name));
      const bytes = readFileSync(file);
      const map = this.#intake.look(origin, () => this.#mapOf(table, bytes));
      await this.#intake.take(table, bytes, origin, { map });
      this.#imported.set(name, this.#sizes.get(name) ?? '');
      this.#moveTo('imported', name, null);
    } catch (error) {
      if (error instanceof TableError && this.#setAside(name, error.message)) return;
      // A file that cannot be read or moved now must not block others.
      this.#fail(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The matching map in the folder; most folders have none. */
  #mapOf(table: SupplyTable, bytes: Uint8Array): SupplyMap | undefined {
    if (!readdirSync(this.#folder).some(isMapFile)) return undefined;
    return mapBeside(this.#folder, table, tableOf(bytes))?.map;
  }

  /** Whether a refused file could be moved away; if not, it is not refused repeatedly. */
  #setAside(name: string, why: string): boolean {
    try {
      this.#moveTo('refused', name, why);
      return true;
    } catch (error) {
      this.#imported.set(name, this.#sizes.get(name) ?? '');
      this.#log.error({ file: name, error: String(error) }, 'a refused table could not be moved away');
      return false;
    }
  }

  #fail(why: string): void {
    if (this.failure === null) this.#log.error({ error: why }, 'the folder of supply tables cannot be read');
    this.#failed = why;
  }

  #moveTo(place: 'imported' | 'refused', name: string, why: string | null): void {
    const folder = join(this.#folder, place);
    mkdirSync(folder, { recursive: true });
    const kept = freeName(folder, name);
    renameSync(join(this.#folder, name), join(folder, kept));
    if (why !== null) writeFileSync(join(folder, `${kept}.why.txt`), `${why}\n`);
    this.#sizes.delete(name);
    this.#imported.delete(name);
  }
}

/** Keeps earlier files of the same name: `demand.csv`, then `demand.2.csv`. */
function freeName(folder: string, name: string): string {
  const { name: stem, ext } = parse(name);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem}.${n}${ext}`;
    if (!existsSync(join(folder, free))) return free;
  }
}

/** @throws TableError if the file cannot be a table. */
function tableOfFile(file: string, name: string): SupplyTable {
  const found = lstatSync(file);
  if (found.isSymbolicLink()) throw new TableError('a link to a file: put the file itself here');
  if (found.size > MAX_BYTES) throw new TableError(`larger than ${MAX_BYTES} bytes`);
  return tableNameOf(name);
}

/** The table that a file contains, by the beginning of its name. @throws TableError if the name gives none. */
export function tableNameOf(file: string): SupplyTable {
  const name = supplyTableNames.find((table) => new RegExp(`^${table}([^a-z].*)?$`, 'i').test(file));
  if (name) return name;
  throw new TableError(
    `a file name must begin with its table: ${supplyTableNames.join(', ')}, as in demand-2026-01.csv`,
  );
}
