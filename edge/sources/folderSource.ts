import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Logger } from 'pino';
import { safeName } from '#models/contracts/names.ts';
import { readSamples } from '../analyze/readSamples.ts';
import type { EdgeConfig } from '../config.ts';
import { checkCompleted, type PointName, type refuse } from './decoded.ts';
import type { FolderFiles, FolderSourceConfig } from './folderConfig.ts';
import type { Arrival, OnceSink, Source } from './source.ts';

/** Folders below the watched one, for files that are durable, or unreadable. */
const ACCEPTED = 'taken';
const REFUSED = 'refused';
/** Names of files that a program is still writing. */
const UNFINISHED = /^\.|^~|\.(part|partial|tmp|temp|crdownload|filepart)$/i;
const AWAY = /\b(ENOENT|EIO|ESTALE|ETIMEDOUT|EHOSTDOWN|EHOSTUNREACH|ENOTCONN|EMFILE|EBUSY)\b/;
const MEGABYTE = 1024 * 1024;
/** Limit per scan; the rest follows at the next. */
const MAX_FILES = 1000;

interface Seen {
  size: number;
  modifiedMs: number;
}

/** A file and the result of its mapping. */
interface Found extends Seen {
  /** Below the folder, with `/` between levels. */
  path: string;
  mapping: FolderFiles;
  name: PointName;
}

/**
 * Reads recordings from a folder, the oldest first: each when it has not changed for a while. Durable ones are moved to
 * `taken`, others to `refused` with the reason in the log. One that is read again after a crash is a duplicate by its
 * time. If the folder vanishes, as network shares do, the source waits for it.
 */
