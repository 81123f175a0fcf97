import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { MachineOrder } from './commands.ts';
import type { EdgeConfig } from './config.ts';
import { ModelFileRetry } from './models/modelFileRetry.ts';
import type { ModelHost } from './models/modelHost.ts';
import type { ModelInstaller } from './models/modelInstaller.ts';
import type { Outbox } from './outbox.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { CommitBatch, LedgerDue } from './pipeline/record/commitBatch.ts';
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
/** A model that flags more of the rows it was trained on is discarded. */
const MAX_FALSE_RATE = 0.02;

/**
 * Processes arrivals as they come and commits the results in groups; each arrival is acknowledged once its group is
 * durable. A failed write stops the sources by back-pressure and is retried; nothing is lost.
 */
export class Agent implements OnceSink {
  readonly pipeline: Pipeline;
  commits = 0;
  /** Error of the last commit; null while commits succeed. */
  failure: string | null = null;
  /** Outages of the sources, once there are any. */
  outages: Outages | null = null;
  readonly #config: EdgeConfig;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #committed: () => void;
  /** Process that runs models; null where none is available. */
  #host: ModelHost | null = null;
  #orders: ModelInstaller | null = null;
  #isInferring = false;
  #stopping = false;
  /** Acknowledgements of arrivals that are not durable yet. */
  #pending: (() => void)[] = [];
  /** Of what is not durable yet. */
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
  /** State of the model files that the configuration names, by machine. */
  readonly modelFiles = new Map<string, ModelFileRetry>();

  /** `committed` is called after each commit; `version` is of Millwright. */
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

  #take(arrivals: readonly Arrival[], done: (() => void) | null): void {
    for (const arrival of arrivals) this.pipeline.accept(arrival, this.#now());
    this.#infer();
    if (done) this.#pending.push(done);
    else this.#unacknowledged++;
    if (this.#uncommitted !== null) return;
    if (!done) {
      if (this.#unacknowledged >= UNACKNOWLEDGED_ARRIVALS) this.commit();
      else this.#schedule(this.pipeline.hasPendingAlerts ? GROUP_MS : UNACKNOWLEDGED_MS);
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

  /** Starts inference on `host`. */
  useModels(host: ModelHost, orders: ModelInstaller): void {
    this.#host = host;
    this.#orders = orders;
    this.#infer();
  }

  /** Executes an order on a machine or a point. @throws Error with the reason where it cannot. */
  async execute(id: string, order: MachineOrder): Promise<string> {
    if (order.what === 'model') return this.#installModel(order);
    if (order.what === 'rollback') {
      const { asset, why = 'by command' } = order;
      return this.#durably(() =>
        this.pipeline.updateModels(asset, (slot) => slot.rollBack(order.id ?? null, why, this.#now())),
      );
    }
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

  /**
   * Installs the model files that the configuration names and that are not installed yet. A refused file is retried when it
   * changes; one for which the machine has too little history, a little later.
   */
  async installModelFiles(): Promise<void> {
    const orders = this.#orders;
    if (!orders) return;
    for (const [asset, { model: file }] of Object.entries(this.#config.assets)) {
      const waits = this.modelFiles.get(asset);
      if (file === undefined || (waits && !waits.isDue(this.#now()))) continue;
      try {
        const opened = await orders.openFile(file);
        const { id } = opened;
        const known = this.pipeline.models().find((m) => m.asset === asset);
        if (known?.active?.id !== id && known?.undone?.id !== id) {
          const installed = await orders.preparePackage(asset, opened);
          this.#durably(() => this.pipeline.updateModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
          this.#log.info({ asset, file, id }, 'the model file is live');
        }
        this.modelFiles.set(asset, ModelFileRetry.settled(file));
      } catch (error) {
        const next = ModelFileRetry.refused(file, error, this.#now());
        if (waits?.why !== next.why)
          this.#log.warn({ asset, file, why: next.why }, 'the model file is not installed yet');
        this.modelFiles.set(asset, next);
      }
    }
  }

  /** Trains a model on a machine's own rows, for machines that have enough of them and no model. */
  async trainOwnModels(): Promise<void> {
    if (!this.#host) return;
    for (const { asset, ...request } of this.pipeline.takeTrainingRows()) {
      const learned = await this.#host.learn(request);
      if (!learned.ok || learned.model.card.falseRate > MAX_FALSE_RATE) {
        const why = learned.ok ? `it flags ${learned.model.card.falseRate} of its own training rows` : learned.why;
        this.#log.warn({ asset, why }, 'no model could be trained on the machine’s own rows; collection starts over');
        continue;
      }
      const { model } = learned;
      const id = createHash('sha256').update(JSON.stringify(model)).digest('hex');
      const installed = { id, name: 'own', release: id.slice(0, 8), model };
      // An approved model may have been installed meanwhile.
      if (this.pipeline.models().some((m) => m.asset === asset && m.active)) continue;
      this.#durably(() => this.pipeline.updateModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
      this.#log.info(
        { asset, channels: model.channels, rows: model.card.rows },
        'a model trained on the machine’s own rows is live',
      );
    }
  }

  async #installModel({ asset, id, stage }: Extract<MachineOrder, { what: 'model' }>): Promise<string> {
    if (!this.#orders) throw new Error('this edge runs no models');
    const installed = await this.#orders.prepare({ asset, id });
    this.#durably(() => this.pipeline.updateModels(asset, (slot) => slot.install(installed, stage)) ?? '');
    return stage === 'live' ? 'the model is live' : 'the model runs in shadow';
  }

  /** Runs inference on all rows that are due, as one batch; rows that come meanwhile form the next. */
  #infer(): void {
    const host = this.#host;
    if (!host || this.#isInferring) return;
    const work = this.pipeline.takeModelWork();
    if (work.length === 0) return;
    this.#isInferring = true;
    host
      .run(work.flatMap((one) => one.work.jobs.map((job) => job.job)))
      .then((results) => {
        if (this.#stopping) return;
        let at = 0;
        for (const one of work) {
          this.pipeline.applyModelResults(one, results.slice(at, at + one.work.jobs.length), this.#now());
          at += one.work.jobs.length;
        }
        this.#isInferring = false;
        this.#schedule(this.pipeline.hasPendingAlerts ? GROUP_MS : UNACKNOWLEDGED_MS);
        this.#infer();
      })
      // The host answers in bounded time whatever a model does: a rejection is a bug and must crash the process.
      .catch((error) => {
        queueMicrotask(() => {
          throw error;
        });
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

  /** Ends commits. Results of models that come later are computed again after a restart. */
  stop(): void {
    this.#host = null;
    this.#orders = null;
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#pause) clearTimeout(this.#pause);
  }

  /** Makes everything durable that was accepted so far; where the disk fails, schedules a retry. */
  commit(): void {
    if (this.#stopping) return;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#pause) clearTimeout(this.#pause);
    this.#timer = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#pause = null;
    const isDurable =
      (this.#uncommitted === null || this.#write(this.#uncommitted)) &&
      this.#write({ ...this.pipeline.drain({ ledger: this.#ledgerDue() }), receipts: this.#receipts.splice(0) });
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

  /** False where the write failed; the batch is then kept for the next attempt. */
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

  #schedule(delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    if (this.#dueMs <= dueMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.commit(), delayMs);
  }
}
