import type { Logger } from 'pino';
import type { MachineOrder } from './commands.ts';
import type { EdgeConfig } from './config.ts';
import { ModelWork } from './models/modelWork.ts';
import type { Outbox } from './outbox.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { CommitBatch, KeptState, LedgerDue, Outgoing } from './pipeline/record/commitBatch.ts';
import type { Receipt } from './receipts.ts';
import type { Outages } from './sources/outages.ts';
import type { Arrival, OnceSink } from './sources/source.ts';

/** A group commit holds at most this many arrivals, or those of this many milliseconds. */
const GROUP_ARRIVALS = 128;
const GROUP_MS = 10;
/** From this size on, a short pause ends a group: a broker may withhold the rest until these are acknowledged. */
const SMALL_GROUP = 16;
const PAUSE_MS = 2;
/** Bounds of a group of arrivals that need no acknowledgement; an alert among them shortens it to GROUP_MS. */
const UNACKNOWLEDGED_ARRIVALS = 8192;
const UNACKNOWLEDGED_MS = 1000;
/** Arrivals that may be pending on a full disk before back-pressure stops the sources. */
const MAX_PENDING = 256;
const RETRY_MS = 1000;

/**
 * Processes arrivals and commits the results in groups; each arrival is acknowledged once its group is durable. A
 * failed write stops the sources by back-pressure and is retried; nothing is lost.
 */
export class Agent implements OnceSink {
  readonly pipeline: Pipeline;
  readonly models: ModelWork;
  commits = 0;
  /** Error of the last commit; null while commits succeed. */
  failure: string | null = null;
  /** Outages of the sources; null until they are tracked. */
  outages: Outages | null = null;
  /** Reads the messages of each commit. */
  observer: { observe(outgoing: readonly Outgoing[]): KeptState[] } | null = null;
  readonly #config: EdgeConfig;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #committed: () => void;
  #stopping = false;
  /** Acknowledgements of arrivals that are not durable yet. */
  #pending: (() => void)[] = [];
  /** Receipts that are not durable yet. */
  readonly #receipts: Receipt[] = [];
  /** Sources that back-pressure has stopped. */
  #paused: (() => void)[] = [];
  #uncommitted: CommitBatch | null = null;
  /** Arrivals that need no acknowledgement and are not durable yet. */
  #unacknowledged = 0;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #pause: NodeJS.Timeout | null = null;
  #ledgerMs: number;
  /** @param committed called after each commit. @param version of Millwright. */
  constructor(
    config: EdgeConfig,
    outbox: Outbox,
    now: () => number,
    log: Logger,
    committed: () => void,
    version = 'unknown',
  ) {
    this.#config = config;
    this.#outbox = outbox;
    this.#now = now;
    this.#log = log;
    this.#committed = committed;
    this.#ledgerMs = now();
    this.pipeline = new Pipeline(config, outbox.states(), version);
    this.models = new ModelWork({
      assets: config.assets,
      pipeline: this.pipeline,
      now,
      log,
      durably: (change) => this.#durably(change),
      onInferred: () => this.#scheduleUnacknowledged(),
    });
  }

  /** Arrivals that are not durable yet. */
  get pendingArrivals(): number {
    return this.#pending.length + this.#unacknowledged;
  }

  accept(arrival: Arrival, done: (() => void) | null): void {
    this.#take([arrival], done);
  }

  acceptOnce(arrivals: readonly Arrival[], receipt: Receipt, done: () => void): void {
    this.#receipts.push(receipt);
    this.#take(arrivals, done);
  }

  receiptOf(key: string): string | null {
    return this.#outbox.receiptOf(key);
  }

  newestMs(asset: string, point: string): number | null {
    return this.pipeline.newestMs(asset, point);
  }

