import mqtt from 'mqtt';
import { brokerOptions } from '../brokerOptions.ts';
import type { GatewayConfig } from '../config.ts';
import { createNotifiers } from './createNotifiers.ts';
import type { NotifierConfig } from './notifierConfig.ts';
import { nameOf } from './routing.ts';
import { testNotification } from './testNotice.ts';

/** Sends a test message to all channels, or to one; returns the error of each, null if delivered. */
export async function testNotify(
  configs: readonly NotifierConfig[],
  broker: GatewayConfig['broker'],
  channel: string | undefined,
): Promise<{ name: string; error: string | null }[]> {
  const selected = configs.filter((config) => channel === undefined || nameOf(config) === channel);
  const publish = (topic: string, message: string) => publishOnce(broker, topic, message);
  return Promise.all(
    createNotifiers(selected, publish).map(async (notifier) => {
      try {
        await notifier.notify([testNotification(Date.now())]);
        return { name: notifier.name, error: null };
      } catch (error) {
        return { name: notifier.name, error: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

/** Publishes over a separate connection from that of a running gateway. */
async function publishOnce(broker: GatewayConfig['broker'], topic: string, message: string): Promise<void> {
  if (broker.type === 'nats') {
    const { publishOnNats } = await import('../messages/publishOnNats.ts');
    return publishOnNats(broker, topic, message);
  }
  const options = { ...brokerOptions(broker), clientId: undefined, clean: true };
  const client = await mqtt.connectAsync(broker.url, options, false);
  await client.publishAsync(topic, message, { qos: 1 });
  await client.endAsync();
}
