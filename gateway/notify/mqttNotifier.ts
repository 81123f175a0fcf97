import type { Notification, Notifier } from './notifier.ts';
import type { MqttNotifierConfig } from './notifierConfig.ts';

/** Publishes each alert with its event on a topic of the gateway's broker, at QoS 1. */
export class MqttNotifier implements Notifier {
  readonly name: string;
  readonly most = 1;
  readonly #config: MqttNotifierConfig;
  readonly #publish: (topic: string, message: string) => Promise<void>;

  /** @param publish resolves once the broker has the message, rejects while it is disconnected. */
  constructor(name: string, config: MqttNotifierConfig, publish: (topic: string, message: string) => Promise<void>) {
    this.name = name;
    this.#config = config;
    this.#publish = publish;
  }

  async notify([{ key, event, notice }]: readonly Notification[]): Promise<void> {
    await this.#publish(this.#config.topic, JSON.stringify({ key, event, notice }));
  }
}