export class FolderSource implements Source {
  state: Source['state'] = 'stopped';
  readonly events = new Map([
    ['files_taken', 0],
    ['files_refused', 0],
  ]);
  readonly #config: FolderSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  /** Sizes and times at the last scan, by path. */
  #seen = new Map<string, Seen>();
  /** Processed files that could not be moved yet, and their destination. */
  readonly #moves = new Map<string, typeof ACCEPTED | typeof REFUSED>();
  #loop: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(config: FolderSourceConfig, limits: EdgeConfig['limits'], now: () => number, log: Logger) {
    this.#config = config;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
  }

  async start(sink: OnceSink): Promise<void> {
    this.state = 'connecting';
    this.#loop = this.#run(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.#wake?.();
    await this.#loop;
  }

  get #stopped(): boolean {
    return this.state === 'stopped';
  }

  async #run(sink: OnceSink): Promise<void> {
    const { directory, intervalMs } = this.#config;
    while (!this.#stopped) {
      try {
        const complete = await this.#look();
        if (this.state === 'connecting') {
          this.state = 'connected';
          this.#log.info({ directory }, 'source connected');
        }
        for (const file of complete) await this.#deal(file, sink);
      } catch (error) {
        if (this.state === 'connected') this.#log.warn({ directory, error: String(error) }, 'the folder is away');
        if (!this.#stopped) this.state = 'connecting';
      }
      await this.#woken((resume) => setTimeout(resume, intervalMs));
    }
  }

  /** Complete files, the oldest first. @throws if the folder cannot be read. */
  async #look(): Promise<Found[]> {
    const { directory, settleMs, files } = this.#config;
    const seen = new Map<string, Seen>();
    const complete: Found[] = [];
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/');
      if (!entry.isFile() || UNFINISHED.test(entry.name) || /^(taken|refused)\//.test(path)) continue;
      const match = matching(path, files);
      if (!match) continue;
      const { size, mtimeMs: modifiedMs } = await stat(join(directory, path));
      seen.set(path, { size, modifiedMs });
      const before = this.#seen.get(path);
      const isSettled = before?.size === size && before.modifiedMs === modifiedMs;
      if (isSettled && Math.abs(this.#now() - modifiedMs) >= settleMs)
        complete.push({ path, size, modifiedMs, ...match });
    }
    this.#seen = seen;
    return complete.sort((a, b) => a.modifiedMs - b.modifiedMs).slice(0, MAX_FILES);
  }

  async #deal(file: Found, sink: OnceSink): Promise<void> {
    if (this.#stopped) return;
    let to = this.#moves.get(file.path);
    if (to === undefined) {
      await this.#woken((resume) => sink.whenReady(resume));
      if (this.#stopped) return;
      const key = `folder/${this.#config.directory}\n${file.path}\n${file.size} ${file.modifiedMs}`;
      // Processed before a crash, but not moved.
      const before = sink.receiptOf(key);
      to = before === null ? await this.#take(file, key, sink) : before === ACCEPTED ? ACCEPTED : REFUSED;
      // Stopped before it is durable: it stays in place and is read again.
      if (this.#stopped) return;
      this.#moves.set(file.path, to);
      const event = to === ACCEPTED ? 'files_taken' : 'files_refused';
      this.events.set(event, (this.events.get(event) ?? 0) + 1);
    }
    await this.#move(file.path, to);
    this.#moves.delete(file.path);
  }

  /** Resolves when the file's data are durable, or the source was stopped. */
  async #take(file: Found, key: string, sink: OnceSink): Promise<typeof ACCEPTED | typeof REFUSED> {
    const arrivals = this.#read(file);
    const to = arrivals.some(({ ok }) => ok) ? ACCEPTED : REFUSED;
    await this.#woken((resume) => sink.acceptOnce(arrivals, { key, answer: to }, resume));
    return to;
  }

  /** Appends the time to the name of a file that already exists. @throws if the move fails. */
  async #move(path: string, to: string): Promise<void> {
    const { directory } = this.#config;
    const target = join(directory, to, path);
    await mkdir(dirname(target), { recursive: true });
    const isThere = await stat(target).then(
      () => true,
      () => false,
    );
    await rename(join(directory, path), isThere ? join(dirname(target), `${this.#now()}-${basename(target)}`) : target);
  }

  #read(file: Found): Arrival[] {
    const { channels } = file.mapping;
    const points = channels === undefined ? [[file.name.point, '0']] : Object.entries(channels);
    return points.map(([point, channel]) => this.#readChannel(file, { asset: file.name.asset, point }, channel));
  }

  #readChannel(file: Found, point: PointName, channel: string): Arrival {
    const { path, modifiedMs, mapping, size } = file;
    const { directory, maxMegabytes, historical } = this.#config;
    const refused = (rejection: Parameters<typeof refuse>[0], why: string): Arrival => {
      this.#log.warn({ path, ...point, rejection, why }, 'a file is refused');
      return { ok: false, rejection, point };
    };
    if (size > maxMegabytes * MEGABYTE) return refused('too_large', `more than maxMegabytes: ${maxMegabytes}`);
    try {
      const read = readSamples(join(directory, path), { format: mapping.format, channel });
      if (read.fullScale && mapping.scale === undefined)
        return refused('wrong_type', 'its numbers are counts: set "scale", the unit in its full scale');
      const rate = read.sampleRateHz ?? mapping.sampleRateHz;
      if (rate === undefined) return refused('bad_rate', 'it does not name its rate: set "sampleRateHz"');
      const samples = Float32Array.from(read.samples, (v) => v * (mapping.scale ?? 1));
      const limits = { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
      // A recorder closes its file after the last sample.
      const decoded = checkCompleted(point, samples, rate, modifiedMs, limits);
      if (!decoded.ok) return refused(decoded.rejection, 'see its samples and its time');
      return historical ? { ok: true, block: { ...decoded.block, historical: true } } : decoded;
    } catch (error) {
      // If its share went away meanwhile, the file is not at fault: it is read again.
      if (AWAY.test(String(error))) throw error;
      return refused('bad_payload', error instanceof Error ? error.message : String(error));
    }
  }

  /** Waits for a wake-up, or for the stop. */
  async #woken(wait: (resume: () => void) => void): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resume) => {
      this.#wake = resume;
      wait(resume);
    });
    this.#wake = null;
  }
}

/** The first mapping that matches a path; null if none does, or a level is not a valid name. */
function matching(path: string, mappings: readonly FolderFiles[]): { mapping: FolderFiles; name: PointName } | null {
  const levels = path.split('/');
  for (const mapping of mappings) {
    const pattern = mapping.path.split('/');
    if (pattern.length !== levels.length || !pattern.every((p, i) => fits(p, levels[i]))) continue;
    const named = (of: string) => {
      const at = pattern.indexOf(of);
      // The last level is a file: its extension is not part of a name.
      return at < 0 ? '' : safeName(at === levels.length - 1 ? levels[at].replace(/\.\w+$/, '') : levels[at]);
    };
    const asset = mapping.asset ?? named('{asset}');
    const point = mapping.point ?? named('{point}');
    return asset === null || point === null ? null : { mapping, name: { asset, point } };
  }
  return null;
}

function fits(pattern: string, level: string): boolean {
  if (pattern === '{asset}' || pattern === '{point}') return true;
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'i').test(level);
}
