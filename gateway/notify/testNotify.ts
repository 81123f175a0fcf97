import mqtt from 'mqtt';
import { brokerOptions } from '../brokerOptions.ts';
import type { GatewayConfig, NotifierConfig } from '../config.ts';
import { createNotifiers } from './createNotifiers.ts';
import { nameOf } from './routing.ts';
import { testNotification } from './testNotice.ts';

/** Sends a test message to all channels, or to one; returns the error of each, null if delivered. */
export async function testNotify(
  configs: readonly NotifierConfig[],
  broker: GatewayConfig['broker'],
  channel: string | undefined,
): Promise<{ name: string; error: string | null }[]> {
  const wanted = configs.filter((config) => channel === undefined || nameOf(config) === channel);
  const publish = async (topic: string, message: string) => {
    const client = await mqtt.connectAsync(
      broker.url,
      {
        ...brokerOptions(broker),
        clientId: undefined,
        clean: true,
      },
      false,
    );
    await client.publishAsync(topic, message, { qos: 1 });
    await client.endAsync();
  };
  return Promise.all(
    createNotifiers(wanted, publish).map(async (notifier) => {
      try {
        await notifier.notify([testNotification(Date.now())]);
        return { name: notifier.name, error: null };
      } catch (error) {
        return { name: notifier.name, error: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}
