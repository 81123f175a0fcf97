import type { ClientSubscription } from 'node-opcua-client';
import { isSilent, NO_ARRIVALS, stepArrival } from '#models/health/quality/arrivalTiming.ts';

const MIN_MS = 3000;

/**
 * A subscription that is dead sends nothing, not even its keep-alives: where these are missed for `silenceMs`, or nothing
 * changes any more that changed all the time, `again` is called with why.
 */
export function watchSilence(
  subscription: ClientSubscription,
  silenceMs: number,
  now: () => number,
  isConnected: () => boolean,
  again: (why: string) => void,
): NodeJS.Timeout {
  let heardMs = now();
  let changes = NO_ARRIVALS;
  subscription.on('keepalive', () => {
    heardMs = now();
  });
  subscription.on('raw_notification', () => {
    heardMs = now();
    changes = stepArrival(changes, heardMs);
  });
  const mostMs = Math.max(MIN_MS, silenceMs);
  return setInterval(() => {
    if (!isConnected()) return;
    if (now() - heardMs > mostMs) again('the subscription fell silent');
    // Alive, but its sampling may be dead. Once: a machine may as well stand still.
    else if (isSilent(changes, now())) again('nothing changes any more');
  }, mostMs / 3);
}
