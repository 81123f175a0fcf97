/** First delay, also of a connection that was cut. */
const FIRST_MS = 1000;
/** A broker that is starting, or busy, is asked again at this pace at the slowest. */
const BUSY_MS = 10_000;
/** Wrong credentials: slow enough that no account is locked, fast enough to notice that they were mended. */
const REFUSED_MS = 30_000;

/**
 * CONNACK codes that need human intervention: 3.1.1 (1, 2, 4, 5) and 5 (128 and above, except those of a busy broker).
 */
const isBusy = (code: number) => code === 3 || [0x88, 0x89, 0x97, 0x9f].includes(code);

/**
 * How long to wait before the next attempt to connect to an MQTT broker.
 * @param code of the CONNACK that refused the last one; null where the connection ended otherwise.
 * @param attempts since the last connection, from 0.
 */
export function reconnectDelayMs(code: number | null, attempts: number): number {
  if (code === null) return FIRST_MS;
  return Math.min(isBusy(code) ? BUSY_MS : REFUSED_MS, FIRST_MS * 2 ** attempts);
}

/** What of an mqtt.js client is needed here. */
interface ReconnectingClient {
  options: { reconnectPeriod?: number; password?: string | Buffer };
  on(event: 'connect' | 'reconnect', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error & { code?: unknown }) => void): unknown;
}

/** Options by which mqtt.js goes on after a CONNACK that refuses it; by default one is final. */
export const RECONNECT = { reconnectPeriod: FIRST_MS, reconnectOnConnackError: true } as const;

/**
 * Has a client connect for as long as it runs, whatever refuses it, with back-off. The password is read again before each
 * attempt: it may have been changed.
 * @param password throws where it cannot be read; the one before is used then. @param onUnreadable hears of that.
 */
export function keepConnecting(
  client: ReconnectingClient,
  password: () => string | undefined,
  onUnreadable: (error: unknown) => void,
): void {
  let attempts = 0;
  client.on('connect', () => {
    attempts = 0;
    client.options.reconnectPeriod = reconnectDelayMs(null, 0);
  });
  client.on('error', ({ code }) => {
    client.options.reconnectPeriod = reconnectDelayMs(typeof code === 'number' ? code : null, attempts++);
  });
  client.on('reconnect', () => {
    try {
      client.options.password = password();
    } catch (error) {
      onUnreadable(error);
    }
  });
}
