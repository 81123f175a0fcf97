import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { keepConnecting } from '#models/configuration/mqttReconnect.ts';
import type { Envelope } from '#models/contracts/envelope.ts';
import { type KeptMessage, parseMessage, type Refusal } from '#models/contracts/message.ts';
import type { Piece, Want } from '#models/contracts/modelPieces.ts';
import type { Acknowledge } from '#models/contracts/status.ts';
import {
  gatewayFilters,
  type Origin,
  parseSupplyTopic,
  supplyFilter,
  supplyReportTopic,
  topics,
} from '#models/contracts/topics.ts';
import { brokerOptions, brokerPassword } from './brokerOptions.ts';
import type { GatewayConfig } from './config.ts';
import type { Accepted, Refused, Store, Taken } from './store/store.ts';

const GROUP_MESSAGES = 64;
const GROUP_MS = 10;
const KEPT_BYTES = 4096;
const MAX_WAITING = 512;
const RETRY_MS = 1000;

/**
 * Listens to the edges. What is sound goes into the store in groups; when that is durable it is acknowledged to its
 * edge, and only then does the edge forget it. What is not sound is counted and set aside.
 */
export class Ingest {
  accepted = 0;
  duplicates = 0;
  readonly refused = new Map<Refusal, number>();
  failure: string | null = null;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #taken: (taken: Taken) => void;
  readonly #piece: (want: Want) => Omit<Piece, 'v'>;
  readonly #supply: (table: string, payload: Uint8Array) => object;
  pieces = 0;
  /** Times that a planner's table could not be kept, and was tried again. */
  tableRetries = 0;
  readonly #client: MqttClient;
  #waiting: Accepted[] = [];
  #aside: Refused[] = [];
  /** Refused for good: their edges need not keep them. */
  #forgettable: Envelope[] = [];
  #stopped: (() => void)[] = [];
  /** A planner's table that is not kept yet. */
  #table: { name: string; payload: Buffer } | null = null;
  #tableTimer: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wasConnected = false;

