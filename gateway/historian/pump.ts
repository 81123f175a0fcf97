import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import type { Logger } from 'pino';
import { ALONE, type Lead } from '../peers/lead.ts';
import type { Store } from '../store/store.ts';
import { type Historian, type SeriesRow, seriesKey } from './historian.ts';
import { rowsOf } from './rows.ts';

const BATCH_MESSAGES = 200;

/** Writes queued rows from the store to the historian, in order, with retries until they are durable. */
export class HistorianPump {
  written = 0;
  refused = 0;
  /** Rows of a kind that the historian does not store. */
  unsupported = 0;
  /** Rows refused because their series exceed the limit. */
  overSeries = 0;
  /** The historian's last error; null while it is healthy. */
  failure: string | null = null;
  readonly #store: Store;
  readonly #historian: Historian;
  readonly #maxSeries: number;
  readonly #log: Logger;
  readonly #failed: (error: unknown) => void;
  readonly #lead: Lead;
  readonly #series = new Set<string>();
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;

  /** @param failed called with each error of the historian, before the retry. */
  constructor(
    store: Store,
    historian: Historian,
    maxSeries: number,
    log: Logger,
    failed: (error: unknown) => void = () => undefined,
    lead: Lead = ALONE,
  ) {
    this.#failed = failed;
    this.#lead = lead;
    this.#store = store;
    this.#historian = historian;
    this.#maxSeries = maxSeries;
    this.#log = log;
  }

  get series(): number {
    return this.#series.size;
  }

  /** Drains the queue; does nothing while a drain is running. */
  run(): void {
    if (this.#running || this.#abort.signal.aborted || !this.#lead.isLeader) return;
    this.#running = this.#drain()
      .catch((error) => {
        this.#failed(error);
        if (!this.#abort.signal.aborted)
          this.#log.error({ error: String(error) }, 'writing to the historian stopped; the next rows start it again');
      })
      .finally(() => {
        this.#running = null;
      });
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (!this.#abort.signal.aborted && this.#lead.isLeader) {
      const queued = this.#store.queued(BATCH_MESSAGES);
      if (queued.length === 0) return;
      const rows = queued.flatMap((q) => rowsOf(q.text)).filter((row) => this.#admits(row));
      await this.#write(rows);
      this.#store.unqueue(queued[queued.length - 1].id);
      // An embedded historian never waits for I/O: yield to other work in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #write(rows: SeriesRow[]): Promise<void> {
    if (rows.length === 0) return;
    const again = retry(handleAll, { backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5000 }) });
    again.onFailure(({ reason }) => {
      const why = 'error' in reason ? reason.error.message : 'unknown';
      if (this.failure === null) this.#log.warn({ error: why }, 'the historian rejects writes: rows wait in the queue');
      this.failure = why;
      if ('error' in reason) this.#failed(reason.error);
    });
    const {
      refused,
      why,
      unsupported = 0,
    } = await again.execute(() => this.#historian.write(rows), this.#abort.signal);
    if (this.failure !== null) this.#log.info('the historian accepts writes again');
    this.failure = null;
    if (refused > 0) this.#log.warn({ refused, why }, 'the historian refused rows permanently');
    this.refused += refused;
    this.unsupported += unsupported;
    this.written += rows.length - refused - unsupported;
  }

  #admits(row: SeriesRow): boolean {
    const key = seriesKey(row);
    if (this.#series.has(key)) return true;
    if (this.#series.size >= this.#maxSeries) {
      this.overSeries++;
      return false;
    }
    this.#series.add(key);
    return true;
  }
}
