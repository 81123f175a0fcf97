import { PostgresError } from './postgresConnection.ts';

/** Runs periodic work, but skips it while PostgreSQL is unreachable. @throws any other error. */
export function unlessAway(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
  }
}
