import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerInUse } from '#models/configuration/mqttReconnect.ts';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { withoutPassword } from '#models/configuration/withoutPassword.ts';
import { brokerClient } from '../brokerConnection.ts';
import type { EdgeConfig } from '../config.ts';
import { ChunkedWaveforms, chunksOf } from './chunkedWaveforms.ts';
import type { ChunkStore } from './chunkStore.ts';
import { decode, decodeRetained, refuseAll } from './decode.ts';
import type { DecodeLimits } from './decoded.ts';
import { DeviceRequests } from './deviceRequests.ts';
import { openProtobufs } from './protobufReaders.ts';
import { RefusalLog } from './refusalLog.ts';
import { filterOf, type Route, Router } from './route.ts';
import type { Arrival, OnceSink, Sink, Source } from './source.ts';
import type { MqttSourceConfig } from './sourceConfig.ts';
import { QUIET_MS, SubscriptionCounts } from './subscriptionCounts.ts';
import { type TimeReader, timeReader } from './timeReader.ts';

interface Puback {
  cmd: string;
  messageId?: number;
  reasonCode?: number;
}
const SWEEP_MS = 500;
type SendPacket = (packet: Puback, done?: (error?: Error) => void) => void;

/**
 * Subscribes to a broker. At QoS 1 a message is acknowledged to the broker only when its arrival is durable, so that a
 * crash loses nothing: the broker delivers it again.
 */
export class MqttSource implements Source {
  readonly #config: MqttSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #clientId: string;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #readTime: TimeReader;
  readonly #refusals: RefusalLog;
  readonly #openChunks: () => ChunkStore;
  readonly #counts: SubscriptionCounts;
  readonly events = new Map<string, number>();
  #client: MqttClient | null = null;
  #chunked: ChunkedWaveforms | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #quiet: NodeJS.Timeout | null = null;
  #requests: DeviceRequests | null = null;
  /** The broker that last accepted the connection. */
  #broker: string | null = null;
  #connection = 0;

  /** @param openChunks opens the store of waveform chunks; called only if a subscription has chunks. */
  constructor(
    config: MqttSourceConfig,
    limits: EdgeConfig['limits'],
    clientId: string,
    now: () => number,
    log: Logger,
    openChunks: () => ChunkStore,
  ) {
    this.#openChunks = openChunks;
    this.#counts = new SubscriptionCounts(config.subscriptions.map(({ topic }) => topic));
    this.#refusals = new RefusalLog(log);
    this.#config = config;
    this.#limits = limits;
    this.#clientId = clientId;
    this.#now = now;
    this.#log = log;
    this.#readTime = timeReader(config.timeFormat, config.timeZone);
  }

