import type { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { withoutPassword } from '#models/configuration/withoutPassword.ts';
import type { CommandOutcome } from '#models/contracts/command.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import { acknowledgeSchema, type StatusMessage } from '#models/contracts/status.ts';
import { topics } from '#models/contracts/topics.ts';
import { ClockEstimate } from '#models/health/quality/clockEstimate.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { brokerClientId } from './brokerClientId.ts';
import { brokerClient } from './brokerConnection.ts';
import type { EdgeConfig } from './config.ts';
import { KINDS, type Outbox, type OutboxRow } from './outbox.ts';

/**
 * Limit on messages sent but not yet acknowledged by the gateway. Alerts overtake everything; within a kind the
 * outbox's order is kept.
 */
const MAX_UNACKNOWLEDGED = 1000;
/** Limit on messages sent but not yet acknowledged by the broker: mqtt.js holds these in memory. */
const MAX_IN_FLIGHT = 64;
/** Limit in bytes as well, beyond one message: evidence is large, and an alert must not queue behind it. */
const MAX_IN_FLIGHT_BYTES = 256 * 1024;
/** Time that the broker has to accept the offline status before the connection is closed. */
const OFFLINE_STATUS_MS = 2000;
const FETCH = 32;
/** Once a message is unacknowledged for this long, all unacknowledged messages are resent. */
const RESEND_AFTER_MS = 15_000;
/** A larger difference between the clocks is logged and published in the status. */
const CLOCK_OFF_S = 5;

/**
 * Publishes the outbox at QoS 1 and empties it as the gateway acknowledges. The broker's acknowledgement only frees
 * a slot in flight: a broker that crashes may lose what it had accepted (docs/decisions/0002-end-to-end-acknowledgement.md).
 */
export class Uplink {
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #client: MqttClient;
  readonly #sentUpTo: Record<(typeof KINDS)[number], number> = {
    alerts: 0,
    health: 0,
    ledger: 0,
    features: 0,
    evidence: 0,
  };
  readonly #gatewayClock = new ClockEstimate();
  readonly #status: (online: boolean) => string;
  #warned = false;
  #started = false;
  lastCommand: CommandOutcome | undefined;
  #inFlight = 0;
  #inFlightBytes = 0;
  /** When the broker acknowledged each message that the gateway has not acknowledged yet; oldest first. */
  readonly #unacknowledged = new Map<number, number>();
  #epoch = 0;
  resent = 0;

  /** @param incoming handles messages of the gateway other than acknowledgements. */
  constructor(
    config: EdgeConfig,
    outbox: Outbox,
    version: string,
    now: () => number,
    log: Logger,
    incoming: { command: (payload: Buffer) => void; piece: (payload: Buffer) => void },
  ) {
    this.#outbox = outbox;
    this.#now = now;
    this.#log = log;
    this.#topics = {
      status: topics.status(config),
      command: topics.command(config),
      piece: topics.piece(config),
      want: topics.want(config),
    };
    const startedMs = now();
    this.#status = (online) => {
      const { site, edge } = config;
      const message: StatusMessage = {
        v: 1,
        site,
        edge,
        online,
        timeMs: now(),
        version,
        startedMs,
        ...this.#statusDetails(),
      };
      return JSON.stringify(message);
    };
    const status = this.#status;
    this.#client = brokerClient(
      config.uplink.url,
      config.uplink,
      {
        clientId: brokerClientId(config, 'uplink'),
        clean: true,
        resubscribe: false,
        will: { topic: topics.status(config), payload: Buffer.from(status(false)), qos: 1, retain: true },
      },
      log,
    );
    // Before anything is published: the acknowledgement may follow at once.
    const { command, piece } = this.#topics;
    keepSubscribed(
      this.#client,
      [topics.acknowledge(config), command, piece].map((topic) => ({ topic, qos: 1 })),
      (topic, error) => log.error({ topic, error: error.message }, 'the broker refused a subscription'),
    );
    this.#client.on('connect', () => {
      this.#log.info({ url: withoutPassword(config.uplink.url) }, 'uplink connected');
      this.publishStatus();
      this.#resendAll();
    });
    this.#client.on('close', () => {
      this.#inFlight = 0;
      this.#inFlightBytes = 0;
      this.#epoch++;
    });
    this.#client.on('message', (topic, payload) => {
      if (topic === this.#topics.command) incoming.command(payload);
      else if (topic === this.#topics.piece) incoming.piece(payload);
      else this.#acknowledge(payload);
    });
    this.#client.on('error', (error) => log.error({ error: error.message }, 'uplink failed'));
    this.#publishOffline = async () => {
      if (this.#client.connected)
        await this.#client.publishAsync(topics.status(config), status(false), { qos: 1, retain: true });
    };
  }

  readonly #publishOffline: () => Promise<void>;
  readonly #topics: { status: string; command: string; piece: string; want: string };
  /** Part of the status, once there is a pipeline. */
  models: () => MachineModels[] = () => [];

  publishStatus(): void {
    if (this.#client.connected) this.#client.publish(this.#topics.status, this.#status(true), { qos: 1, retain: true });
  }

  /** How far the gateway's clock is behind, in seconds; undefined before half a minute of observations. */
  get gatewayClockOffsetS(): number | undefined {
    return this.#gatewayClock.view?.offsetS;
  }

  /** Requests a piece of a model package, at QoS 0: an unanswered request is repeated by its sender. */
  request(message: object): void {
    if (this.#client.connected) this.#client.publish(this.#topics.want, JSON.stringify(message), { qos: 0 });
  }

  #statusDetails(): Pick<StatusMessage, 'gatewayClockOffsetS' | 'lastCommand' | 'models'> {
    const { gatewayClockOffsetS, lastCommand } = this;
    const models = this.models();
    return {
      ...(gatewayClockOffsetS === undefined ? {} : { gatewayClockOffsetS }),
      ...(lastCommand ? { lastCommand } : {}),
      ...(models.length > 0 ? { models } : {}),
    };
  }

  #observeClock(gatewayMs: number | undefined): void {
    if (gatewayMs === undefined) return;
    this.#gatewayClock.observe(gatewayMs, this.#now());
    const offsetS = this.gatewayClockOffsetS ?? 0;
    const off = Math.abs(offsetS) > CLOCK_OFF_S;
    if (off && !this.#warned) this.#log.warn({ offsetS }, "the gateway's clock and this one do not agree");
    if (off !== this.#warned) {
      this.#warned = off;
      this.publishStatus();
    }
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  start(): void {
    this.#started = true;
    this.#client.connect();
  }

  /** Publishes as much as the bounds allow; called after each commit, and once a second. */
  flush(): void {
    if (!this.#client.connected) return;
    const [oldestSentMs] = this.#unacknowledged.values();
    if (oldestSentMs !== undefined && this.#now() - oldestSentMs > RESEND_AFTER_MS) this.#resendAll();
    for (const kind of KINDS) {
      while (this.#sentUpTo[kind] < this.#outbox.newest[kind] && this.#hasRoom()) {
        const room = kind === 'evidence' ? 1 : Math.min(FETCH, MAX_IN_FLIGHT - this.#inFlight);
        const rows = this.#outbox.next(kind, this.#sentUpTo[kind], room);
        for (const row of rows) this.#publish(row);
        this.#sentUpTo[kind] = rows.length < room ? this.#outbox.newest[kind] : rows[rows.length - 1].sequence;
      }
    }
  }

  #hasRoom(): boolean {
    return (
      this.#inFlight < MAX_IN_FLIGHT &&
      this.#inFlightBytes < MAX_IN_FLIGHT_BYTES &&
      this.#unacknowledged.size < MAX_UNACKNOWLEDGED
    );
  }

  async stop(): Promise<void> {
    // Before start() there is no connection to close.
    if (!this.#started) return;
    const timeout = new Promise((resolve) => setTimeout(resolve, OFFLINE_STATUS_MS));
    await Promise.race([this.#publishOffline(), timeout]).catch((error) =>
      this.#log.warn({ error: String(error) }, 'the offline status was not published'),
    );
    // A client that is still connecting would reconnect.
    this.#client.options.reconnectPeriod = 0;
    await this.#client.endAsync(true);
  }

  #publish({ sequence, topic, payload }: OutboxRow): void {
    const epoch = this.#epoch;
    this.#inFlight++;
    this.#inFlightBytes += payload.length;
    this.#unacknowledged.set(sequence, Number.POSITIVE_INFINITY);
    this.#client.publish(topic, payload, { qos: 1 }, () => {
      if (epoch !== this.#epoch) return;
      this.#inFlight--;
      this.#inFlightBytes -= payload.length;
      // The gateway's deadline starts once the broker has acknowledged.
      if (this.#unacknowledged.has(sequence)) this.#unacknowledged.set(sequence, this.#now());
      if (this.#inFlight < MAX_IN_FLIGHT / 2) this.flush();
    });
  }

  #settle(from: number, to: number): void {
    // A range may cover sequences that are already settled: resent messages are acknowledged again.
    for (const sequence of this.#unacknowledged.keys()) {
      if (sequence >= from && sequence <= to) this.#unacknowledged.delete(sequence);
    }
  }

  #resendAll(): void {
    this.resent += this.#unacknowledged.size;
    this.#unacknowledged.clear();
    for (const kind of KINDS) this.#sentUpTo[kind] = 0;
    this.flush();
  }

  #acknowledge(payload: Buffer): void {
    const parsed = acknowledgeSchema.safeParse(parseJson(payload.toString('utf8')));
    if (!parsed.success) {
      this.#log.warn({ bytes: payload.length }, 'a malformed acknowledgement was ignored');
      return;
    }
    if (parsed.data.outbox !== this.#outbox.id) return;
    this.#observeClock(parsed.data.timeMs);
    this.#outbox.acknowledge(parsed.data.ranges);
    for (const [from, to] of parsed.data.ranges) this.#settle(from, to);
    this.flush();
  }
}
