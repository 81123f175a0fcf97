import type { MessagePort } from 'node:worker_threads';
import type { PostgresSettings } from './postgresSettings.ts';

/** Flags shared by the thread and its owner: an answer arrived, a connection exists, and its number. */
export const [WAKE, CONNECTION, CONNECTED_AS] = [0, 1, 2];

export interface ThreadData {
  port: MessagePort;
  flags: SharedArrayBuffer;
  settings: PostgresSettings;
  schema: string;
}

export type Question =
  /** `values` null: several statements in one batch. `of`: the connection it belongs to; others refuse it. */
  | { kind: 'ask'; id: number; text: string; values: unknown[] | null; of: number }
  /** Answered when the first attempt to connect has ended. */
  | { kind: 'wait'; id: number }
  | { kind: 'drop' }
  | { kind: 'close' };

export type Answer =
  | { id: number; ok: true; rows: Record<string, unknown>[]; changes: number; command: string }
  | { id: number; ok: false; code: string; message: string };
