import type { GatewayConfig } from '../../config.ts';

/** Where a gateway's state is: a data directory, or a PostgreSQL database that gateways share. */
export type Place = string | PostgresSettings;

export interface PostgresSettings {
  url: string;
  passwordFile?: string | undefined;
  caFile?: string | undefined;
  /** Longest wait for one answer. The gateway does nothing else meanwhile. */
  answerMs: number;
}

/** Where a configuration keeps a gateway's state. */
export function placeOf({ store, dataDirectory }: Pick<GatewayConfig, 'store' | 'dataDirectory'>): Place {
  if (store.type === 'sqlite') return dataDirectory;
  const { url, passwordFile, caFile, answerSeconds } = store;
  return { url, passwordFile, caFile, answerMs: answerSeconds * 1000 };
}
