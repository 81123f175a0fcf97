import type { GatewayConfig } from '../../config.ts';

/** The location of a gateway's state: a data directory, or a PostgreSQL database that gateways share. */
export type Place = string | PostgresSettings;

export interface PostgresSettings {
  url: string;
  passwordFile?: string | undefined;
  caFile?: string | undefined;
  /** Timeout of one query. The gateway blocks meanwhile. */
  answerMs: number;
}

/** The configured location of a gateway's state. */
export function placeOf({ store, dataDirectory }: Pick<GatewayConfig, 'store' | 'dataDirectory'>): Place {
  if (store.type === 'sqlite') return dataDirectory;
  const { url, passwordFile, caFile, answerSeconds } = store;
  return { url, passwordFile, caFile, answerMs: answerSeconds * 1000 };
}
