import type { ClientSubscription } from 'node-opcua-client';
import { isSilent, NO_ARRIVALS, stepArrival } from '#models/health/quality/arrivalTiming.ts';

const MIN_MS = 3000;

/**
 * Detects a dead subscription: if keep-alives are missing for `silenceMs`, or values that always changed no longer do,
 * `again` is called with the reason.
 */
export function watchSilence(
  subscription: ClientSubscription,
  silenceMs: number,
  now: () => number,
  isConnected: () => boolean,
  again: (why: string) => void,
): NodeJS.Timeout {
  let lastSeenMs = now();
  let changes = NO_ARRIVALS;
  subscription.on('keepalive', () => {
    lastSeenMs = now();
  });
  subscription.on('raw_notification', () => {
    lastSeenMs = now();
    changes = stepArrival(changes, lastSeenMs);
  });
  const mostMs = Math.max(MIN_MS, silenceMs);
  return setInterval(() => {
    if (!isConnected()) return;
    if (now() - lastSeenMs > mostMs) again('the subscription fell silent');
    // Alive, but its sampling may be dead. Only once: the machine may be at standstill.
    else if (isSilent(changes, now())) again('nothing changes any more');
  }, mostMs / 3);
}
