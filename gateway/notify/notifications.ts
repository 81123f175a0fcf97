import type { Logger } from 'pino';
import type { NotifierConfig } from '../config.ts';
import type { Notice, Notifier } from './notifier.ts';
import { WebhookNotifier } from './webhookNotifier.ts';

const MAX_WAITING = 200;

/** Tells every notifier of alerts that were raised, became critical or returned; not of mere updates. */
export class Notifications {
  sent = 0;
  failed = 0;
  /** Not told since too many were waiting. */
  dropped = 0;
  readonly #notifiers: readonly Notifier[];
  readonly #log: Logger;
  /** By notifier and alert. */
  readonly #told = new Map<string, string>();
  readonly #tails = new Map<string, Promise<void>>();
  #waiting = 0;

  constructor(configs: readonly NotifierConfig[], log: Logger) {
    this.#notifiers = configs.map((c) => new WebhookNotifier(c.url, c.tokenFile));
    this.#log = log;
  }

  tell(alert: Notice): void {
    const state = `${alert.severity}/${alert.returnedAtMs !== null}`;
    this.#notifiers.forEach((notifier, i) => {
      const key = `${i}/${alert.id}`;
      if (this.#told.get(key) === state) return;
      this.#told.set(key, state);
      if (this.#waiting >= MAX_WAITING) this.#notTold(key, () => this.dropped++);
      else this.#enqueue(key, notifier, alert);
    });
  }

  /** What is said of one alert to one notifier is said in order. */
  #enqueue(key: string, notifier: Notifier, alert: Notice): void {
    this.#waiting++;
    const before = this.#tails.get(key) ?? Promise.resolve();
    const tail = before
      .then(() => this.#send(key, notifier, alert))
      .finally(() => {
        this.#waiting--;
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
  }

  async #send(key: string, notifier: Notifier, alert: Notice): Promise<void> {
    try {
      await notifier.notify(alert);
      this.sent++;
      if (alert.returnedAtMs !== null) this.#told.delete(key);
    } catch (error) {
      this.#notTold(key, () => this.failed++);
      this.#log.error({ notifier: notifier.name, alert: alert.id, error: String(error) }, 'nobody could be told');
    }
  }

  /** What could not be told is told with the alert's next update; a return that could not be told has none. */
  #notTold(key: string, count: () => void): void {
    count();
    this.#told.delete(key);
  }
}
