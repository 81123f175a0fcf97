import { openDatabase } from './openDatabase.ts';
import { openPostgres } from './postgres/openPostgres.ts';
import type { Place } from './postgres/postgresSettings.ts';
import type { Sql } from './sql.ts';

/**
 * Opens a database of a gateway, in a file or in PostgreSQL.
 * @param steps the migrations of an SQLite file.
 * @param busyMs how long to wait for another connection's write to a file.
 * @throws Error if a newer version wrote it or it cannot be opened.
 */
export function openState(place: Place, name: string, steps: readonly string[], busyMs?: number): Sql {
  return typeof place === 'string' ? openDatabase(place, name, steps, busyMs) : openPostgres(place, name);
}
