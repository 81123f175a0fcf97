import { type ConsumerMessages, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { NatsBroker } from '../config.ts';
import type { BrokerLink, LinkHandlers } from './brokerLink.ts';
import { natsOptions } from './natsOptions.ts';
import { ACK_WAIT_MS, ensureStreams, GATEWAYS, MESSAGE_STREAM, STATUS_STREAM } from './natsStreams.ts';
import { subjectOf, topicOf } from './natsSubjects.ts';

const RETRY_MS = 1000;
/** Timeout of a request, which is then retried: the stream may be electing a leader. */
const QUESTION_MS = 2000;
/** Messages buffered in this process for the store, besides those in the ingest. */
const MOST_FETCHED = 256;
/** Heartbeat interval of a pull request: after two missed ones the request is lost, and a new one is made. */
const SIGN_OF_LIFE_MS = 1000;
/** Expiry of a pull request: until then, a gateway that hangs is still sent messages. */
const REQUEST_MS = 4 * SIGN_OF_LIFE_MS;

/**
 * The link to a NATS cluster with JetStream, which edges use over MQTT. Gateways share a durable pull consumer, and
 * acknowledge a message when it is durable: messages of a gateway that died are redelivered to another.
 */
export class NatsLink implements BrokerLink {
  readonly #broker: NatsBroker;
  readonly #name: string;
  readonly #handlers: LinkHandlers;
  readonly #log: Logger;
  /** Unacknowledged messages; true for those pending for a full tick, which are reported as in progress. */
  readonly #untaken = new Map<JsMsg, boolean>();
  #working: NodeJS.Timeout | null = null;
  #connection: NatsConnection | null = null;
  #isReading = false;
  #isStopped = false;
  #running: Promise<void> | null = null;
  #reading: ConsumerMessages[] = [];
  #resume: (() => void)[] = [];
  #failure: string | null = null;

  constructor(broker: NatsBroker, name: string, handlers: LinkHandlers, log: Logger) {
    this.#broker = broker;
    this.#name = name;
    this.#handlers = handlers;
    this.#log = log;
  }

  get connected(): boolean {
    return this.#isReading;
  }

  start(): void {
    this.#working = setInterval(() => this.#reportWork(), ACK_WAIT_MS / 4);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#working) clearInterval(this.#working);
    this.resume();
    for (const messages of this.#reading) messages.stop();
    // Flushes acknowledgements; unacknowledged messages are redelivered to another gateway.
    await this.#connection?.flush().catch((error) => this.#logFailure(error));
    await this.#connection?.close();
    await this.#running;
  }

  resume(): void {
    const waiting = this.#resume;
    this.#resume = [];
    for (const call of waiting) call();
  }

  async publish(topic: string, message: string): Promise<void> {
    const connection = this.#connection;
    if (connection === null || !this.#isReading) throw new Error('the broker is disconnected');
    connection.publish(subjectOf(topic), message);
    await connection.flush();
  }

  publishUnconfirmed(topic: string, message: string): void {
    try {
      this.#connection?.publish(subjectOf(topic), message);
    } catch (error) {
      this.#log.error({ topic, error: String(error) }, 'a message could not be published');
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#session();
      } catch (error) {
        this.#logFailure(error);
      }
      this.#isReading = false;
      if (!this.#isStopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** One session: from connecting until the connection or a stream ends. */
  async #session(): Promise<void> {
    if (this.#connection === null || this.#connection.isClosed()) {
      const connection = await connect(natsOptions(this.#broker, this.#name));
      this.#connection = connection;
      void this.#follow(connection).catch((error) => this.#logFailure(error));
    }
    const connection = this.#connection;
    if (this.#isStopped) return connection.close();
    await ensureStreams(await jetstreamManager(connection, { timeout: QUESTION_MS }), this.#broker);
    const { consumers } = jetstream(connection, { timeout: QUESTION_MS });
    const options = { max_messages: MOST_FETCHED, idle_heartbeat: SIGN_OF_LIFE_MS, expires: REQUEST_MS };
    const shared = await consumers.get(MESSAGE_STREAM, GATEWAYS);
    const states = await consumers.get(STATUS_STREAM, { deliver_policy: 'last_per_subject' });
    this.#reading = await Promise.all([shared.consume(options), states.consume(options)]);
    this.#isReading = true;
    this.#failure = null;
    this.#log.info({ server: connection.getServer() }, 'gateway connected');
    // The end of one is the end of both.
    const settleOf = [(message: JsMsg) => this.#settleOf(message), () => () => undefined];
    await Promise.race(this.#reading.map((messages, i) => this.#read(messages, settleOf[i]))).finally(() => {
      for (const messages of this.#reading) messages.stop();
    });
  }

  /** Tracks whether the connection is up; the client itself reconnects to another server. */
  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (connection !== this.#connection) return;
      if (type === 'disconnect') {
        this.#isReading = false;
        if (!this.#isStopped) this.#log.warn('the connection to the broker ended');
      } else if (type === 'reconnect') {
        this.#isReading = true;
        this.#log.info({ server: connection.getServer() }, 'gateway connected');
      }
    }
  }

  async #read(messages: ConsumerMessages, settleOf: (message: JsMsg) => (isDone: boolean) => void): Promise<void> {
    for await (const message of messages) {
      this.#handlers.received(topicOf(message.subject), Buffer.from(message.data), settleOf(message));
      while (this.#handlers.isFull() && !this.#isStopped)
        await new Promise<void>((resolve) => {
          this.#resume.push(resolve);
        });
    }
  }

  #settleOf(message: JsMsg): (isDone: boolean) => void {
    this.#untaken.set(message, false);
    return (isDone) => {
      this.#untaken.delete(message);
      if (isDone) message.ack();
      else message.nak(RETRY_MS);
    };
  }

  /**
   * Reports messages as in progress, so that a slow database or a large planner's table causes no redelivery. Most
   * messages are acknowledged within one tick and are not reported.
   */
  #reportWork(): void {
    for (const [message, isOld] of this.#untaken) {
      if (isOld) message.working();
      else this.#untaken.set(message, true);
    }
  }

  /** Logs each failure once, not at every attempt. */
  #logFailure(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== this.#failure && !this.#isStopped) this.#log.error({ error: text }, 'broker failed');
    this.#failure = text;
  }
}
