import { exchangeJson } from '../exchangeJson.ts';
import { notificationLines, notificationTitle } from './notificationText.ts';
import type { Notification, Notifier } from './notifier.ts';
import type { ChatConfig } from './notifierConfig.ts';

/** Alerts per chat message. */
const MOST = 50;

/** Posts to an incoming webhook of Slack, or of a Teams workflow as an adaptive card. */
export class ChatNotifier implements Notifier {
  readonly name: string;
  readonly most = MOST;
  readonly #config: ChatConfig;

  constructor(name: string, config: ChatConfig) {
    this.name = name;
    this.#config = config;
  }

  async notify(notifications: readonly Notification[]): Promise<void> {
    const { type, url, allowLocal } = this.#config;
    const body = JSON.stringify(type === 'slack' ? slackMessage(notifications) : teamsMessage(notifications));
    await exchangeJson({ method: 'POST', url, headers: { 'idempotency-key': notifications[0].key }, body, allowLocal });
  }
}

/** Escapes characters that Slack interprets as markup. */
const slackText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function slackMessage(notifications: readonly Notification[]): object {
  return { text: [notificationTitle(notifications), ...notificationLines(notifications)].map(slackText).join('\n') };
}

function teamsMessage(notifications: readonly Notification[]): object {
  const line = (text: string, weight = 'Default') => ({ type: 'TextBlock', text, wrap: true, weight });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      line(notificationTitle(notifications), 'Bolder'),
      ...notificationLines(notifications).map((text) => line(text)),
    ],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}
