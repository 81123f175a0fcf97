import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import type { PostgresSettings } from './postgresSettings.ts';

const CONNECT_MS = 3000;
/**
 * The server ends a session that idles in a transaction, because it would block others. A lost machine is detected
 * within 15 s.
 */
const SESSION = [
  'idle_in_transaction_session_timeout=10s',
  'standard_conforming_strings=on',
  'tcp_keepalives_idle=5',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=2',
];

/** Options of the client, with secrets read from their files. @throws if a file is unreadable. */
export function clientOptions({ url, passwordFile, caFile, answerMs }: PostgresSettings): ClientConfig {
  const options = [...SESSION, `statement_timeout=${answerMs}`, `lock_timeout=${answerMs}`];
  return {
    connectionString: passwordFile === undefined ? url : withPassword(url, readFileSync(passwordFile, 'utf8').trim()),
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'millwright',
    options: options.map((option) => `-c ${option}`).join(' '),
    ...(caFile !== undefined && { ssl: { ca: readFileSync(caFile, 'utf8') } }),
  };
}

/** Puts the password into the address: the client ignores a separate one if the address has a user. */
function withPassword(url: string, password: string): string {
  const address = new URL(url);
  address.password = encodeURIComponent(password);
  return address.href;
}
