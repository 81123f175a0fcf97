import type { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { DeviceRequest } from './sourceConfig.ts';

/**
 * Publishes a source's requests: each on every connection and then at its interval, and none while the broker is away.
 * Devices answer on topics of the source's subscriptions.
 */
export class DeviceRequests {
  readonly #client: MqttClient;
  readonly #log: Logger;
  #timers: NodeJS.Timeout[] = [];
  #sent = 0;

  constructor(requests: readonly DeviceRequest[], client: MqttClient, log: Logger) {
    this.#client = client;
    this.#log = log;
    client.on('connect', () => {
      this.stop();
      for (const request of requests) {
        this.#send(request);
        this.#timers.push(setInterval(() => this.#send(request), 1000 * request.everyS));
      }
    });
    client.on('close', () => this.stop());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #send({ topic, payload, qos, responseTopic }: DeviceRequest): void {
    const correlationData = Buffer.from(String(++this.#sent));
    const properties = responseTopic === undefined ? {} : { properties: { responseTopic, correlationData } };
    this.#client.publish(topic, payload, { qos, ...properties }, (error) => {
      if (error) this.#log.warn({ topic, error: error.message }, 'a request to a device could not be sent');
    });
  }
}
