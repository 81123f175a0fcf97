import type Database from 'better-sqlite3';

/**
 * Brings a database to the newest schema, in one transaction. `user_version` counts the steps that were taken.
 * @param steps SQL, oldest first; a step that has landed is never changed.
 * @throws Error where a newer version of Millwright has written the file.
 */
export function migrate(db: Database.Database, file: string, steps: readonly string[]): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > steps.length)
    throw new Error(
      `${file} has schema version ${version}, and this version of Millwright knows ${steps.length}: start the newer one, or restore a backup`,
    );
  if (version === steps.length) return;
  db.transaction(() => {
    for (const step of steps.slice(version)) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  })();
}
