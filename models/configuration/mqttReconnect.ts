import { type BrokerAddress, standbyAddress } from './brokerUrl.ts';

/** First delay, also after a lost connection. */
const FIRST_MS = 1000;
/** Largest delay for a broker that is starting or busy. */
const BUSY_MS = 10_000;
/** Delay after wrong credentials: slow enough not to lock an account, fast enough to notice a correction. */
const REFUSED_MS = 30_000;

/**
 * CONNACK codes that need human intervention: 3.1.1 (1, 2, 4, 5) and 5 (128 and above, except those of a busy broker).
 */
const isBusy = (code: number) => code === 3 || [0x88, 0x89, 0x97, 0x9f].includes(code);

/**
 * Delay before the next attempt to connect to an MQTT broker.
 * @param code of the CONNACK that refused the last attempt; null if the connection ended otherwise.
 * @param attempts since the last connection, from 0.
 */
export function reconnectDelayMs(code: number | null, attempts: number): number {
  if (code === null) return FIRST_MS;
  return Math.min(isBusy(code) ? BUSY_MS : REFUSED_MS, FIRST_MS * 2 ** attempts);
}

/** The part of an mqtt.js client that is needed here. */
interface ReconnectingClient {
  options: { reconnectPeriod?: number; password?: string | Buffer; host?: string; hostname?: string; port?: number };
  on(event: 'connect' | 'reconnect' | 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error & { code?: unknown }) => void): unknown;
}

/** Options that make mqtt.js retry after a refusing CONNACK, which is final by default. */
export const RECONNECT = { reconnectPeriod: FIRST_MS, reconnectOnConnackError: true } as const;

/**
 * Keeps a client connecting until it is ended, with back-off after any refusal. The password is read again before each
 * attempt, as it may have changed. A lost broker is retried first; then the brokers take turns.
 * @param password throws if it cannot be read; the previous one is used then, and `onUnreadable` is called.
 * @param standby `host` or `host:port` of brokers beside the client's own.
 */
export function keepConnecting(
  client: ReconnectingClient,
  password: () => string | undefined,
  onUnreadable: (error: unknown) => void,
  standby: readonly string[] = [],
): void {
  const { host = '', port } = client.options;
  const brokers: BrokerAddress[] = [{ host, port }, ...standby.map(standbyAddress)];
  let refusals = 0;
  let attempts = 0;
  let broker = 0;
  let hasEnded = false;
  client.on('end', () => {
    // mqtt.js 5.16 forgets that a client with `manualConnect` has ended, and reconnects when its stream closes after that.
    hasEnded = true;
    client.options.reconnectPeriod = 0;
  });
  client.on('connect', () => {
    refusals = 0;
    attempts = 0;
    client.options.reconnectPeriod = reconnectDelayMs(null, 0);
  });
  client.on('error', ({ code }) => {
    if (hasEnded) return;
    client.options.reconnectPeriod = reconnectDelayMs(typeof code === 'number' ? code : null, refusals++);
  });
  client.on('reconnect', () => {
    if (attempts++ > 0) broker = (broker + 1) % brokers.length;
    if (brokers.length > 1) {
      // mqtt.js opens its next stream with these options; it keeps the TLS name of an earlier host unless told otherwise.
      const next = brokers[broker];
      Object.assign(client.options, { host: next.host, hostname: next.host, port: next.port, servername: undefined });
    }
    try {
      client.options.password = password();
    } catch (error) {
      onUnreadable(error);
    }
  });
}

/** The broker that a client uses, without user and password: for logs. */
export function brokerInUse({ options }: Pick<ReconnectingClient, 'options'>): string {
  return `${options.host}${options.port === undefined ? '' : `:${options.port}`}`;
}
