import { type NotificationEvent, notificationEvents } from '#models/alerting/notificationEvent.ts';
import { createTables, type Sql } from '../store/sql.ts';
import { Statements } from '../store/statements.ts';
import type { Notice } from './notifier.ts';
import type { Routing } from './routing.ts';

export const deliveryStates = ['waiting', 'delivered', 'dead', 'abandoned'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One notification of one alert to one channel. */
export interface Delivery {
  id: number;
  channel: string;
  alert: string;
  event: NotificationEvent;
  createdMs: number;
  /** True before the first attempt. */
  nextMs: number;
  attempts: number;
  state: DeliveryState;
  /** Error of the last failed attempt. */
  error: string | null;
  notice: Notice;
}

/** Limit on pending notifications; further ones become dead letters at once, for a person to decide. */
const MAX_WAITING = 100_000;
/** Interval between two messages of one case to a digest channel. */
const CASE_MS = 60_000;
/** Number of cases whose last message time is kept. */
const MAX_CASES = 1000;
/** Retention of delivered and abandoned notifications. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Notifications as rows of the database that holds the alerts: a row is written in the transaction that changed its
 * alert, and stays until it is delivered or abandoned by a person.
 */
export class DeliveryTable {
  readonly #statements: Statements;
  readonly #routing: Routing;
  readonly #now: () => number;
  /** When a channel was last notified of a case. In memory only: after a restart the next message is sent at once. */
  readonly #sentOf = new Map<string, number>();

  constructor(db: Sql, routing: Routing, now: () => number) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, alert TEXT NOT NULL, event TEXT NOT NULL, notice TEXT NOT NULL,
        created_ms REAL NOT NULL, next_ms REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting',
        error TEXT, done_ms REAL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, channel, next_ms);
      CREATE INDEX IF NOT EXISTS deliveries_order ON deliveries (channel, alert, state, id);
      CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (channel, id, next_ms, alert) WHERE state = 'waiting';
    `,
    );
    this.#statements = new Statements(db);
    this.#routing = routing;
    this.#now = now;
  }

  /** Writes a row for each channel to be notified of a change; call it in the transaction of the change. */
  changed(before: Notice | null, after: Notice): void {
    for (const event of notificationEvents(before, after))
      this.enqueue(event, after, this.#routing.channelsFor(event, after, this.#now()));
  }

  enqueue(event: NotificationEvent, notice: Notice, channels: readonly string[]): void {
    const nowMs = this.#now();
    for (const channel of channels) {
      const isFull = this.#waiting() >= MAX_WAITING;
      this.#statements.write(
        'INSERT INTO deliveries (channel, alert, event, notice, created_ms, next_ms, state, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        channel,
        notice.id,
        event,
        JSON.stringify(notice),
        nowMs,
        Math.max(this.#routing.notBeforeMs(channel, notice, nowMs), this.#heldMs(channel, notice)),
        isFull ? 'dead' : 'waiting',
        isFull ? `more than ${MAX_WAITING} notifications are pending` : null,
      );
      // An earlier notification held for quiet hours, a shift or a digest would block this one, so it is released
      // first.
      if (notice.severity === 'critical')
        this.#statements.write(
          "UPDATE deliveries SET next_ms = ? WHERE channel = ? AND alert = ? AND state = 'waiting' AND next_ms > ?",
          nowMs,
          channel,
          notice.id,
          nowMs,
        );
    }
  }

  /** After a message of a case, further warnings of it are collected. */
  sentOf(channel: string, caseId: string): void {
    const key = JSON.stringify([channel, caseId]);
    this.#sentOf.delete(key);
    this.#sentOf.set(key, this.#now());
    for (const [oldest] of this.#sentOf) {
      if (this.#sentOf.size <= MAX_CASES) break;
      this.#sentOf.delete(oldest);
    }
  }

  /** Until when a warning is held for others of its case; 0 if it is not held. Critical alerts are never held. */
  #heldMs(channel: string, notice: Notice): number {
    if (!('case' in notice) || notice.case === undefined || notice.severity === 'critical') return 0;
    if (!this.#routing.isDigest(channel)) return 0;
    const sentMs = this.#sentOf.get(JSON.stringify([channel, notice.case]));
    return sentMs === undefined ? 0 : sentMs + CASE_MS;
  }

  /** Whether a channel is notified of this kind of event. */
  concerns(channel: string, event: NotificationEvent, notice: Notice): boolean {
    return this.#routing.channelsFor(event, notice, this.#now()).includes(channel);
  }

  /** Deliveries due to a channel; only the oldest of each alert, to preserve their order. */
  due(channel: string, limit: number): Delivery[] {
    const sql = `SELECT * FROM deliveries AS d INDEXED BY deliveries_waiting WHERE state = 'waiting' AND channel = ? AND next_ms <= ? AND NOT EXISTS (
      SELECT 1 FROM deliveries AS e WHERE e.channel = d.channel AND e.alert = d.alert AND e.state = 'waiting' AND e.id < d.id
    ) ORDER BY id LIMIT ?`;
    return this.#statements.all(sql, channel, this.#now(), limit).map(deliveryOf);
  }

  delivered(id: number): void {
    const sql =
      "UPDATE deliveries SET state = 'delivered', error = NULL, attempts = attempts + 1, done_ms = ? WHERE id = ?";
    this.#statements.run(sql, this.#now(), id);
  }

  /** Records a failed attempt: the delivery is retried, or becomes a dead letter. */
  failed(id: number, error: string, nextMs: number | null): void {
    const sql =
      'UPDATE deliveries SET attempts = attempts + 1, error = ?, next_ms = coalesce(?, next_ms), state = ? WHERE id = ?';
    this.#statements.run(sql, error.slice(0, 500), nextMs, nextMs === null ? 'dead' : 'waiting', id);
  }

  /** Retries a recovered channel's pending deliveries at once. Quiet hours still apply. */
  retryNow(channel: string): void {
    const sql =
      "UPDATE deliveries SET next_ms = ? WHERE state = 'waiting' AND channel = ? AND attempts > 0 AND next_ms > ?";
    this.#statements.run(sql, this.#now(), channel, this.#now());
  }

  /** Newest first. */
  list(state: DeliveryState | null, limit: number): Delivery[] {
    const where = state === null ? '' : 'WHERE state = ?';
    const values = state === null ? [limit] : [state, limit];
    return this.#statements
      .all(`SELECT * FROM deliveries ${where} ORDER BY id DESC LIMIT ?`, ...values)
      .map(deliveryOf);
  }

  /** Resends a dead letter; false if there is none with this number. */
  resend(id: number): boolean {
    const sql = "UPDATE deliveries SET state = 'waiting', next_ms = ? WHERE id = ? AND state IN ('dead', 'abandoned')";
    return this.#statements.run(sql, this.#now(), id).changes > 0;
  }

  abandon(id: number): boolean {
    const sql = "UPDATE deliveries SET state = 'abandoned', done_ms = ? WHERE id = ? AND state IN ('waiting', 'dead')";
    return this.#statements.run(sql, this.#now(), id).changes > 0;
  }

  counts(): { channel: string; state: DeliveryState; n: number }[] {
    const sql = 'SELECT channel, state, count(*) AS n FROM deliveries GROUP BY channel, state';
    return this.#statements.all(sql) as { channel: string; state: DeliveryState; n: number }[];
  }

  forgetOld(): void {
    const sql = "DELETE FROM deliveries WHERE state IN ('delivered', 'abandoned') AND done_ms < ?";
    this.#statements.run(sql, this.#now() - KEPT_MS);
  }

  #waiting(): number {
    return this.#statements.get("SELECT count(*) AS n FROM deliveries WHERE state = 'waiting'")?.n as number;
  }
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  return {
    id: row.id as number,
    channel: row.channel as string,
    alert: row.alert as string,
    event: row.event as NotificationEvent,
    createdMs: row.created_ms as number,
    nextMs: row.next_ms as number,
    attempts: row.attempts as number,
    state: row.state as DeliveryState,
    error: row.error as string | null,
    notice: JSON.parse(row.notice as string),
  };
}
