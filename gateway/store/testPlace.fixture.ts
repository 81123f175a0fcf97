import { createHash } from 'node:crypto';
import { PostgresDatabase } from './postgres/postgresDatabase.ts';
import type { Place } from './postgres/postgresSettings.ts';

const SERVER = 'MILLWRIGHT_TEST_POSTGRES';
/** Names of the created databases. */
const made = new Set<string>();
/** Creates databases over one connection: a separate one for each would take longer than the rest. */
let maker: PostgresDatabase | null = null;

/** Whether tests of stores run on PostgreSQL; `postgres.e2e.ts` starts a server for them. */
export const isOnPostgres = () => process.env[SERVER] !== undefined;

/** The location of a test's state: the given directory, or a new database. */
export function testPlace(directory: string): Place {
  const server = process.env[SERVER];
  if (server === undefined) return directory;
  const name = `test_${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
  const settings = (database: string) => ({ url: `${server}/${database}`, answerMs: 20_000 });
  if (!made.has(name)) {
    maker ??= new PostgresDatabase(settings('postgres'), 'public');
    maker.exec(`CREATE DATABASE ${name}`);
    made.add(name);
  }
  return settings(name);
}

/** Call it before the test server is stopped. */
export function leaveTestPlaces(): void {
  maker?.close();
  maker = null;
}
