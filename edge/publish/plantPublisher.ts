import { fromBinary } from '@bufbuild/protobuf';
import type { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerInUse } from '#models/configuration/mqttReconnect.ts';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { fillTemplate } from '#models/configuration/template.ts';
import { PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { brokerClient } from '../brokerConnection.ts';
import type { KeptState, Outgoing } from '../pipeline/record/commitBatch.ts';
import { conditionFields, type Fields, featureFields, type Origin } from './conditionFields.ts';
import { Conditions } from './conditions.ts';
import type { PublishConfig, PublishedMessage } from './publishConfig.ts';
import {
  conditionMetrics,
  featureMetrics,
  requestsRebirth,
  type SparkplugMessage,
  SparkplugNode,
} from './sparkplugNode.ts';

/** Limit on messages sent but not yet acknowledged by the broker. */
const MAX_IN_FLIGHT = 64;

interface Waiting {
  payload: string;
  message: PublishedMessage;
}

/**
 * Publishes the condition of machines in the plant's namespace. It is a state, not a log: per topic only the latest
 * message is queued for the broker, so that the queue is bounded by the number of machines and points; replaced
 * messages are counted. Everything is republished on each connection, since a broker may have lost retained messages.
 */
export class PlantPublisher {
  readonly #config: PublishConfig;
  readonly #origin: Origin;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #client: MqttClient;
  readonly #conditions: Conditions;
  readonly #node: SparkplugNode | null;
  readonly #waiting = new Map<string, Waiting>();
  /** Points whose features changed since their last publication. */
  readonly #duePoints = new Set<string>();
  readonly #publishedMs = new Map<string, number>();
  #inFlight = 0;
  #connection = 0;
  #isStarted = false;
  published = 0;
  replaced = 0;

  /** @param states of the outbox, including this publisher's. */
  constructor(
    config: PublishConfig,
    origin: Origin,
    clientId: string,
    states: ReadonlyMap<string, Buffer>,
    now: () => number,
    log: Logger,
  ) {
    this.#config = config;
    this.#origin = origin;
    this.#now = now;
    this.#log = log;
    this.#conditions = new Conditions(states);
    this.#node = config.sparkplug ? new SparkplugNode(config.sparkplug, now) : null;
    this.#client = brokerClient(
      config.url,
      config,
      { clientId, clean: true, resubscribe: false, will: this.#will() },
      log,
    );
    keepSubscribed(this.#client, this.#node ? [{ topic: this.#node.commandTopic, qos: 1 }] : [], (topic, error) =>
      log.error({ topic, error: error.message }, 'the broker refused a subscription'),
    );
    this.#client.on('connect', () => this.#begin());
    this.#client.on('message', (_topic, payload) => this.#handleCommand(payload));
    this.#client.on('close', () => {
      this.#inFlight = 0;
      this.#node?.nextSession();
      this.#client.options.will = this.#will();
    });
    this.#client.on('error', (error) => log.error({ error: error.message }, 'publishing to the plant failed'));
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  start(): void {
    this.#isStarted = true;
    this.#client.connect();
  }

  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    const death = this.#node?.death();
    if (death && this.connected) await this.#client.publishAsync(death.topic, death.payload, { qos: 0 });
    await this.#client.endAsync(true);
  }

  /** Applies the messages of a commit. @returns states to store with the same commit. */
  observe(outgoing: readonly Outgoing[]): KeptState[] {
    return this.#conditions.observe(outgoing);
  }

  /** Publishes changes, once they are durable. */
  flush(): void {
    const { machines, points } = this.#conditions.takeChanges();
    for (const asset of machines) this.#publishCondition(asset);
    for (const key of points) this.#duePoints.add(key);
    const now = this.#now();
    for (const key of this.#duePoints)
      if (now - (this.#publishedMs.get(key) ?? Number.NEGATIVE_INFINITY) >= 1000 * this.#config.featuresEveryS) {
        this.#duePoints.delete(key);
        this.#publishedMs.set(key, now);
        this.#publishFeatures(key);
      }
    this.#send();
  }

  #begin(): void {
    this.#connection++;
    this.#log.info({ broker: brokerInUse(this.#client) }, 'publishing to the plant');
    if (this.#node) this.#sendSparkplug(this.#node.births());
    for (const asset of this.#conditions.machines.keys()) this.#publishCondition(asset);
    for (const key of this.#conditions.points.keys()) this.#publishFeatures(key);
    this.#send();
  }

  #handleCommand(payload: Buffer): void {
    try {
      if (this.#node && requestsRebirth(fromBinary(PayloadSchema, payload).metrics))
        this.#sendSparkplug(this.#node.births());
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a Sparkplug command cannot be read');
    }
  }

  #publishCondition(asset: string): void {
    const condition = this.#conditions.machines.get(asset);
    if (!condition) return;
    const fields = conditionFields(this.#origin, asset, condition);
    this.#enqueue('condition', fields);
    this.#update(asset, conditionMetrics(fields));
  }

  #publishFeatures(key: string): void {
    const features = this.#conditions.points.get(key);
    if (!features) return;
    const { asset, point, values } = features;
    this.#enqueue('features', featureFields(this.#origin, features, this.#conditions.machines.get(asset)?.health));
    this.#update(asset, featureMetrics(point, values));
  }

  #update(asset: string, readings: ReturnType<typeof conditionMetrics>): void {
    const message = this.#node?.update(asset, readings);
    if (message) this.#sendSparkplug([message]);
  }

  #enqueue(of: PublishedMessage['of'], fields: Fields): void {
    for (const message of this.#config.messages) {
      if (message.of !== of) continue;
      const topic = topicOf(message.topic, fields);
      const payload = JSON.stringify(message.payload === undefined ? fields : fillTemplate(message.payload, fields));
      if (this.#waiting.has(topic)) this.replaced++;
      this.#waiting.set(topic, { payload, message });
    }
  }

  #send(): void {
    const connection = this.#connection;
    for (const [topic, { payload, message }] of this.#waiting) {
      if (!this.#client.connected || this.#inFlight >= MAX_IN_FLIGHT) return;
      this.#waiting.delete(topic);
      this.#inFlight++;
      this.#client.publish(topic, payload, { qos: message.qos, retain: message.retain }, (error) => {
        // The next connection republishes everything.
        if (connection !== this.#connection) return;
        this.#inFlight--;
        if (!error) this.published++;
        this.#send();
      });
    }
  }

  /** At QoS 0, as the specification requires: a host detects a gap by the sequence and requests births. */
  #sendSparkplug(messages: readonly SparkplugMessage[]): void {
    if (!this.#client.connected) return;
    for (const { topic, payload } of messages) {
      this.#client.publish(topic, payload, { qos: 0 });
      this.published++;
    }
  }

  #will() {
    return this.#node ? { ...this.#node.death(), qos: 1 as const, retain: false } : undefined;
  }
}

/** Omits a level without a value, such as the area of a machine that has none. */
function topicOf(template: string, fields: Fields): string {
  return template
    .split('/')
    .map((level) => String(fillTemplate(level, fields) ?? '').replace(/[/+#]/g, '-'))
    .filter((level) => level !== '')
    .join('/');
}
