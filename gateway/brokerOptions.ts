import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';
import { RECONNECT } from '#models/configuration/mqttReconnect.ts';
import type { GatewayConfig } from './config.ts';

type Broker = GatewayConfig['broker'];

/** Reads the broker password from its file. @throws if the file is unreadable. */
export function brokerPassword({ passwordFile }: Pick<Broker, 'passwordFile'>): string | undefined {
  return passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim();
}

/**
 * The mqtt.js options of the configured broker, with secrets read from their files. @throws if a file is unreadable.
 */
export function brokerOptions(broker: Broker): IClientOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    protocolVersion: 4,
    clientId: broker.clientId,
    clean: false,
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
