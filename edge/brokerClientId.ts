import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeConfig } from './config.ts';

const SECRET = /^[0-9a-f]{16}$/;

/**
 * By what a broker knows a connection of the edge. Whoever connects under it ends the edge's connection, whatever their
 * account: so it cannot be guessed, and is kept, since brokers keep sessions for it.
 * @param of which connection, as `uplink`. @throws where the data directory takes no file.
 */
export function brokerClientId({ site, edge, dataDirectory }: EdgeConfig, of: string): string {
  const file = join(dataDirectory, 'broker-client-id');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  // A crash may have left an empty file.
  const secret = SECRET.test(kept) ? kept : randomBytes(8).toString('hex');
  if (secret !== kept) writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return `millwright-${site}-${edge}-${of}-${secret}`;
}
