import type { SourceOutages, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { MessageKind } from '#models/contracts/topics.ts';
import type { Receipt } from '../../receipts.ts';

/** A message on its way to the outbox; it gets its envelope there. */
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
  /** Of the messages that brought it. */
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
