import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PostgresError } from './postgresConnection.ts';
import { untilReachable } from './untilReachable.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Starts with the given outcomes in turn, and the log lines meanwhile. */
function startOf(ends: (Error | string)[]) {
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(JSON.parse(line).error) });
  const start = async () => {
    const end = ends.shift();
    if (end instanceof Error) throw end;
    return end;
  };
  const started = untilReachable(start, log);
  return { started, logged };
}
const away = (message: string) => new PostgresError('unreachable', message);

test('a start is retried until PostgreSQL is reachable, and each reason is logged once', async () => {
  const { started, logged } = startOf([away('refused'), away('refused'), away('starting up'), 'started']);
  await vi.advanceTimersByTimeAsync(6000);
  expect(await started).toBe('started');
  expect(logged).toEqual(['refused', 'starting up']);
});

test('any other failure is final', async () => {
  await expect(startOf([new Error('port in use')]).started).rejects.toThrow('port in use');
  await expect(startOf([new PostgresError('42501', 'permission denied')]).started).rejects.toThrow('denied');
});
