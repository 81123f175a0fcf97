import { readFileSync } from 'node:fs';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import type { Notice, Notifier } from './notifier.ts';

const ATTEMPTS = 5;
const TIMEOUT_MS = 10_000;

/** Posts the alert as JSON. Any answer but 2xx is tried again, five times in all. */
export class WebhookNotifier implements Notifier {
  readonly name = 'webhook';
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #policy = retry(handleAll, { maxAttempts: ATTEMPTS - 1, backoff: new ExponentialBackoff() });

  constructor(url: string, tokenFile: string | undefined) {
    this.#url = url;
    const token = tokenFile === undefined ? null : readFileSync(tokenFile, 'utf8').trim();
    this.#headers = {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  async notify(alert: Notice): Promise<void> {
    await this.#policy.execute(async () => {
      const body = JSON.stringify(alert);
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok) throw new Error(`${this.#url} answered ${answer.status}`);
    });
  }
}
