import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;
/** Rows of one kind that go at a time: what is acknowledged to edges must not wait long for it. */
const ROWS = 500;

/** What has an age limit in the store. The audit log has none: it is append-only. */
export const retained = ['alerts', 'evidence'] as const;
export type Retained = (typeof retained)[number];

interface Forgetful {
  /** Removes at most so many rows that are older, the oldest first; how many went. */
  forget(kind: Retained, beforeMs: number, rows: number): number;
}

/** Removes what is older than its retention, a little at a time. */
export class Retention {
  /** Rows that were removed since the start. */
  readonly removed = new Map<Retained, number>();
  readonly #store: Forgetful;
  readonly #days: Record<Retained, number>;
  readonly #now: () => number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Forgetful, config: GatewayConfig['retention'], now: () => number, log: Logger) {
    this.#store = store;
    this.#days = { alerts: config.alertDays, evidence: config.evidenceDays };
    this.#now = now;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => this.run(), EVERY_MS);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  run(): void {
    for (const kind of retained) {
      try {
        const removed = this.#store.forget(kind, this.#now() - this.#days[kind] * DAY_MS, ROWS);
        this.removed.set(kind, (this.removed.get(kind) ?? 0) + removed);
      } catch (error) {
        this.#log.error({ kind, error: String(error) }, 'what is older than its retention could not be removed');
      }
    }
  }
}
