import type { Logger } from 'pino';
import type { Envelope } from '#models/contracts/envelope.ts';
import { type KeptMessage, parseMessage, type Refusal } from '#models/contracts/message.ts';
import type { Piece, Want } from '#models/contracts/modelPieces.ts';
import type { Acknowledge } from '#models/contracts/status.ts';
import { type Origin, parseSupplyTopic, supplyReportTopic, topics } from '#models/contracts/topics.ts';
import type { BrokerLink, LinkHandlers, OpenLink } from './messages/brokerLink.ts';
import { inSpan } from './spans.ts';
import type { Accepted, Refused, Store, TakeResult } from './store/store.ts';

type Settle = Parameters<LinkHandlers['received']>[2];

const GROUP_MESSAGES = 64;
const GROUP_MS = 10;
/** Length of a refused message that is set aside. */
const KEPT_BYTES = 4096;
/** Messages that may be pending before back-pressure stops reading from the broker. */
const MAX_PENDING = 512;
const RETRY_MS = 1000;

/**
 * Ingests edge messages. Valid messages are committed to the store in groups and acknowledged once they are durable,
 * whereupon the edge deletes them from its outbox. Invalid messages are counted and set aside.
 */
export class Ingest {
  accepted = 0;
  duplicates = 0;
  readonly refused = new Map<Refusal, number>();
  failure: string | null = null;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #onCommitted: (committed: TakeResult) => void;
  readonly #piece: (want: Want) => Omit<Piece, 'v'>;
  readonly #supply: (table: string, payload: Uint8Array) => Promise<object>;
  readonly #failed: (error: unknown) => void;
  pieces = 0;
  /** Failed attempts to store a planner's table. */
  tableRetries = 0;
  readonly #link: BrokerLink;
  #pending: Accepted[] = [];
  #pendingSinceMs = 0;
  #toSetAside: Refused[] = [];
  /** Called once the pending messages, or those to set aside, are durable. */
  #toSettle: Settle[] = [];
  #toSettleAside: Settle[] = [];
  /** Envelopes of refused messages: these are acknowledged too, or their edges would resend them forever. */
  #refusedEnvelopes: Envelope[] = [];
  /** A planner's table that is not yet stored; until it is, reading is stopped. */
  #uploadedTable: { name: string; payload: Buffer; settle: Settle } | null = null;
  #tableTimer: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  /**
   * `committed` is called after each transaction; `piece` reads a piece of a model package; `supply` imports a planner's
   * table and returns the report; `failed` is called with errors of the store.
   */
  constructor(
    open: OpenLink,
    store: Store,
    now: () => number,
    log: Logger,
    committed: (t: TakeResult) => void,
    piece: (want: Want) => Omit<Piece, 'v'>,
    supply: (table: string, payload: Uint8Array) => Promise<object>,
    failed: (error: unknown) => void,
  ) {
    this.#failed = failed;
    this.#piece = piece;
    this.#supply = supply;
    this.#store = store;
    this.#now = now;
    this.#log = log;
    this.#onCommitted = committed;
    this.#link = open({
      received: (topic, payload, settle) => this.#accept(topic, payload, settle),
      isFull: () => this.#pending.length >= MAX_PENDING || this.#uploadedTable !== null,
    });
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  start(): void {
    this.#link.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#commit();
    await this.#link.stop();
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#tableTimer) clearTimeout(this.#tableTimer);
  }

  /** Publishes a signed command to an edge. @throws Error while the broker is disconnected. */
  async send(origin: Origin, message: string): Promise<void> {
    await this.publish(topics.command(origin), message);
  }

  /** Resolves on the broker's acknowledgement. @throws Error while the broker is disconnected. */
  publish(topic: string, message: string): Promise<void> {
    return this.#link.publish(topic, message);
  }

  #accept(topic: string, payload: Buffer, settle: Settle): void {
    const table = parseSupplyTopic(topic);
    if (table !== null) {
      this.#uploadedTable = { name: table, payload, settle };
      void this.#storeTable();
      return;
    }
    const parsed = parseMessage(topic, payload);
    if (parsed.ok && parsed.message.kind === 'want') {
      this.#sendPiece(parsed.message.body);
      settle(true);
      return;
    }
    if (!parsed.ok) {
      this.refused.set(parsed.refusal, (this.refused.get(parsed.refusal) ?? 0) + 1);
      const { refusal, detail } = parsed;
      // A copy of the beginning: the payload may be large and is part of the connection's buffer.
      const beginning = Uint8Array.prototype.slice.call(payload, 0, KEPT_BYTES);
      this.#toSetAside.push({ topic, refusal, detail, payload: beginning, atMs: this.#now() });
      this.#toSettleAside.push(settle);
      if (parsed.envelope) this.#refusedEnvelopes.push(parsed.envelope);
      if (this.#toSetAside.length >= GROUP_MESSAGES) this.#setAside();
      this.#timer ??= setTimeout(() => this.#commit(), GROUP_MS);
      return;
    }
    this.accepted++;
    this.#toSettle.push(settle);
    if (this.#pending.length === 0) this.#pendingSinceMs = this.#now();
    this.#pending.push({ message: parsed.message as KeptMessage, text: payload.toString('utf8') });
    if (this.failure === null && this.#pending.length >= GROUP_MESSAGES) this.#commit();
    else this.#timer ??= setTimeout(() => this.#commit(), GROUP_MS);
  }

  /** Stores a table before its message is acknowledged; a failure is retried while reading is stopped. */
  async #storeTable(): Promise<void> {
    if (this.#uploadedTable === null) return;
    const { name, payload, settle } = this.#uploadedTable;
    try {
      const report = await this.#supply(name, payload);
      this.#link.publishUnconfirmed(supplyReportTopic(name), JSON.stringify(report));
      settle(true);
      this.#uploadedTable = null;
      this.#resume();
    } catch (error) {
      this.tableRetries++;
      this.#failed(error);
      this.#log.error({ table: name, error: String(error) }, 'a table could not be stored and is retried');
      if (!this.#isStopped) this.#tableTimer = setTimeout(() => void this.#storeTable(), RETRY_MS);
    }
  }

  /** An edge repeats an unanswered request. */
  #sendPiece(want: Want): void {
    let piece: Piece;
    try {
      piece = { v: 1, ...this.#piece(want) };
    } catch (error) {
      this.#log.error({ error: String(error) }, 'a chunk of a package could not be read');
      return;
    }
    this.pieces++;
    this.#link.publishUnconfirmed(topics.piece(want), JSON.stringify(piece));
  }

  #setAside(): void {
    const refused = this.#toSetAside;
    this.#toSetAside = [];
    // Even if the store fails: unacknowledged messages are resent, and refused again.
    const envelopes = this.#refusedEnvelopes;
    this.#refusedEnvelopes = [];
    const toSettle = this.#toSettleAside;
    this.#toSettleAside = [];
    try {
      this.#store.setAside(refused);
      for (const { site, edge, outbox, sequence } of envelopes) {
        this.#acknowledge({ site, edge, outbox, ranges: [[sequence, sequence]] });
      }
      for (const settle of toSettle) settle(true);
    } catch (error) {
      for (const settle of toSettle) settle(false);
      this.#log.error({ error: String(error), messages: refused.length }, 'refused messages could not be set aside');
    }
  }

  #commit(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#toSetAside.length > 0) this.#setAside();
    const messages = this.#pending.length;
    if (messages > 0) inSpan('ingest', { messages }, () => this.#commitPending(), this.#pendingSinceMs);
  }

  #commitPending(): void {
    let committed: TakeResult;
    try {
      committed = inSpan('commit', {}, () => this.#store.take(this.#pending));
    } catch (error) {
      if (this.failure === null)
        this.#log.error({ error: String(error) }, 'the store is not writable: edges keep their messages');
      this.failure = String(error);
      this.#failed(error);
      this.#timer = setTimeout(() => this.#commit(), RETRY_MS);
      return;
    }
    if (this.failure !== null) this.#log.info('the store is writable again');
    this.failure = null;
    this.#pending = [];
    const toSettle = this.#toSettle;
    this.#toSettle = [];
    for (const settle of toSettle) settle(true);
    this.duplicates += committed.duplicates;
    for (const ranges of committed.ranges) this.#acknowledge(ranges);
    this.#onCommitted(committed);
    this.#resume();
  }

  #resume(): void {
    if (this.#uploadedTable !== null) return;
    this.#link.resume();
  }

  #acknowledge({ outbox, ranges, ...origin }: TakeResult['ranges'][number]): void {
    const message: Acknowledge = { v: 1, outbox, ranges, timeMs: this.#now() };
    // An edge that misses it resends the messages and gets another acknowledgement.
    this.#link.publishUnconfirmed(topics.acknowledge(origin), JSON.stringify(message));
  }
}
