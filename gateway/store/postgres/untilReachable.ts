import type { Logger } from 'pino';
import { PostgresError } from './postgresConnection.ts';

const AGAIN_MS = 2000;

/**
 * Retries `start` until PostgreSQL is reachable; logs each reason for a failure once.
 * @throws any other error of `start`.
 */
export async function untilReachable<T>(start: () => Promise<T>, log: Logger): Promise<T> {
  for (let reason = ''; ; ) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PostgresError) || error.code !== 'unreachable') throw error;
      if (error.message !== reason) log.error({ error: error.message }, 'the gateway waits for PostgreSQL');
      reason = error.message;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
