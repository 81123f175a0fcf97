import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';
import { RECONNECT } from '#models/configuration/mqttReconnect.ts';
import type { GatewayConfig } from './config.ts';

/** An MQTT broker; `isShared`: other gateways receive messages of the same edges. */
export type MqttBroker = Extract<GatewayConfig['broker'], { type: 'mqtt' }> & { isShared?: boolean };

/** Reads the broker password from its file. @throws if the file is unreadable. */
export function brokerPassword({ passwordFile }: Pick<MqttBroker, 'passwordFile'>): string | undefined {
  return passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim();
}

/**
 * The mqtt.js options of the configured broker, with secrets read from their files. @throws if a file is unreadable.
 */
export function brokerOptions(broker: MqttBroker): IClientOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    // Shared subscriptions need MQTT 5. Without a session the broker queues no messages for a gateway that died: its
    // edges send them again, to another gateway.
    protocolVersion: broker.isShared ? 5 : 4,
    clientId: broker.clientId,
    clean: broker.isShared === true,
    ...RECONNECT,
    connectTimeout: 10_000,
    keepalive: 15,
    resubscribe: false,
    username: broker.username,
    password: brokerPassword(broker),
    ca: read(broker.caFile),
    cert: read(broker.certificateFile),
    key: read(broker.keyFile),
  };
}
