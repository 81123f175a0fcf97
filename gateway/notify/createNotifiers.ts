import { ChatNotifier } from './chatNotifier.ts';
import { EmailNotifier } from './emailNotifier.ts';
import { MqttNotifier } from './mqttNotifier.ts';
import type { Notifier } from './notifier.ts';
import type { NotifierConfig } from './notifierConfig.ts';
import { nameOf } from './routing.ts';
import { WebhookNotifier } from './webhookNotifier.ts';

/** @param publish to the gateway's broker; rejects while it is disconnected. */
export function createNotifiers(
  configs: readonly NotifierConfig[],
  publish: (topic: string, message: string) => Promise<void>,
): Notifier[] {
  return configs.map((config) => createNotifier(nameOf(config), config, publish));
}

function createNotifier(
  name: string,
  config: NotifierConfig,
  publish: (topic: string, message: string) => Promise<void>,
): Notifier {
  switch (config.type) {
    case 'webhook':
      return new WebhookNotifier(name, config);
    case 'slack':
    case 'teams':
      return new ChatNotifier(name, config);
    case 'email':
      return new EmailNotifier(name, config);
    case 'mqtt':
      return new MqttNotifier(name, config, publish);
  }
}