  #take(arrivals: readonly Arrival[], done: (() => void) | null): void {
    for (const arrival of arrivals) this.pipeline.accept(arrival, this.#now());
    this.models.infer();
    if (done) this.#pending.push(done);
    else this.#unacknowledged++;
    if (this.#uncommitted !== null) return;
    if (!done) {
      if (this.#unacknowledged >= UNACKNOWLEDGED_ARRIVALS) this.commit();
      else this.#scheduleUnacknowledged();
      return;
    }
    if (this.#pending.length >= GROUP_ARRIVALS) this.commit();
    else if (this.#pending.length === SMALL_GROUP) this.#pause = setTimeout(() => this.commit(), PAUSE_MS);
    else if (this.#pause) this.#pause.refresh();
    else this.#schedule(GROUP_MS);
  }

  whenReady(resume: () => void): void {
    if (this.#pending.length < MAX_PENDING && this.#unacknowledged < 2 * UNACKNOWLEDGED_ARRIVALS) resume();
    else this.#paused.push(resume);
  }

  /** Executes an order on a machine or a point. @throws Error with the reason if it cannot. */
  async execute(id: string, order: MachineOrder): Promise<string> {
    if (order.what === 'model') return this.models.install(order);
    if (order.what === 'rollback') return this.models.rollBack(order);
    const { what, asset, point } = order;
    if (what === 'evidence') {
      if (!this.pipeline.requestEvidence(id, asset, point))
        throw new Error(`${asset} has no vibration point ${point}, or one whose recording is under way`);
      return 'the recording follows as evidence';
    }
    return this.#durably(() => {
      if (!this.pipeline.relearn(asset, point)) throw new Error(`${asset} has no point ${point}`);
      return 'the baseline is learned again';
    });
  }

  /** Applies a change and commits it. @throws Error while commits fail. */
  #durably(change: () => string): string {
    this.commit();
    if (this.failure !== null) throw new Error(`the outbox cannot be written: ${this.failure}`);
    const detail = change();
    this.commit();
    return detail;
  }

  /** Stops committing. Model results that arrive later are computed again after a restart. */
  stop(): void {
    this.models.stop();
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#pause) clearTimeout(this.#pause);
  }

  /** Commits everything accepted so far; if the write fails, schedules a retry. */
  commit(): void {
    if (this.#stopping) return;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#pause) clearTimeout(this.#pause);
    this.#timer = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#pause = null;
    const isDurable = (this.#uncommitted === null || this.#write(this.#uncommitted)) && this.#write(this.#drain());
    if (!isDurable) {
      this.#schedule(RETRY_MS);
      return;
    }
    const done = this.#pending;
    this.#pending = [];
    this.#unacknowledged = 0;
    for (const call of done) call();
    const resume = this.#paused;
    this.#paused = [];
    for (const call of resume) call();
    this.#committed();
  }

  #drain(): CommitBatch {
    const drained = this.pipeline.drain({ ledger: this.#ledgerDue() });
    const kept = this.observer?.observe(drained.outgoing) ?? [];
    return { ...drained, states: [...drained.states, ...kept], receipts: this.#receipts.splice(0) };
  }

  /** False if the write failed; the batch is then kept for the next attempt. */
  #write(drained: CommitBatch): boolean {
    this.#uncommitted = drained;
    try {
      const { outgoing, states, receipts = [] } = drained;
      if ([outgoing, states, receipts].some((all) => all.length > 0) || this.#outbox.hasAcknowledged) {
        this.#outbox.commit(drained, this.#config, this.#now());
        this.commits++;
      }
    } catch (error) {
      if (this.failure === null)
        this.#log.error({ error: String(error) }, 'the outbox cannot be written: sources are stopped');
      this.failure = String(error);
      return false;
    }
    if (this.failure !== null) this.#log.info('the outbox can be written again');
    this.failure = null;
    this.#uncommitted = null;
    return true;
  }

  #ledgerDue(): LedgerDue | null {
    const timeMs = this.#now();
    if (timeMs - this.#ledgerMs < this.#config.ledgerIntervalMs) return null;
    this.#ledgerMs = timeMs;
    return { timeMs, sources: this.outages?.look(timeMs), subscriptions: this.outages?.subscriptions() };
  }

  /** An alert among arrivals that need no acknowledgement shortens their group. */
  #scheduleUnacknowledged(): void {
    this.#schedule(this.pipeline.hasPendingAlerts ? GROUP_MS : UNACKNOWLEDGED_MS);
  }

  #schedule(delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    if (this.#dueMs <= dueMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.commit(), delayMs);
  }
}
