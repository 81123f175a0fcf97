import type { SourceOutages, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { MessageKind } from '#models/contracts/topics.ts';
import type { Receipt } from '../../receipts.ts';

/** A message for the outbox, which adds its envelope. */
export interface Outgoing {
  kind: Exclude<MessageKind, 'status' | 'want'>;
  topic: string;
  body: object;
}

export interface KeptState {
  key: string;
  value: Buffer;
}

/** Everything that one commit makes durable. */
export interface CommitBatch {
  outgoing: Outgoing[];
  states: KeptState[];
  /** Receipts of the messages it resulted from. */
  receipts?: readonly Receipt[];
}

/** A ledger message that is due. */
export interface LedgerDue {
  timeMs: number;
  sources?: SourceOutages[];
  subscriptions?: SubscriptionLedger[];
}

/** The edge's place in topics. */
export interface Origin {
  site: string;
  edge: string;
}
