import type { MqttClient } from 'mqtt';
import { alertMessage } from './alertMessage.ts';

/** An edge's messages, sent again until the gateway has acknowledged them, as an edge does. */
export class AlertSender {
  readonly #client: MqttClient;
  readonly #waiting = new Map<number, string>();
  #sequence = 0;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (_topic, payload) => {
      const { ranges } = JSON.parse(payload.toString()) as { ranges?: [number, number][] };
      for (const [from, to] of ranges ?? []) for (let s = from; s <= to; s++) this.#waiting.delete(s);
    });
  }

  send(id: string, change: 'raise' | 'return'): void {
    const sequence = ++this.#sequence;
    const body = alertMessage({ sequence, asset: id, change });
    this.#waiting.set(sequence, JSON.stringify(body));
    this.#publish(JSON.stringify(body));
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Whether the gateway has what was sent of an alert. */
  isTaken(id: string): boolean {
    return [...this.#waiting.values()].every((text) => (JSON.parse(text) as { asset: string }).asset !== id);
  }

  resend(): void {
    for (const text of this.#waiting.values()) this.#publish(text);
  }

  #publish(text: string): void {
    const { asset } = JSON.parse(text) as { asset: string };
    this.#client.publish(`millwright/v1/plant/e1/alerts/${asset}`, text, { qos: 1 });
  }
}
