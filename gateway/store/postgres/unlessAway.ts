import { PostgresError } from './postgresConnection.ts';

/** Does periodic work that is done again soon; while PostgreSQL is away it is left out. @throws any other error. */
export function unlessAway(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
  }
}
