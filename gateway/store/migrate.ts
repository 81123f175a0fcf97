import type Database from 'better-sqlite3';

/** @throws Error where a newer version of Millwright has written the file; names both versions. */
export function refuseNewer(db: Database.Database, file: string, steps: readonly string[]): void {
  const version = versionOf(db);
  if (version > steps.length)
    throw new Error(
      `${file} has schema version ${version}, and this version of Millwright knows ${steps.length}: start the newer one, or restore a backup`,
    );
}

/**
 * Brings a database to the newest schema, in one transaction. `user_version` counts the steps that were taken.
 * @param steps SQL, oldest first; a step that has landed is never changed.
 * @throws Error where a newer version of Millwright has written the file.
 */
export function migrate(db: Database.Database, file: string, steps: readonly string[]): void {
  refuseNewer(db, file, steps);
  if (versionOf(db) === steps.length) return;
  // Immediate: two threads that open a file of before must not both migrate it.
  db.transaction(() => {
    for (const step of steps.slice(versionOf(db))) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}

export function versionOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}
