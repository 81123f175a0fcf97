import mqtt, { type MqttClient } from 'mqtt';
import { keepConnecting, RECONNECT } from '#models/configuration/mqttReconnect.ts';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { alertMessage } from './alertMessage.ts';

interface Message {
  asset: string;
  topic: string;
  text: string;
}

/** An edge's messages, resent until the gateway has acknowledged them, as an edge does. */
export class AlertSender {
  readonly #client: MqttClient;
  readonly #waiting = new Map<number, Message>();
  /** A day ago: windows may come faster than in reality. */
  readonly #beganS = Math.floor(Date.now() / 1000) - 86_400;
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

  /** @param standby `host:port` of brokers to use if the first is unreachable. */
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
    this.#send(sequence, { asset: id, topic: `alerts/${id}`, text: JSON.stringify(body) });
  }

  /** `features` values for each of `windows` one-second windows, numbered from `first`. */
  sendFeatures(
    asset: string,
    { first, windows, features }: { first: number; windows: number; features: number },
  ): void {
    const sequence = ++this.#sequence;
    const numbers = Array.from({ length: windows }, (_, i) => first + i);
    const names = Array.from({ length: features }, (_, i) => `f${i}`);
    const body = {
      ...{ v: 1, site: 'plant', edge: 'e1', outbox: 'o1', sequence, oldest: 1, timeQuality: 'source' },
      ...{ timeMs: Date.now(), asset, point: '1H', unit: 'g', windowUs: 1e6, names },
      startUs: numbers.map((n) => 1e6 * (this.#beganS + n)),
      values: numbers.map((n) => names.map((_, i) => Math.sin(n + i))),
    };
    this.#send(sequence, { asset, topic: `features/${asset}/1H`, text: JSON.stringify(body) });
  }

  #send(sequence: number, message: Message): void {
    this.#waiting.set(sequence, message);
    this.#publish(message);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Whether the gateway has acknowledged all messages of an alert. */
  isTaken(id: string): boolean {
    return [...this.#waiting.values()].every(({ asset }) => asset !== id);
  }

  resend(): void {
    for (const message of this.#waiting.values()) this.#publish(message);
  }

  #publish({ topic, text }: Message): void {
    this.#client.publish(`millwright/v1/plant/e1/${topic}`, text, { qos: 1 });
  }
}
