import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { isDamage, makePrivateDirectory } from './openDatabase.ts';
import { type Salvaged, salvage } from './salvage.ts';

/** An incident of a database file, recorded while the file that was set aside remains in the directory. */
export interface StorageIncident {
  database: string;
  kind: 'damaged' | 'emptied';
  /** The file as found, set aside under a new name. */
  file: string;
  atMs: number;
  /** Salvaged rows, by table. */
  salvaged: Salvaged[];
}

const REPORT = /^.+\.db\.(damaged|emptied)-\d+\.json$/;
/** Lists databases that have held data: one that is empty now has lost it. */
const KNOWN = 'databases.json';
/** Written after a failed read: the next start checks every file in full, whatever its size. */
const SUSPECT = 'check-databases';
/** Larger files are checked in full only after a failed read, so that the check does not delay every start. */
const CHECK_AT_START_BYTES = 128 * 1024 * 1024;

/**
 * Makes every database usable before any is opened: a damaged one is set aside and its readable rows are copied into a
 * new one; one that is unexpectedly empty is recorded as an incident.
 * @returns new incidents; `storageIncidents` includes earlier ones.
 * @throws if a file is unreadable for another reason (permissions, disk).
 */
export function mendDatabases(directory: string, names: readonly string[], nowMs: number): StorageIncident[] {
  makePrivateDirectory(directory);
  const isSuspect = existsSync(join(directory, SUSPECT));
  const known = readKnown(directory);
  const found = names.flatMap((name) => {
    const file = join(directory, name);
    rmSync(`${file}.salvage`, { force: true });
    const state = stateOf(file, isSuspect);
    if (state === 'damaged') return [mend(file, nowMs)];
    if (state === 'empty' && known.includes(name)) return [recordEmptied(file, nowMs)];
    return [];
  });
  rmSync(join(directory, SUSPECT), { force: true });
  return found;
}

/** Records which databases contain data, so that an empty one is noticed at a later start. */
export function rememberDatabases(directory: string, names: readonly string[]): void {
  const present = names.filter((name) => existsSync(join(directory, name)));
  const all = [...new Set([...readKnown(directory), ...present])].toSorted();
  writeFileSync(join(directory, KNOWN), JSON.stringify(all), { mode: 0o600 });
}

/** Makes the next start check every file in full. */
export function requestFullCheck(directory: string): void {
  writeFileSync(join(directory, SUSPECT), '', { mode: 0o600 });
}

/** Incidents whose files are still in the directory, oldest first. */
export function storageIncidents(directory: string): StorageIncident[] {
  return readdirSync(directory)
    .filter((name) => REPORT.test(name) && existsSync(join(directory, name.replace(/\.json$/, ''))))
    .map((name): StorageIncident => JSON.parse(readFileSync(join(directory, name), 'utf8')))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Describes an incident, with its remedy. */
export function incidentText({ database, kind, file, salvaged, atMs }: StorageIncident): string {
  const rows = salvaged.reduce((sum, { copied }) => sum + copied, 0);
  const remedy = `restore a backup if the missing data matter; then move ${file} away to clear this warning`;
  const at = new Date(atMs).toISOString();
  if (kind === 'emptied') return `${database} was found empty at ${at} and recreated: ${remedy}`;
  const broken = salvaged.filter((t) => !t.isWhole || t.refused > 0).map(({ table }) => table);
  const lost =
    salvaged.length === 0
      ? 'nothing was readable'
      : `${rows} rows were saved; ${broken.length === 0 ? 'no table lost any' : `rows are missing from ${broken.join(', ')}`}`;
  return `${database} was damaged at ${at} and set aside as ${file}: ${lost}; check the disk, ${remedy}`;
}

/** Whether every page of a database is readable. Reads the entire file. @throws if it cannot be opened. */
export function isSoundDatabase(file: string): boolean {
  const db = new Database(file, { fileMustExist: true, timeout: 60_000 });
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  } finally {
    db.close();
  }
}

function stateOf(file: string, isSuspect: boolean): 'sound' | 'empty' | 'damaged' {
  if (!existsSync(file) || (statSync(file).size === 0 && !existsSync(`${file}-wal`))) return 'empty';
  const db = new Database(file);
  try {
    const tables = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
    if (tables === 0) return 'empty';
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  } finally {
    db.close();
  }
  const isChecked = isSuspect || statSync(file).size <= CHECK_AT_START_BYTES;
  return !isChecked || isSoundDatabase(file) ? 'sound' : 'damaged';
}

function mend(file: string, nowMs: number): StorageIncident {
  const setAsideFile = setAside(file, 'damaged', nowMs);
  const fresh = `${file}.salvage`;
  const salvaged = salvageOrNothing(setAsideFile, fresh);
  if (salvaged.length > 0) renameSync(fresh, file);
  else rmSync(fresh, { force: true });
  return report(file, 'damaged', setAsideFile, salvaged, nowMs);
}

function salvageOrNothing(setAsideFile: string, fresh: string): Salvaged[] {
  try {
    return salvage(setAsideFile, fresh);
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

function recordEmptied(file: string, nowMs: number): StorageIncident {
  const setAsideFile = setAside(file, 'emptied', nowMs);
  return report(file, 'emptied', setAsideFile, [], nowMs);
}

/** Sets a database and its companion files aside; if it does not exist, an empty file represents it. */
function setAside(file: string, kind: StorageIncident['kind'], nowMs: number): string {
  const setAsideFile = `${file}.${kind}-${nowMs}`;
  for (const companion of ['-wal', '-shm'])
    if (existsSync(file + companion)) renameSync(file + companion, setAsideFile + companion);
  if (existsSync(file)) renameSync(file, setAsideFile);
  else writeFileSync(setAsideFile, '', { mode: 0o600 });
  return setAsideFile;
}

function report(
  file: string,
  kind: StorageIncident['kind'],
  setAsideFile: string,
  salvaged: Salvaged[],
  atMs: number,
): StorageIncident {
  const incident: StorageIncident = { database: basename(file), kind, file: basename(setAsideFile), atMs, salvaged };
  writeFileSync(`${setAsideFile}.json`, JSON.stringify(incident), { mode: 0o600 });
  return incident;
}

function readKnown(directory: string): string[] {
  const file = join(directory, KNOWN);
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // If this list is damaged too, every database in the directory counts as having held data.
    return readdirSync(directory).filter((name) => name.endsWith('.db'));
  }
}