  get state(): Source['state'] {
    if (!this.#client) return 'stopped';
    return this.#client.connected ? 'connected' : 'connecting';
  }

  async start(sink: OnceSink): Promise<void> {
    await openProtobufs(this.#config.subscriptions);
    const client = brokerClient(
      this.#config.url,
      this.#config,
      {
        clientId: this.#clientId,
        resubscribe: false,
      },
      this.#log,
    );
    this.#client = client;
    const router = new Router(this.#config.subscriptions);
    this.#chunked = this.#assembleChunks(router, sink);
    this.#quiet = setTimeout(() => this.#reportQuiet(), QUIET_MS);
    const release = holdAcknowledgements(client, () => this.#connection);
    client.handleMessage = (_packet, resume) => sink.whenReady(resume);
    client.on('message', (topic, payload, packet) => {
      const connection = this.#connection;
      const done = packet.qos === 0 ? null : () => release(packet.messageId, connection);
      const route = router.find(topic, packet.properties?.userProperties);
      if (route) this.#counts.message(route.subscription.topic);
      if (route && this.#isChunk(route, payload, packet)) {
        this.#counts.chunk(route.subscription.topic);
        this.#chunked?.take(route, { topic, payload, receivedMs: this.#now(), done, isRepeated: packet.dup });
      } else this.#deliver(sink, route, topic, payload, this.#arrivalsOf(route, payload, packet), done);
    });
    client.on('connect', () => {
      this.#connection++;
      this.#noteBroker(brokerInUse(client));
    });
    keepSubscribed(
      client,
      this.#config.subscriptions.map(({ topic, qos }) => ({ topic: filterOf(topic), qos })),
      (topic, error) => this.#log.error({ topic, error: error.message }, 'the broker refused a subscription'),
    );
    client.on('close', () => this.#log.warn({ url: withoutPassword(this.#config.url) }, 'source disconnected'));
    client.on('error', (error) =>
      this.#log.error({ url: withoutPassword(this.#config.url), error: error.message }, 'source failed'),
    );
    if (this.#config.requests.length > 0) this.#requests = new DeviceRequests(this.#config.requests, client, this.#log);
    client.connect();
  }

  #noteBroker(broker: string): void {
    if (this.#broker !== null && this.#broker !== broker) this.#count('broker_switched');
    this.#broker = broker;
    this.#log.info({ broker }, 'source connected');
  }

  #count(event: string): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (this.#sweep) clearInterval(this.#sweep);
    this.#sweep = null;
    if (this.#quiet) clearTimeout(this.#quiet);
    this.#quiet = null;
    this.#requests?.stop();
    this.#requests = null;
    if (client) await client.endAsync(true);
    this.#chunked?.stop();
    this.#chunked = null;
  }

  subscriptions(): ReturnType<SubscriptionCounts['ledgers']> {
    return this.#counts.ledgers();
  }

  #reportQuiet(): void {
    for (const subscription of this.#counts.quiet())
      this.#log.warn(
        { subscription, afterS: QUIET_MS / 1000, remedy: 'millwright edge map shows the topics that the broker has' },
        'no message has arrived on a subscription',
      );
  }

  #isChunk(route: Route, payload: Buffer, packet: IPublishPacket): boolean {
    return chunksOf(route) !== null && !packet.retain && payload.length <= this.#limits.maxPayloadBytes;
  }

  #assembleChunks(router: Router, sink: OnceSink): ChunkedWaveforms | null {
    if (!this.#config.subscriptions.some(({ payload }) => payload.type === 'waveform' && payload.chunks)) return null;
    const chunked = new ChunkedWaveforms(
      this.#openChunks(),
      {
        limits: (nowMs) => this.#limitsAt(nowMs),
        deliver: (route, topic, payload, arrivals, done, receipt) => {
          if (receipt === null) return this.#deliver(sink, route, topic, payload, arrivals, done);
          this.#note(route, topic, payload, arrivals);
          sink.acceptOnce(arrivals, receipt, done);
        },
        receiptOf: (key) => sink.receiptOf(key),
        count: (event) => this.#count(event),
      },
      this.#log,
    );
    chunked.restore((topic) => router.find(topic));
    this.#sweep = setInterval(() => chunked.sweep(this.#now()), SWEEP_MS);
    return chunked;
  }

  /** Arrivals of a message become durable in order: the last one completes it. */
  #deliver(
    sink: Sink,
    route: Route | null,
    topic: string,
    payload: Buffer,
    arrivals: readonly Arrival[],
    done: (() => void) | null,
  ): void {
    this.#note(route, topic, payload, arrivals);
    // Everything in it was excluded by the configuration.
    if (arrivals.length === 0) done?.();
    arrivals.forEach((arrival, i) => {
      sink.accept(arrival, done && (i === arrivals.length - 1 ? done : () => undefined));
    });
  }

  #note(route: Route | null, topic: string, payload: Buffer, arrivals: readonly Arrival[]): void {
    if (route) this.#counts.note(route.subscription.topic, topic, arrivals);
    for (const arrival of arrivals)
      if (!arrival.ok)
        this.#refusals.note(route?.subscription.topic ?? 'none', topic, arrival.rejection, payload, arrival.detail);
  }

  #limitsAt(nowMs: number): DecodeLimits {
    return { nowMs, maxFutureMs: this.#limits.maxFutureMs, readTime: this.#readTime };
  }

  #arrivalsOf(route: Route | null, payload: Buffer, packet: IPublishPacket): Arrival[] {
    if (!route) return [{ ok: false, rejection: 'bad_topic', point: null }];
    if (packet.retain && !route.subscription.retained) return refuseAll(route, 'retained');
    if (payload.length > this.#limits.maxPayloadBytes) return refuseAll(route, 'too_large');
    const limits = this.#limitsAt(this.#now());
    return packet.retain ? decodeRetained(route, payload, limits) : decode(route, payload, limits);
  }
}

/**
 * mqtt.js sends a PUBACK as soon as `handleMessage` returns, and reads nothing more until then: waiting there for the
 * disk would allow one message per commit. Instead, the PUBACK is held back and sent when `release` is called for it.
 * One that belongs to an ended connection is dropped: the broker no longer expects it, and delivers again.
 */
function holdAcknowledgements(
  client: MqttClient,
  connection: () => number,
): (messageId: number | undefined, connection: number) => void {
  const inner = client as unknown as { _sendPacket: SendPacket };
  const send = inner._sendPacket.bind(client);
  inner._sendPacket = (packet, done) => {
    if (packet.cmd === 'puback') done?.();
    else send(packet, done);
  };
  return (messageId, of) => {
    if (messageId !== undefined && of === connection() && client.connected)
      send({ cmd: 'puback', messageId, reasonCode: 0 });
  };
}
