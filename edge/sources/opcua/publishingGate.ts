import type { ClientSubscription } from 'node-opcua-client';
import type { Logger } from 'pino';
import type { Sink } from '../source.ts';

/**
 * Pauses one subscription's publishing while the disk cannot be written: the server's queues hold what they can. If it
 * cannot be resumed, the subscription is abandoned.
 */
export class PublishingGate {
  readonly #subscription: ClientSubscription;
  readonly #sink: Sink;
  readonly #again: (why: string) => void;
  readonly #log: Logger;
  #shut = false;

  constructor(subscription: ClientSubscription, sink: Sink, again: (why: string) => void, log: Logger) {
    this.#subscription = subscription;
    this.#sink = sink;
    this.#again = again;
    this.#log = log;
  }

  check(): void {
    if (this.#shut) return;
    let ready = false;
    this.#sink.whenReady(() => {
      ready = true;
      if (!this.#shut) return;
      this.#shut = false;
      this.#set(true);
    });
    if (ready) return;
    this.#shut = true;
    this.#set(false);
  }

  #set(enabled: boolean): void {
    this.#subscription
      .setPublishingMode(enabled)
      .then((status) => {
        if (status.isNotGood()) throw new Error(status.name);
      })
      .catch((error) => {
        this.#log.warn({ error: String(error), enabled }, 'the publishing mode was not changed');
        if (enabled) this.#again('publishing could not be enabled');
      });
  }
}
