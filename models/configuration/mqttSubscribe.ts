/** A topic filter, and the quality of service that it is subscribed with. */
export interface Subscription {
  topic: string;
  qos: 0 | 1 | 2;
}

/** The part of an mqtt.js client that is needed here. Its option `resubscribe` has to be false. */
interface SubscribingClient {
  readonly connected: boolean;
  on(event: 'connect' | 'close', listener: () => void): unknown;
  subscribe(topic: string, options: { qos: 0 | 1 | 2 }, done: (error: Error | null) => void): unknown;
}

const FIRST_MS = 1000;
const SLOWEST_MS = 30_000;

/**
 * Subscribes on each connection, and retries if a broker refuses: a cluster that has just lost a server refuses for
 * some seconds, and without a retry the client stays connected but receives nothing.
 * @param refused called for the first refusal of each filter on a connection.
 */
export function keepSubscribed(
  client: SubscribingClient,
  subscriptions: readonly Subscription[],
  refused: (topic: string, error: Error) => void,
): void {
  const waiting = new Set<ReturnType<typeof setTimeout>>();
  let connection = 0;
  const subscribe = (subscription: Subscription, of: number, attempts: number) => {
    const { topic, qos } = subscription;
    client.subscribe(topic, { qos }, (error) => {
      if (!error || of !== connection || !client.connected) return;
      if (attempts === 0) refused(topic, error);
      const timer = setTimeout(
        () => {
          waiting.delete(timer);
          subscribe(subscription, of, attempts + 1);
        },
        Math.min(SLOWEST_MS, FIRST_MS * 2 ** attempts),
      );
      waiting.add(timer);
    });
  };
  client.on('connect', () => {
    connection++;
    for (const subscription of subscriptions) subscribe(subscription, connection, 0);
  });
  client.on('close', () => {
    connection++;
    for (const timer of waiting) clearTimeout(timer);
    waiting.clear();
  });
}
