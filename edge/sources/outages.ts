import type { SourceOutages, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { Source } from './source.ts';

/** Counts how often and how long each source was disconnected. All start as disconnected. */
export class Outages {
  readonly #sources: readonly Source[];
  readonly #types: readonly string[];
  readonly #down: { sinceMs: number | null; outages: number; downMs: number }[];

  constructor(sources: readonly Source[], types: readonly string[], nowMs: number) {
    this.#sources = sources;
    this.#types = types;
    this.#down = sources.map(() => ({ sinceMs: nowMs, outages: 0, downMs: 0 }));
  }

  /** Checks every source; a connection lost and restored between two checks is not noticed. */
  look(nowMs: number): SourceOutages[] {
    return this.#sources.map((source, i) => {
      const down = this.#down[i];
      const connected = source.state === 'connected';
      if (!connected && down.sinceMs === null) {
        down.sinceMs = nowMs;
        down.outages++;
      }
      if (down.sinceMs !== null) {
        down.downMs += nowMs - down.sinceMs;
        down.sinceMs = connected ? null : nowMs;
      }
      return { source: i, type: this.#types[i], connected, outages: down.outages, downS: down.downMs / 1000 };
    });
  }

  /** Message counts of every subscription. */
  subscriptions(): SubscriptionLedger[] {
    return this.#sources.flatMap(
      (source, i) => source.subscriptions?.().map((counts) => ({ source: i, ...counts })) ?? [],
    );
  }
}
