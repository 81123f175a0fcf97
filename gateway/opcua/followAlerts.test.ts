import { pino } from 'pino';
import { expect, test } from 'vitest';
import { followAlerts } from './followAlerts.ts';
import type { GatewaySession } from './gatewaySession.ts';

test('all alerts are read again when the gateway could not send all events', { tags: 'slow' }, async () => {
  const stop = new AbortController();
  const request = async (path: string) =>
    path === '/api/v1/events' ? new Response('data: {"type":"reload"}\n\n') : Response.json([]);
  let reads = 0;
  const listener = {
    all: () => void reads++,
    changed: () => undefined,
    // The stream has ended.
    lost: () => stop.abort(),
  };
  await followAlerts({ request } as unknown as GatewaySession, listener, pino({ level: 'silent' }), stop.signal);
  expect(reads).toBe(2);
});
