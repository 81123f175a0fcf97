import mqtt, { type MqttClient } from 'mqtt';
import { keepConnecting, RECONNECT } from '#models/configuration/mqttReconnect.ts';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { alertMessage } from './alertMessage.ts';

/** An edge's messages, sent again until the gateway has acknowledged them, as an edge does. */
export class AlertSender {
  readonly #client: MqttClient;
  readonly #waiting = new Map<number, { asset: string; text: string }>();
  #sequence = 0;
  /** Refused subscriptions. */
  refused = 0;

  private constructor(client: MqttClient) {
    this.#client = client;
    keepSubscribed(client, [{ topic: 'millwright/v1/plant/e1/cmd/ack', qos: 1 }], () => this.refused++);
    client.on('error', () => undefined);
    client.on('message', (_topic, payload) => {
      const { ranges } = JSON.parse(payload.toString()) as { ranges?: [number, number][] };
      for (const [from, to] of ranges ?? []) for (let s = from; s <= to; s++) this.#waiting.delete(s);
    });
  }

  /** @param standby `host:port` of brokers that take over where the first cannot be reached. */
  static async connect(url: string, standby: string[] = []): Promise<AlertSender> {
    const client = mqtt.connect(url, { ...RECONNECT, keepalive: 15, resubscribe: false, manualConnect: true });
    keepConnecting(
      client,
      () => undefined,
      () => undefined,
      standby,
    );
    const sender = new AlertSender(client);
    const connected = new Promise<void>((done) => client.once('connect', () => done()));
    client.connect();
    await connected;
    return sender;
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }

  send(id: string, change: 'raise' | 'return'): void {
    const sequence = ++this.#sequence;
    const body = alertMessage({ sequence, asset: id, change });
    const message = { asset: id, text: JSON.stringify(body) };
    this.#waiting.set(sequence, message);
    this.#publish(message);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Whether the gateway has what was sent of an alert. */
  isTaken(id: string): boolean {
    return [...this.#waiting.values()].every(({ asset }) => asset !== id);
  }

  resend(): void {
    for (const message of this.#waiting.values()) this.#publish(message);
  }

  #publish({ asset, text }: { asset: string; text: string }): void {
    this.#client.publish(`millwright/v1/plant/e1/alerts/${asset}`, text, { qos: 1 });
  }
}
