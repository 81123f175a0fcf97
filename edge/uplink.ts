import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { acknowledgeSchema, type StatusMessage } from '#models/contracts/status.ts';
import { topics } from '#models/contracts/topics.ts';
import { brokerOptions } from './brokerConnection.ts';
import type { EdgeConfig } from './config.ts';
import type { Outbox, OutboxRow } from './outbox.ts';

/** Alerts overtake everything; within a kind the order of the outbox is kept. */
const ORDER = ['alerts', 'health', 'ledger', 'features'] as const;
/** Sent, not yet acknowledged by the gateway. */
const MAX_UNACKNOWLEDGED = 1000;
/** Sent, not yet acknowledged by the broker: mqtt.js holds these in memory. */
const MAX_IN_FLIGHT = 64;
const FETCH = 32;
/** A message that has waited so long for the gateway is sent again, with all others that wait. */
const RESEND_AFTER_MS = 15_000;

/**
 * Publishes the outbox at QoS 1 and empties it as the gateway acknowledges. The broker's acknowledgement only makes room
 * for the next message: a broker that dies may lose what it had taken (docs/decisions/0002-end-to-end-acknowledgement.md).
 */
export class Uplink {
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #client: MqttClient;
  readonly #sentUpTo: Record<(typeof ORDER)[number], number> = { alerts: 0, health: 0, ledger: 0, features: 0 };
  #inFlight = 0;
  /** When each message was sent that the gateway has not acknowledged; the oldest first. */
  readonly #unacknowledged = new Map<number, number>();
  #epoch = 0;
  resent = 0;

  constructor(config: EdgeConfig, outbox: Outbox, version: string, now: () => number, log: Logger) {
    this.#outbox = outbox;
    this.#now = now;
    this.#log = log;
    const status = (online: boolean): string => {
      const message: StatusMessage = { v: 1, site: config.site, edge: config.edge, online, timeMs: now(), version };
      return JSON.stringify(message);
    };
    this.#client = mqtt.connect(config.uplink.url, {
      ...brokerOptions(config.uplink),
      clientId: `millwright-${config.site}-${config.edge}-uplink`,
      clean: true,
      manualConnect: true,
      will: { topic: topics.status(config), payload: Buffer.from(status(false)), qos: 1, retain: true },
    });
    this.#client.on('connect', () => {
      this.#log.info({ url: config.uplink.url }, 'uplink connected');
      this.#client.publish(topics.status(config), status(true), { qos: 1, retain: true });
      this.#client.subscribe(topics.acknowledge(config), { qos: 1 });
      this.#startOver();
    });
    this.#client.on('close', () => {
      this.#inFlight = 0;
      this.#epoch++;
    });
    this.#client.on('message', (_topic, payload) => this.#acknowledge(payload));
    this.#client.on('error', (error) => log.error({ error: error.message }, 'uplink failed'));
    this.#sayGoodbye = async () => {
      if (this.#client.connected)
        await this.#client.publishAsync(topics.status(config), status(false), { qos: 1, retain: true });
    };
  }

  readonly #sayGoodbye: () => Promise<void>;

  get connected(): boolean {
    return this.#client.connected;
  }

  start(): void {
    this.#client.connect();
  }

  /** Sends what may be sent now; called after each commit, and once a second. */
  pump(): void {
    if (!this.#client.connected) return;
    const [oldestSentMs] = this.#unacknowledged.values();
    if (oldestSentMs !== undefined && this.#now() - oldestSentMs > RESEND_AFTER_MS) this.#startOver();
    for (const kind of ORDER) {
      while (this.#sentUpTo[kind] < this.#outbox.newest[kind] && this.#hasRoom()) {
        const room = Math.min(FETCH, MAX_IN_FLIGHT - this.#inFlight);
        const rows = this.#outbox.next(kind, this.#sentUpTo[kind], room);
        for (const row of rows) this.#publish(row);
        this.#sentUpTo[kind] = rows.length < room ? this.#outbox.newest[kind] : rows[rows.length - 1].sequence;
      }
    }
  }

  #hasRoom(): boolean {
    return this.#inFlight < MAX_IN_FLIGHT && this.#unacknowledged.size < MAX_UNACKNOWLEDGED;
  }

  async stop(): Promise<void> {
    await this.#sayGoodbye();
    await this.#client.endAsync(true);
  }

  #publish({ sequence, topic, payload }: OutboxRow): void {
    const epoch = this.#epoch;
    this.#inFlight++;
    this.#unacknowledged.set(sequence, this.#now());
    this.#client.publish(topic, payload, { qos: 1 }, () => {
      if (epoch !== this.#epoch) return;
      this.#inFlight--;
      if (this.#inFlight < MAX_IN_FLIGHT / 2) this.pump();
    });
  }

  #received(from: number, to: number): void {
    // A range may be longer than what is waited for: a gateway acknowledges again what is sent again.
    for (const sequence of this.#unacknowledged.keys()) {
      if (sequence >= from && sequence <= to) this.#unacknowledged.delete(sequence);
    }
  }

  #startOver(): void {
    this.resent += this.#unacknowledged.size;
    this.#unacknowledged.clear();
    for (const kind of ORDER) this.#sentUpTo[kind] = 0;
    this.pump();
  }

  #acknowledge(payload: Buffer): void {
    const parsed = acknowledgeSchema.safeParse(parseJson(payload));
    if (!parsed.success) {
      this.#log.warn({ bytes: payload.length }, 'an acknowledgement that is none was ignored');
      return;
    }
    if (parsed.data.outbox !== this.#outbox.id) return;
    this.#outbox.forget(parsed.data.ranges);
    for (const [from, to] of parsed.data.ranges) this.#received(from, to);
    this.pump();
  }
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    // Not JSON is not an acknowledgement: the schema refuses `undefined`, and the caller says so.
    return undefined;
  }
}
