import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerInUse, keepConnecting } from '#models/configuration/mqttReconnect.ts';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { gatewayFilters, supplyFilter } from '#models/contracts/topics.ts';
import { brokerOptions, brokerPassword, type MqttBroker } from '../brokerOptions.ts';
import type { BrokerLink, LinkHandlers } from './brokerLink.ts';

/** The link to an MQTT broker: messages at QoS 1, back-pressure by late acknowledgement. */
export class MqttLink implements BrokerLink {
  readonly #client: MqttClient;
  #paused: (() => void)[] = [];
  #isStarted = false;
  #wasConnected = false;

  constructor(broker: MqttBroker, { received, isFull }: LinkHandlers, log: Logger) {
    this.#client = mqtt.connect(broker.url, { ...brokerOptions(broker), manualConnect: true });
    keepConnecting(
      this.#client,
      () => brokerPassword(broker),
      (error) => log.error({ error: String(error) }, 'the broker password cannot be read'),
      broker.standby,
    );
    this.#client.handleMessage = (_packet, resume) => {
      // The message is acknowledged to the broker when resume() is called: delaying it applies back-pressure.
      if (isFull()) this.#paused.push(resume);
      else resume();
    };
    // No settling with the broker: an edge resends messages that its gateway has not acknowledged.
    this.#client.on('message', (topic, payload) => received(topic, payload, () => undefined));
    this.#client.on('connect', () => {
      this.#wasConnected = true;
      log.info({ broker: brokerInUse(this.#client) }, 'gateway connected');
    });
    keepSubscribed(
      this.#client,
      filtersOf(broker.isShared === true).map((topic) => ({ topic, qos: 1 })),
      (filter, error) => log.error({ filter, error: error.message }, 'the broker refused a subscription'),
    );
    this.#client.on('close', () => {
      if (this.#wasConnected)
        log.warn(
          { clientId: broker.clientId },
          'the connection to the broker ended; another client with this clientId would cause that',
        );
      this.#wasConnected = false;
    });
    this.#client.on('error', (error) => log.error({ error: error.message }, 'broker failed'));
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  start(): void {
    this.#isStarted = true;
    this.#client.connect();
  }

  async stop(): Promise<void> {
    this.#wasConnected = false;
    // A client that never started to connect has no stream to end.
    if (this.#isStarted) await this.#client.endAsync(true);
  }

  resume(): void {
    const stopped = this.#paused;
    this.#paused = [];
    for (const call of stopped) call();
  }

  async publish(topic: string, message: string): Promise<void> {
    if (!this.#client.connected) throw new Error('the broker is disconnected');
    await this.#client.publishAsync(topic, message, { qos: 1 });
  }

  publishUnconfirmed(topic: string, message: string): void {
    this.#client.publish(topic, message, { qos: 0 });
  }
}

/**
 * A gateway's subscriptions. Several gateways share the messages: each goes to one of them. The states of edges go to
 * all, because brokers send no retained messages to shared subscriptions.
 */
function filtersOf(isShared: boolean): string[] {
  const filters = [...gatewayFilters, supplyFilter];
  if (!isShared) return filters;
  return filters.map((filter) => (filter.endsWith('/status') ? filter : `$share/millwright/${filter}`));
}
