import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exchangeJson } from '../exchangeJson.ts';
import type { Notification, Notifier } from './notifier.ts';
import type { WebhookConfig } from './notifierConfig.ts';

/**
 * Posts the alert as JSON. `Idempotency-Key` is the same for each attempt; with a secret, `X-Millwright-Signature` is
 * `sha256=` and the HMAC of `<X-Millwright-Timestamp>.<body>` in hexadecimal.
 */
export class WebhookNotifier implements Notifier {
  readonly name: string;
  readonly most = 1;
  readonly #config: WebhookConfig;

  constructor(name: string, config: WebhookConfig) {
    this.name = name;
    this.#config = config;
  }

  async notify([{ key, event, notice }]: readonly Notification[]): Promise<void> {
    const { url, tokenFile, secretFile, allowLocal } = this.#config;
    const body = JSON.stringify(notice);
    const timestamp = String(Date.now());
    const headers: Record<string, string> = { 'idempotency-key': key, 'x-millwright-event': event };
    // Read at each attempt, because the secret may change while the gateway runs.
    if (tokenFile !== undefined) headers.authorization = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
    if (secretFile !== undefined) {
      const secret = readFileSync(secretFile, 'utf8').trim();
      headers['x-millwright-timestamp'] = timestamp;
      headers['x-millwright-signature'] =
        `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
    }
    await exchangeJson({ method: 'POST', url, headers, body, allowLocal });
  }
}
