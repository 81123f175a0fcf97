import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeConfig } from './config.ts';

const SECRET = /^[0-9a-f]{16}$/;

/**
 * The client id of one of the edge's broker connections. A client that connects with the same id ends the edge's
 * connection, whatever its account: the id must not be guessable. It is stored, since brokers keep sessions by it.
 * @param of which connection, as `uplink`.
 * @throws if the data directory is not writable.
 */
export function brokerClientId({ site, edge, dataDirectory }: EdgeConfig, of: string): string {
  const file = join(dataDirectory, 'broker-client-id');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  // A crash may have left an empty file.
  const secret = SECRET.test(kept) ? kept : randomBytes(8).toString('hex');
  if (secret !== kept) writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return `millwright-${site}-${edge}-${of}-${secret}`;
}
