import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayConfig } from './config.ts';

/**
 * By what the broker knows the gateway. Whoever connects under it ends the gateway's connection, whatever their account: so
 * it cannot be guessed, and is kept, since the broker keeps a session for it. @throws where the data directory takes no file.
 */
export function brokerClientId({ broker, dataDirectory }: Pick<GatewayConfig, 'broker' | 'dataDirectory'>): string {
  if (broker.clientId !== undefined) return broker.clientId;
  const file = join(dataDirectory, 'broker-client-id');
  if (!existsSync(file)) writeFileSync(file, `millwright-gateway-${randomBytes(8).toString('hex')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
