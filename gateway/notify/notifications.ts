import type { Logger } from 'pino';
import { ALONE, type Lead } from '../peers/lead.ts';
import { GIVE_UP_MS, retryDelayMs } from '../retryDelay.ts';
import { inSpan } from '../spans.ts';
import { unlessAway } from '../store/postgres/unlessAway.ts';
import type { Delivery, DeliveryTable } from './deliveryTable.ts';
import type { Notifier } from './notifier.ts';

const TICK_MS = 1000;
const FORGET_MS = 3_600_000;
/** Concurrent messages per channel. */
const PARALLEL = 4;

/** Delivery tables by database: machine alerts, planner alerts. */
export type DeliveryTables = Record<string, DeliveryTable>;

/**
 * Delivers pending notifications: in order for each alert, with back-off and jitter after a failure, and at once when a
 * channel recovers. All attempts of a notification have the same key; one that was delivered just before a crash, but
 * not marked, is resent with it.
 */
export class Notifications {
  sent = 0;
  /** Failed attempts; each is retried. */
  failed = 0;
  readonly #tables: DeliveryTables;
  readonly #channels: ReadonlyMap<string, Notifier>;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #lead: Lead;
  readonly #inFlight = new Map<string, Set<string>>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #broken = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #forgotMs = 0;
  #isStopped = false;

  constructor(
    tables: DeliveryTables,
    channels: readonly Notifier[],
    now: () => number,
    log: Logger,
    lead: Lead = ALONE,
  ) {
    this.#tables = tables;
    this.#channels = new Map(channels.map((c) => [c.name, c]));
    this.#now = now;
    this.#log = log;
    this.#lead = lead;
  }

  start(): void {
    this.#timer = setInterval(() => this.run(), TICK_MS);
    this.run();
  }

  /** Starts deliveries that are due and not in progress. */
  run(): void {
    if (!this.#isStopped && this.#lead.isLeader) unlessAway(() => this.#run());
  }

  #run(): void {
    for (const channel of this.#channels.values())
      for (const [table, deliveries] of Object.entries(this.#tables)) this.#runChannel(channel, table, deliveries);
    if (this.#now() - this.#forgotMs < FORGET_MS) return;
    this.#forgotMs = this.#now();
    for (const table of Object.values(this.#tables)) table.forgetOld();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.allSettled(this.#tasks);
  }

  #runChannel(channel: Notifier, table: string, deliveries: DeliveryTable): void {
    const inFlight = this.#inFlight.get(channel.name) ?? new Set();
    this.#inFlight.set(channel.name, inFlight);
    const free = PARALLEL - Math.ceil(inFlight.size / channel.most);
    if (free <= 0) return;
    const due = deliveries
      .due(channel.name, inFlight.size + free * channel.most)
      .filter((d) => !inFlight.has(`${table}/${d.id}`))
      .slice(0, free * channel.most);
    for (let at = 0; at < due.length; at += channel.most) {
      const task = this.#send(channel, table, deliveries, due.slice(at, at + channel.most), inFlight);
      this.#tasks.add(task);
      void task.finally(() => this.#tasks.delete(task));
    }
  }

  async #send(
    channel: Notifier,
    table: string,
    deliveries: DeliveryTable,
    batch: readonly Delivery[],
    inFlight: Set<string>,
  ): Promise<void> {
    for (const { id } of batch) inFlight.add(`${table}/${id}`);
    try {
      const notices = batch.map(({ id, event, notice }) => ({ key: `${table}-${id}`, event, notice }));
      await inSpan('notification', { channel: channel.name, notifications: batch.length }, () =>
        channel.notify(notices),
      );
      for (const { id, notice } of batch) {
        deliveries.delivered(id);
        if ('case' in notice && notice.case !== undefined) deliveries.sentOf(channel.name, notice.case);
      }
      this.sent += batch.length;
      if (this.#broken.delete(channel.name)) {
        this.#log.info({ channel: channel.name }, 'notifications are delivered again');
        deliveries.retryNow(channel.name);
      }
    } catch (error) {
      this.#failed(channel, deliveries, batch, String(error));
    } finally {
      for (const { id } of batch) inFlight.delete(`${table}/${id}`);
    }
    // Deliveries that waited for this one, for their order or a free slot.
    this.run();
  }

  #failed(channel: Notifier, deliveries: DeliveryTable, batch: readonly Delivery[], error: string): void {
    this.failed += batch.length;
    if (!this.#broken.has(channel.name))
      this.#log.error(
        { channel: channel.name, error },
        'notifications cannot be delivered: they are stored and retried',
      );
    this.#broken.add(channel.name);
    const nowMs = this.#now();
    try {
      for (const { id, attempts, createdMs } of batch) {
        const delay = retryDelayMs(attempts) * (0.8 + 0.4 * Math.random());
        deliveries.failed(id, error, nowMs - createdMs > GIVE_UP_MS ? null : nowMs + delay);
      }
    } catch (storeError) {
      // The disk is full or failing: the rows are unchanged and due again.
      this.#log.error({ error: String(storeError) }, 'failed deliveries could not be recorded');
    }
  }
}
