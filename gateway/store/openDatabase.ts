import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { refuseNewer } from './migrate.ts';

const STICKY = 0o1000;
const OTHERS = 0o077;

/**
 * Opens a gateway database: private to its user, durable at each commit, with a schema no newer than `steps`. The file
 * must be sound; `mendDatabases` ensures this before the first one is opened.
 * @param steps the migrations that this version knows.
 * @param busyMs how long to wait for another connection's write.
 * @throws Error if the file was written by a newer version or cannot be opened.
 */
export function openDatabase(
  directory: string,
  name: string,
  steps: readonly string[],
  busyMs = 5000,
): Database.Database {
  makePrivateDirectory(directory);
  const file = join(directory, name);
  makePrivateFile(file);
  const db = new Database(file, { timeout: busyMs });
  try {
    refuseNewer(db, name, steps);
    db.pragma('journal_mode = WAL');
    // Acknowledged data must survive a power failure.
    db.pragma('synchronous = FULL');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Creates a directory that only its owner may access. A shared one (such as /tmp) keeps its mode. */
export function makePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(directory);
  const isShared = (mode & STICKY) !== 0 || resolve(directory) === process.cwd();
  if (!isShared && (mode & OTHERS) !== 0 && uid === process.getuid?.()) chmodSync(directory, 0o700);
}

/** Creates a file that only its owner may access; SQLite gives its companions (-wal, -shm) the same mode. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  const { mode, uid } = statSync(file);
  if ((mode & OTHERS) !== 0 && uid === process.getuid?.()) chmodSync(file, 0o600);
}

/** Whether an error means that a database file is damaged, so that no retry will help. */
export function isDamage(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}
