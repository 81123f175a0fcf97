import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { keepConnecting, RECONNECT } from '#models/configuration/mqttReconnect.ts';
import type { BrokerConfig } from './sources/brokerFields.ts';

/** MQTT 5 drops a session at once unless it has an expiry interval: long enough for an outage of some days. */
const SESSION_S = 7 * 86_400;

/** Creates a client of a configured broker that keeps reconnecting after any refusal. It does not connect yet. */
export function brokerClient(url: string, broker: BrokerConfig, options: IClientOptions, log: Logger): MqttClient {
  const client = mqtt.connect(url, { ...brokerOptions(broker), ...options, manualConnect: true });
  keepConnecting(
    client,
    () => brokerPassword(broker),
    (error) => log.error({ url, error: String(error) }, 'the password of the broker cannot be read'),
    broker.standby,
  );
  return client;
}

/** @throws if its file cannot be read. */
function brokerPassword({ passwordFile }: BrokerConfig): string | undefined {
  return passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim();
}

/** mqtt.js options of a configured broker. Secrets are read from their files. @throws if a file cannot be read. */
function brokerOptions(broker: BrokerConfig): IClientOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    protocolVersion: broker.protocol === '5' ? 5 : 4,
    // A persistent session: the broker delivers what it queued while the edge was away.
    clean: false,
    ...(broker.protocol === '5' ? { properties: { sessionExpiryInterval: SESSION_S } } : {}),
    ...RECONNECT,
    connectTimeout: 10_000,
    keepalive: 15,
    queueQoSZero: false,
    username: broker.username,
    password: brokerPassword(broker),
    ca: read(broker.caFile),
    cert: read(broker.certificateFile),
    key: read(broker.keyFile),
  };
}
