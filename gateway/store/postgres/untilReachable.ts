import type { Logger } from 'pino';
import { PostgresError } from './postgresConnection.ts';

const AGAIN_MS = 2000;

/**
 * Starts what needs PostgreSQL as soon as it can be reached; each reason why it cannot is logged once.
 * @throws what `start` throws for another reason.
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
