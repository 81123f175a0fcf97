import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import type { NatsBroker } from '../config.ts';

const CONNECT_MS = 5000;
/** Ping interval; the connection is closed after two unanswered pings. */
const PING_MS = 1000;

/**
 * Connection options of a NATS cluster. Secrets are read again at each attempt to connect.
 * @throws if a file is unreadable.
 */
export function natsOptions(broker: NatsBroker, name: string): NodeConnectionOptions {
  const { servers, caFile, certificateFile, keyFile } = broker;
  const isTls = servers.some((server) => server.startsWith('tls:')) || caFile !== undefined;
  return {
    servers,
    name,
    authenticator: authenticatorOf(broker),
    tls: isTls ? { caFile, certFile: certificateFile, keyFile } : undefined,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    reconnectTimeWait: 1000,
    maxReconnectAttempts: -1,
    // An authentication error may be temporary, while a password is being changed.
    ignoreAuthErrorAbort: true,
  };
}

function authenticatorOf({ username, passwordFile, credentialsFile }: NatsBroker): Authenticator[] {
  if (credentialsFile !== undefined) {
    readFileSync(credentialsFile);
    return [credsAuthenticator(() => readFileSync(credentialsFile))];
  }
  if (username === undefined) return [];
  const password = () => (passwordFile === undefined ? '' : readFileSync(passwordFile, 'utf8').trim());
  password();
  return [usernamePasswordAuthenticator(username, password)];
}
