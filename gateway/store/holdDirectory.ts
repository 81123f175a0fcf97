import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makePrivateDirectory, makePrivateFile } from './openDatabase.ts';

/**
 * Locks a data directory for one gateway, because two would overwrite each other's state. The operating system releases
 * the lock when the process ends, however it ends.
 * @returns the release function.
 * @throws Error if another process holds the lock.
 */
export function holdDirectory(directory: string): () => void {
  makePrivateDirectory(directory);
  const file = join(directory, 'gateway.lock');
  makePrivateFile(file);
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new Error(`${directory} is in use by a running gateway: stop it first, or set another dataDirectory`);
    throw error;
  }
  return () => lock.close();
}
