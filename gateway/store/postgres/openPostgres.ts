import { PostgresDatabase } from './postgresDatabase.ts';
import type { PostgresSettings } from './postgresSettings.ts';
import { POSTGRES_MIGRATIONS } from './schemas.ts';

/** The schema of a database that is a file elsewhere: `millwright_gateway` for `gateway.db`. */
export const schemaOf = (name: string) => `millwright_${name.replace(/\.db$/, '')}`;

/**
 * Opens a database in PostgreSQL and migrates it, in one transaction.
 * @throws PostgresError if the server cannot be reached or refuses; Error if a newer version wrote the schema.
 */
export function openPostgres(settings: PostgresSettings, name: string): PostgresDatabase {
  const schema = schemaOf(name);
  const db = new PostgresDatabase(settings, schema);
  try {
    db.transaction(() => migrate(db, schema, POSTGRES_MIGRATIONS[name]))();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: PostgresDatabase, schema: string, steps: readonly string[]): void {
  const has = db.prepare('SELECT to_regclass(?) IS NOT NULL AS has').get(`${schema}.schema_version`) as { has: number };
  if (has.has === 0)
    db.exec(`CREATE SCHEMA IF NOT EXISTS ${schema}; CREATE TABLE ${schema}.schema_version (version INT NOT NULL);
      INSERT INTO ${schema}.schema_version VALUES (0)`);
  const { version } = db.prepare('SELECT version FROM schema_version').get() as { version: number };
  if (version > steps.length)
    throw new Error(
      `${schema} has schema version ${version}, and this version of Millwright supports ${steps.length}: start the newer version, or restore a backup`,
    );
  if (version === steps.length) return;
  for (const step of steps.slice(version)) db.exec(step);
  db.prepare('UPDATE schema_version SET version = ?').run(steps.length);
}
