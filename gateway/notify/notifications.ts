import type { Logger } from 'pino';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { NotifierConfig } from '../config.ts';
import type { Notifier } from './notifier.ts';
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
  readonly #told = new Map<string, string>();
  #waiting = 0;

  constructor(configs: readonly NotifierConfig[], log: Logger) {
    this.#notifiers = configs.map((c) => new WebhookNotifier(c.url, c.tokenFile));
    this.#log = log;
  }

  tell(alert: AlertRecord): void {
    const state = `${alert.severity}/${alert.returnedAtMs !== null}`;
    if (this.#told.get(alert.id) === state) return;
    this.#told.set(alert.id, state);
    for (const notifier of this.#notifiers) {
      if (this.#waiting >= MAX_WAITING) this.#notTold(alert, () => this.dropped++);
      else void this.#send(notifier, alert);
    }
    if (alert.returnedAtMs !== null) this.#told.delete(alert.id);
  }

  async #send(notifier: Notifier, alert: AlertRecord): Promise<void> {
    this.#waiting++;
    try {
      await notifier.notify(alert);
      this.sent++;
    } catch (error) {
      this.#notTold(alert, () => this.failed++);
      this.#log.error({ notifier: notifier.name, alert: alert.id, error: String(error) }, 'nobody could be told');
    } finally {
      this.#waiting--;
    }
  }

  /** What could not be told is told with the alert's next update. */
  #notTold(alert: AlertRecord, count: () => void): void {
    count();
    this.#told.delete(alert.id);
  }
}
