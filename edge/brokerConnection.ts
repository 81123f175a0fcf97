import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';
import type { BrokerConfig } from './sources/sourceConfig.ts';

/** MQTT 5 forgets a session at once unless it is told for how long to keep it: as long as an outage of some days. */
const SESSION_S = 7 * 86_400;

/** What mqtt.js needs of a configured broker. Secrets are read from their files. @throws where a file cannot be read. */
export function brokerOptions(broker: BrokerConfig): IClientOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    protocolVersion: broker.protocol === '5' ? 5 : 4,
    // A persistent session: what the broker holds while we are away is delivered when we are back.
    clean: false,
    ...(broker.protocol === '5' ? { properties: { sessionExpiryInterval: SESSION_S } } : {}),
    reconnectPeriod: 1000,
    connectTimeout: 10_000,
    keepalive: 15,
    queueQoSZero: false,
    username: broker.username,
    password: read(broker.passwordFile)?.toString('utf8').trim(),
    ca: read(broker.caFile),
    cert: read(broker.certificateFile),
    key: read(broker.keyFile),
  };
}
