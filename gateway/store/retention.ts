import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { ALONE, type Lead } from '../peers/lead.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;
/** Rows of one kind deleted at a time, so that acknowledgements to edges are not delayed. */
const ROWS = 500;

/** Kinds of rows with an age limit. The audit log has none, because it is append-only. */
export const retained = ['alerts', 'evidence'] as const;
export type Retained = (typeof retained)[number];

interface Forgetful {
  /** Deletes at most this many rows older than a time, oldest first; returns their number. */
  forget(kind: Retained, beforeMs: number, rows: number): number;
}

/** Deletes expired rows, a few at a time. */
export class Retention {
  /** Rows deleted since the start. */
  readonly removed = new Map<Retained, number>();
  readonly #store: Forgetful;
  readonly #days: Record<Retained, number>;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #lead: Lead;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    store: Forgetful,
    config: GatewayConfig['retention'],
    now: () => number,
    log: Logger,
    lead: Lead = ALONE,
  ) {
    this.#store = store;
    this.#days = { alerts: config.alertDays, evidence: config.evidenceDays };
    this.#now = now;
    this.#log = log;
    this.#lead = lead;
  }

  start(): void {
    this.#timer = setInterval(() => this.run(), EVERY_MS);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  run(): void {
    if (!this.#lead.isLeader) return;
    for (const kind of retained) {
      try {
        const removed = this.#store.forget(kind, this.#now() - this.#days[kind] * DAY_MS, ROWS);
        this.removed.set(kind, (this.removed.get(kind) ?? 0) + removed);
      } catch (error) {
        this.#log.error({ kind, error: String(error) }, 'expired rows could not be deleted');
      }
    }
  }
}
