import type Database from 'better-sqlite3';
import type { Sql } from './sql.ts';

/** @throws Error naming both versions if the file was written by a newer version of Millwright. */
export function refuseNewer(db: Database.Database, file: string, steps: readonly string[]): void {
  const version = versionOf(db);
  if (version > steps.length)
    throw new Error(
      `${file} has schema version ${version}, and this version of Millwright supports ${steps.length}: start the newer version, or restore a backup`,
    );
}

/**
 * Migrates an SQLite file to the latest schema, in one transaction; PostgreSQL is migrated when it is opened.
 * `user_version` counts the applied steps.
 * @param steps SQL, oldest first; a released step is never changed.
 * @throws Error if the file was written by a newer version of Millwright.
 */
export function migrate(db: Sql, file: string, steps: readonly string[]): void {
  if (db.isShared !== true) migrateFile(db as Database.Database, file, steps);
}

function migrateFile(db: Database.Database, file: string, steps: readonly string[]): void {
  refuseNewer(db, file, steps);
  if (versionOf(db) === steps.length) return;
  // Immediate, so that two threads opening an old file do not both migrate it.
  db.transaction(() => {
    for (const step of steps.slice(versionOf(db))) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}

export function versionOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}
