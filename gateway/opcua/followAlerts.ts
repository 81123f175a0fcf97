import type { Logger } from 'pino';
import { type AlertRecord, alertRecordSchema } from '#models/contracts/alert.ts';
import { eventReader } from '#models/contracts/eventStream.ts';
import type { GatewaySession } from './gatewaySession.ts';

const RECONNECT_MS = 2000;
/** The gateway sends a keep-alive every 15 seconds. */
const SILENCE_MS = 40_000;
const PAGE = 1000;

export interface AlertListener {
  /** Called with all active alerts after each connection. */
  all(alerts: readonly AlertRecord[]): void;
  changed(alert: AlertRecord): void;
  /** Called when the gateway is unreachable: the state of alerts is unknown until `all`. */
  lost(): void;
}

/** Follows the alerts of a gateway until stopped; reloads all of them after each reconnection. */
export async function followAlerts(
  gateway: GatewaySession,
  listener: AlertListener,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  let isLost = false;
  while (!stop.aborted) {
    try {
      await follow(gateway, listener, stop, () => {
        if (isLost) log.info('the gateway is reachable again');
        isLost = false;
      });
    } catch (error) {
      if (stop.aborted) return;
      if (!isLost)
        log.error({ error: String(error) }, "the gateway's alerts cannot be read: clients see their state as unknown");
    }
    isLost = true;
    listener.lost();
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

/** Existing alerts are requested once the stream is open, so that none falls between the two. */
async function follow(
  gateway: GatewaySession,
  listener: AlertListener,
  stop: AbortSignal,
  connected: () => void,
): Promise<void> {
  const watchdog = new AbortController();
  let timer = setTimeout(() => watchdog.abort(), SILENCE_MS);
  const signal = AbortSignal.any([stop, watchdog.signal]);
  try {
    const { body } = await gateway.request('/api/v1/events', { signal });
    if (body === null) throw new Error('the gateway does not stream events');
    listener.all(await activeAlerts(gateway));
    connected();
    const read = eventReader();
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => watchdog.abort(), SILENCE_MS);
      for (const { data } of read(part)) if (data !== '') await take(JSON.parse(data), gateway, listener);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function take(
  event: { type?: string; alert?: unknown },
  gateway: GatewaySession,
  listener: AlertListener,
): Promise<void> {
  if (event.type === 'alert') listener.changed(alertRecordSchema.parse(event.alert));
  // The gateway could not send all events.
  if (event.type === 'reload') listener.all(await activeAlerts(gateway));
}

async function activeAlerts(gateway: GatewaySession): Promise<AlertRecord[]> {
  const all: AlertRecord[] = [];
  for (;;) {
    const after = all.length === 0 ? '' : `&after=${encodeURIComponent(all[all.length - 1].id)}`;
    const answer = await gateway.request(`/api/v1/alerts?state=active&limit=${PAGE}${after}`);
    const page = alertRecordSchema.array().parse(await answer.json());
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
