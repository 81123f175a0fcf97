import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayConfig } from './config.ts';

/**
 * The gateway's MQTT client id. Anyone who connects with the same id ends the gateway's connection, whatever their
 * account, so the id is random; it is stored because the broker keeps a session for it. @throws if the data directory
 * is not writable.
 */
export function brokerClientId({ broker, dataDirectory }: Pick<GatewayConfig, 'broker' | 'dataDirectory'>): string {
  if (broker.clientId !== undefined) return broker.clientId;
  const file = join(dataDirectory, 'broker-client-id');
  if (!existsSync(file)) writeFileSync(file, `millwright-gateway-${randomBytes(8).toString('hex')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
