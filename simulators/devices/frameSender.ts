import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';

export interface Outgoing {
  topic: string;
  payload: Buffer;
}

/** Acknowledged messages that a device keeps, in case the broker dies before delivering them. */
const REMEMBERED = 1024;
const MAX_IN_FLIGHT = 16;
const RECONNECT_MS = 1000;

/**
 * A device's connection to a broker at QoS 1, in order. After a lost connection it resends the messages it has kept,
 * oldest first, like a logger with a memory: receivers drop duplicates by time.
 */
export class FrameSender {
  sent = 0;
  resent = 0;
  readonly #url: string;
  readonly #credentials: { username?: string; password?: string };
  readonly #log: Logger;
  #client: MqttClient | null = null;
  #history: Outgoing[] = [];
  /** Publishes that the broker has not acknowledged, and the function that ends the wait for each. */
  readonly #inFlight = new Map<Promise<void>, () => void>();
  #lost = false;
  #stopped = false;
  #awayUntilMs = 0;

  constructor(url: string, credentials: { username?: string; password?: string }, log: Logger) {
    this.#url = url;
    this.#credentials = credentials;
    this.#log = log;
  }

  /** Resolves when there is room for the next message. Waits as long as the broker is unavailable. */
  async send(message: Outgoing): Promise<void> {
    const client = await this.#connection();
    this.#remember(message);
    if (client) this.#publish(client, message);
    this.sent++;
    if (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight.keys());
  }

  /** Resolves when the broker has acknowledged everything. */
  async flush(): Promise<void> {
    while (!this.#stopped && (this.#inFlight.size > 0 || this.#lost)) {
      await this.#connection();
      await Promise.all(this.#inFlight.keys());
    }
  }

  /** Disconnects, and stays disconnected for `downMs`. */
  async drop(downMs: number): Promise<void> {
    this.#awayUntilMs = Date.now() + downMs;
    this.#client?.stream.destroy();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#client?.endAsync(true);
  }

  async #connection(): Promise<MqttClient | null> {
    if (this.#client?.connected && !this.#lost) return this.#client;
    while (!this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, this.#awayUntilMs - Date.now())));
      try {
        await this.#client?.endAsync(true);
        this.#client = await mqtt.connectAsync(
          this.#url,
          { ...this.#credentials, reconnectPeriod: 0, connectTimeout: 5000 },
          false,
        );
        this.#watch(this.#client);
        this.#lost = false;
        for (const message of this.#history) this.#publish(this.#client, message);
        this.resent += this.#history.length;
        return this.#client;
      } catch (error) {
        this.#log.warn({ url: this.#url, error: String(error) }, 'the broker is away: waiting for it');
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
    return null;
  }

  #watch(client: MqttClient): void {
    client.on('close', () => {
      if (client !== this.#client) return;
      this.#lost = true;
      for (const giveUp of this.#inFlight.values()) giveUp();
    });
    client.on('error', (error) => this.#log.warn({ error: error.message }, 'broker failed'));
  }

  #remember(message: Outgoing): void {
    this.#history.push(message);
    if (this.#history.length > REMEMBERED) this.#history.shift();
  }

  #publish(client: MqttClient, message: Outgoing): void {
    let giveUp!: () => void;
    const acknowledged = new Promise<void>((resolve) => {
      giveUp = resolve;
      client.publish(message.topic, message.payload, { qos: 1 }, () => resolve());
    }).finally(() => this.#inFlight.delete(acknowledged));
    this.#inFlight.set(acknowledged, giveUp);
  }
}
