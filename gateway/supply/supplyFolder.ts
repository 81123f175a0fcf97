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
/** What programs call a file that they have not finished. */
const UNFINISHED = /(^~|\.(part|partial|filepart|tmp|temp|crdownload|swp|lock)$|~$)/i;

/**
 * A folder whose files are taken as they come: `demand*.csv`, `items*.csv` and so on; `demand*.map.yaml` says what the columns of such files mean. A file is read when it no longer
 * grows; then it lies in `imported`, or in `refused` beside a text that says why. Polled, not notified:
 * network shares send no notifications.
 */
export class SupplyFolder {
  /** Why the folder could not be looked into; null while it can. */
  failure: string | null = null;
  readonly #folder: string;
  readonly #intake: SupplyIntake;
  readonly #log: Logger;
  readonly #sizes = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #failed: string | null = null;
  readonly #taken = new Map<string, string>();

  constructor(folder: string, intake: SupplyIntake, log: Logger, pollMs = POLL_MS) {
    this.#folder = folder;
    this.#intake = intake;
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), pollMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes what has settled since the last look; at once where it is already at it. */
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

  /** Files that are as they were at the last look. */
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
      // One that could not be moved away is not taken again and again.
      return before.get(name) === seen && this.#taken.get(name) !== seen ? [name] : [];
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
      this.#taken.set(name, this.#sizes.get(name) ?? '');
      this.#moveTo('imported', name, null);
    } catch (error) {
      if (error instanceof TableError && this.#setAside(name, error.message)) return;
      // Others need not wait for one that cannot be read, or moved, now.
      this.#fail(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The map that lies in the folder and fits; most folders have none. */
  #mapOf(table: SupplyTable, bytes: Uint8Array): SupplyMap | undefined {
    if (!readdirSync(this.#folder).some(isMapFile)) return undefined;
    return mapBeside(this.#folder, table, tableOf(bytes))?.map;
  }

  /** Whether a file that is refused could be moved away; where it could not, it is not refused again and again. */
  #setAside(name: string, why: string): boolean {
    try {
      this.#moveTo('refused', name, why);
      return true;
    } catch (error) {
      this.#taken.set(name, this.#sizes.get(name) ?? '');
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
    this.#taken.delete(name);
  }
}

/** What came before under the same name stays: `demand.csv`, then `demand.2.csv`. */
function freeName(folder: string, name: string): string {
  const { name: stem, ext } = parse(name);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem}.${n}${ext}`;
    if (!existsSync(join(folder, free))) return free;
  }
}

/** @throws TableError of a file that cannot be one. */
function tableOfFile(file: string, name: string): SupplyTable {
  const found = lstatSync(file);
  if (found.isSymbolicLink()) throw new TableError('a link to a file: put the file itself here');
  if (found.size > MAX_BYTES) throw new TableError(`larger than ${MAX_BYTES} bytes`);
  return tableNameOf(name);
}

/** Which table a file holds, by the beginning of its name. @throws TableError where it says none. */
export function tableNameOf(file: string): SupplyTable {
  const name = supplyTableNames.find((table) => new RegExp(`^${table}([^a-z].*)?$`, 'i').test(file));
  if (name) return name;
  throw new TableError(`a file's name begins with its table: ${supplyTableNames.join(', ')}, as in demand-2026-01.csv`);
}
