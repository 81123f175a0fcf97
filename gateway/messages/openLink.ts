import type { Logger } from 'pino';
import { brokerClientId } from '../brokerClientId.ts';
import type { GatewayConfig } from '../config.ts';
import type { OpenLink } from './brokerLink.ts';

/**
 * The link to the configured broker, which connects when it is started.
 * @param isShared whether other gateways receive messages of the same edges.
 */
export async function linkOf(config: GatewayConfig, isShared: boolean, log: Logger): Promise<OpenLink> {
  const { broker } = config;
  if (broker.type === 'nats') {
    const { NatsLink } = await import('./natsLink.ts');
    return (handlers) => new NatsLink(broker, brokerClientId(config), handlers, log);
  }
  const { MqttLink } = await import('./mqttLink.ts');
  return (handlers) => new MqttLink({ ...broker, clientId: brokerClientId(config), isShared }, handlers, log);
}
