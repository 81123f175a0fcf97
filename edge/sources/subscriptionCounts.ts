import type { Rejection, SubscriptionLedger } from '#models/contracts/ledger.ts';
import { REMEDIES } from './refusalLog.ts';
import type { Arrival } from './source.ts';

/** A subscription without messages for this long is reported. */
export const QUIET_MS = 60_000;

interface Counts {
  messages: number;
  values: number;
  ignored: number;
  chunks: number;
  rejected: SubscriptionLedger['rejected'];
  last?: { reason: Rejection; detail?: string; topic: string };
}

/** Outcomes of the messages of each subscription of a source, counted since its start. */
export class SubscriptionCounts {
  readonly #counts: ReadonlyMap<string, Counts>;
  readonly #unreported: Set<string>;

  constructor(topics: readonly string[]) {
    this.#counts = new Map(topics.map((t) => [t, { messages: 0, values: 0, ignored: 0, chunks: 0, rejected: {} }]));
    this.#unreported = new Set(topics);
  }

  /** Counts a message, before its outcome. */
  message(subscription: string): void {
    this.#of(subscription).messages++;
  }

  chunk(subscription: string): void {
    this.#of(subscription).chunks++;
  }

  note(subscription: string, topic: string, arrivals: readonly Arrival[]): void {
    const counts = this.#of(subscription);
    if (arrivals.length === 0) counts.ignored++;
    for (const arrival of arrivals) {
      if (arrival.ok) counts.values++;
      else {
        const { rejection: reason, detail } = arrival;
        counts.rejected[reason] = (counts.rejected[reason] ?? 0) + 1;
        counts.last = { reason, ...(detail !== undefined && { detail }), topic };
      }
    }
  }

  /** Subscriptions that never had a message; each is returned once. */
  quiet(): string[] {
    const quiet = [...this.#unreported].filter((topic) => this.#of(topic).messages === 0);
    this.#unreported.clear();
    return quiet;
  }

  ledgers(): Omit<SubscriptionLedger, 'source'>[] {
    return [...this.#counts].map(([topic, { last, rejected, ...counts }]) => {
      const remedy = last && REMEDIES[last.reason];
      return {
        subscription: topic,
        ...counts,
        rejected: { ...rejected },
        ...(last && { lastRefusal: { ...last, ...(remedy !== undefined && { remedy }) } }),
      };
    });
  }

  #of(subscription: string): Counts {
    return this.#counts.get(subscription) as Counts;
  }
}