  /**
   * `taken` is called after each transaction; `piece` has what edges want of packages; `supply` takes a planner's table
   * and says what became of it.
   */
  constructor(
    broker: GatewayConfig['broker'],
    store: Store,
    now: () => number,
    log: Logger,
    taken: (t: Taken) => void,
    piece: (want: Want) => Omit<Piece, 'v'>,
    supply: (table: string, payload: Uint8Array) => object,
  ) {
    this.#piece = piece;
    this.#supply = supply;
    this.#store = store;
    this.#now = now;
    this.#log = log;
    this.#taken = taken;
    this.#client = mqtt.connect(broker.url, { ...brokerOptions(broker), manualConnect: true });
    keepConnecting(
      this.#client,
      () => brokerPassword(broker),
      (error) => this.#log.error({ error: String(error) }, 'the password of the broker cannot be read'),
    );
    this.#client.handleMessage = (_packet, resume) => {
      // Until it is called the broker does not hear that the message came.
      if (this.#waiting.length < MAX_WAITING && this.#table === null) resume();
      else this.#stopped.push(resume);
    };
    this.#client.on('message', (topic, payload) => this.#accept(topic, payload));
    this.#client.on('connect', () => {
      this.#wasConnected = true;
      this.#log.info({ url: broker.url }, 'gateway connected');
      for (const filter of [...gatewayFilters, supplyFilter]) {
        this.#client.subscribe(filter, { qos: 1 }, (error) => {
          if (error) this.#log.error({ filter, error: error.message }, 'the broker refused a subscription');
        });
      }
    });
    this.#client.on('close', () => {
      if (this.#wasConnected)
        this.#log.warn(
          { clientId: broker.clientId },
          'the connection to the broker ended; another gateway of this clientId would do that',
        );
      this.#wasConnected = false;
    });
    this.#client.on('error', (error) => this.#log.error({ error: error.message }, 'broker failed'));
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  start(): void {
    this.#client.connect();
  }

  async stop(): Promise<void> {
    this.#commit();
    this.#wasConnected = false;
    await this.#client.endAsync(true);
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#tableTimer) clearTimeout(this.#tableTimer);
  }

  /** Tells an edge something; resolves when the broker has it. @throws where the broker is away. */
  async tell(origin: Origin, message: string): Promise<void> {
    await this.publish(topics.command(origin), message);
  }

  /** Publishes at QoS 1; resolves when the broker has it. @throws where the broker is away. */
  async publish(topic: string, message: string): Promise<void> {
    if (!this.#client.connected) throw new Error('the broker is away');
    await this.#client.publishAsync(topic, message, { qos: 1 });
  }

  #accept(topic: string, payload: Buffer): void {
    const table = parseSupplyTopic(topic);
    if (table !== null) {
      this.#table = { name: table, payload };
      this.#takeTable();
      return;
    }
    const parsed = parseMessage(topic, payload);
    if (parsed.ok && parsed.message.kind === 'want') {
      this.#give(parsed.message.body);
      return;
    }
    if (!parsed.ok) {
      this.refused.set(parsed.refusal, (this.refused.get(parsed.refusal) ?? 0) + 1);
      const { refusal, detail } = parsed;
      // A copy of the beginning alone: the payload's memory may be large, and is the connection's.
      const beginning = Uint8Array.prototype.slice.call(payload, 0, KEPT_BYTES);
      this.#aside.push({ topic, refusal, detail, payload: beginning, atMs: this.#now() });
      if (parsed.envelope) this.#forgettable.push(parsed.envelope);
      if (this.#aside.length >= GROUP_MESSAGES) this.#setAside();
      this.#timer ??= setTimeout(() => this.#commit(), GROUP_MS);
      return;
    }
    this.accepted++;
    this.#waiting.push({ message: parsed.message as KeptMessage, text: payload.toString('utf8') });
    if (this.failure === null && this.#waiting.length >= GROUP_MESSAGES) this.#commit();
    else this.#timer ??= setTimeout(() => this.#commit(), GROUP_MS);
  }

  /** By the time that the broker hears that it came it is durable, or refused for good; until then nothing else is read. */
  #takeTable(): void {
    if (this.#table === null) return;
    const { name, payload } = this.#table;
    try {
      const report = this.#supply(name, payload);
      this.#client.publish(supplyReportTopic(name), JSON.stringify(report), { qos: 0 });
      this.#table = null;
      this.#resume();
    } catch (error) {
      this.tableRetries++;
      this.#log.error({ table: name, error: String(error) }, 'a table cannot be kept now: it is tried again');
      this.#tableTimer = setTimeout(() => this.#takeTable(), RETRY_MS);
    }
  }

  /** At QoS 0: an edge that does not get it asks again. */
  #give(want: Want): void {
    let piece: Piece;
    try {
      piece = { v: 1, ...this.#piece(want) };
    } catch (error) {
      this.#log.error({ error: String(error) }, 'a piece of a package could not be read');
      return;
    }
    this.pieces++;
    this.#client.publish(topics.piece(want), JSON.stringify(piece), { qos: 0 });
  }

  #setAside(): void {
    const refused = this.#aside;
    this.#aside = [];
    try {
      this.#store.setAside(refused);
      for (const { site, edge, outbox, sequence } of this.#forgettable) {
        this.#acknowledge({ site, edge, outbox, ranges: [[sequence, sequence]] });
      }
      this.#forgettable = [];
    } catch (error) {
      this.#log.error({ error: String(error), messages: refused.length }, 'refused messages could not be set aside');
    }
  }

  #commit(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#aside.length > 0) this.#setAside();
    if (this.#waiting.length === 0) return;
    let taken: Taken;
    try {
      taken = this.#store.take(this.#waiting);
    } catch (error) {
      if (this.failure === null) this.#log.error({ error: String(error) }, 'the store takes nothing: edges wait');
      this.failure = String(error);
      this.#timer = setTimeout(() => this.#commit(), RETRY_MS);
      return;
    }
    if (this.failure !== null) this.#log.info('the store takes again');
    this.failure = null;
    this.#waiting = [];
    this.duplicates += taken.duplicates;
    for (const ranges of taken.ranges) this.#acknowledge(ranges);
    this.#taken(taken);
    this.#resume();
  }

  #resume(): void {
    if (this.#table !== null) return;
    const stopped = this.#stopped;
    this.#stopped = [];
    for (const call of stopped) call();
  }

  #acknowledge({ outbox, ranges, ...origin }: Taken['ranges'][number]): void {
    const message: Acknowledge = { v: 1, outbox, ranges, timeMs: this.#now() };
    // At QoS 0: an edge that does not hear this sends again, and is told again.
    this.#client.publish(topics.acknowledge(origin), JSON.stringify(message), { qos: 0 });
  }
}
