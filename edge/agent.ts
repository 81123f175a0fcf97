import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { AimedOrder } from './commands.ts';
import type { EdgeConfig } from './config.ts';
import { ModelFileWait } from './models/modelFileWait.ts';
import type { ModelHost } from './models/modelHost.ts';
import type { ModelOrders } from './models/modelOrders.ts';
import type { Outbox } from './outbox.ts';
import { type Drained, type LedgerDue, Pipeline } from './pipeline/pipeline.ts';
import type { Outages } from './sources/outages.ts';
import type { Arrival, Sink } from './sources/source.ts';

/** A commit takes so many arrivals at the most, or those of so many milliseconds. */
const GROUP_ARRIVALS = 128;
const GROUP_MS = 10;
/** From so many on, a moment of silence ends a group: a broker may hold back the rest until these are acknowledged. */
const SMALL_GROUP = 16;
const SILENCE_MS = 2;
/** The same of arrivals for which nobody waits; an alert among them does not wait either. */
const UNHURRIED_ARRIVALS = 8192;
const UNHURRIED_MS = 1000;
/** Arrivals that wait for a disk that does not take them, before the sources are stopped. */
const MAX_WAITING = 256;
const RETRY_MS = 1000;
/** A model of a machine's own rows that calls more of them unlike their neighbours is none. */
const MOST_FALSE_RATE = 0.02;

/**
 * Takes arrivals, works on them at once, and makes what comes of them durable in groups; only then is each arrival done.
 * A disk that refuses stops the sources, is tried again, and loses nothing.
 */
export class Agent implements Sink {
  readonly pipeline: Pipeline;
  commits = 0;
  /** What the disk said when it last refused; null while it takes everything. */
  failure: string | null = null;
  /** Of the sources that feed it, once there are any. */
  outages: Outages | null = null;
  readonly #config: EdgeConfig;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #committed: () => void;
  /** Where models run; null where none can come. */
  #host: ModelHost | null = null;
  #orders: ModelOrders | null = null;
  #modelsRun = false;
  #stopping = false;
  #waiting: (() => void)[] = [];
  #stopped: (() => void)[] = [];
  #refused: Drained | null = null;
  /** Arrivals for which nobody waits that are not durable yet. */
  #unhurried = 0;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #silence: NodeJS.Timeout | null = null;
  #ledgerMs: number;
  /** What became of the model files that the configuration names, by machine. */
  readonly modelFiles = new Map<string, ModelFileWait>();

  /** `committed` is called after each commit. */
  constructor(config: EdgeConfig, outbox: Outbox, now: () => number, log: Logger, committed: () => void) {
    this.#config = config;
    this.#outbox = outbox;
    this.#now = now;
    this.#log = log;
    this.#committed = committed;
    this.#ledgerMs = now();
    this.pipeline = new Pipeline(config, outbox.states());
  }

  /** Arrivals that are not durable yet. */
  get held(): number {
    return this.#waiting.length + this.#unhurried;
  }

  accept(arrival: Arrival, done: (() => void) | null): void {
    this.pipeline.accept(arrival, this.#now());
    this.#runModels();
    if (done) this.#waiting.push(done);
    else this.#unhurried++;
    if (this.#refused !== null) return;
    if (!done) {
      if (this.#unhurried >= UNHURRIED_ARRIVALS) this.commit();
      else this.#schedule(this.pipeline.alerting ? GROUP_MS : UNHURRIED_MS);
      return;
    }
    if (this.#waiting.length >= GROUP_ARRIVALS) this.commit();
    else if (this.#waiting.length === SMALL_GROUP) this.#silence = setTimeout(() => this.commit(), SILENCE_MS);
    else if (this.#silence) this.#silence.refresh();
    else this.#schedule(GROUP_MS);
  }

  whenReady(resume: () => void): void {
    if (this.#waiting.length < MAX_WAITING && this.#unhurried < 2 * UNHURRIED_ARRIVALS) resume();
    else this.#stopped.push(resume);
  }

  /** Has models run from now on. */
  useModels(host: ModelHost, orders: ModelOrders): void {
    this.#host = host;
    this.#orders = orders;
    this.#runModels();
  }

  /** Does what an order wants of a machine or a point. @throws Error with why it cannot. */
  async obey(id: string, order: AimedOrder): Promise<string> {
    if (order.what === 'model') return this.#takeModel(order);
    if (order.what === 'rollback') {
      const { asset, why = 'by command' } = order;
      return this.#kept(() =>
        this.pipeline.changeModels(asset, (slot) => slot.undo(order.id ?? null, why, this.#now())),
      );
    }
    const { what, asset, point } = order;
    if (what === 'evidence') {
      if (!this.pipeline.ask(id, asset, point))
        throw new Error(`${asset} has no vibration point ${point} that could be asked now`);
      return 'its signal follows as evidence';
    }
    return this.#kept(() => {
      if (!this.pipeline.relearn(asset, point)) throw new Error(`${asset} has no point ${point}`);
      return 'it learns anew';
    });
  }

  /**
   * Installs models that lie in files where a machine's configuration names one, and it has not had it yet. A file that was
   * refused is looked at again when it was changed, one for which the machine has not run enough a little later.
   */
  async takeModelFiles(): Promise<void> {
    const orders = this.#orders;
    if (!orders) return;
    for (const [asset, { model: file }] of Object.entries(this.#config.assets)) {
      const waits = this.modelFiles.get(asset);
      if (file === undefined || (waits && !waits.due(this.#now()))) continue;
      try {
        const opened = await orders.open(file);
        const { id } = opened;
        const known = this.pipeline.models().find((m) => m.asset === asset);
        if (known?.active?.id !== id && known?.undone?.id !== id) {
          const installed = await orders.prepareOpened(asset, opened);
          this.#kept(() => this.pipeline.changeModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
          this.#log.info({ asset, file, id }, 'the model of the file judges from now on');
        }
        this.modelFiles.set(asset, ModelFileWait.settled(file));
      } catch (error) {
        const next = ModelFileWait.refused(file, error, this.#now());
        if (waits?.why !== next.why) this.#log.warn({ asset, file, why: next.why }, 'the model waits');
        this.modelFiles.set(asset, next);
      }
    }
  }

  /** Has machines that have seen enough learn a model of their own. */
  async learnOwnModels(): Promise<void> {
    if (!this.#host) return;
    for (const { asset, ...request } of this.pipeline.takeOwnRows()) {
      const learned = await this.#host.learn(request);
      if (!learned.ok || learned.model.card.falseRate > MOST_FALSE_RATE) {
        const why = learned.ok ? `it calls ${learned.model.card.falseRate} of its own rows unlike them` : learned.why;
        this.#log.warn({ asset, why }, 'no model could be learned of its own rows; it begins anew');
        continue;
      }
      const { model } = learned;
      const id = createHash('sha256').update(JSON.stringify(model)).digest('hex');
      const installed = { id, name: 'own', release: id.slice(0, 8), model };
      // One that was approved for it may have come meanwhile.
      if (this.pipeline.models().some((m) => m.asset === asset && m.active)) continue;
      this.#kept(() => this.pipeline.changeModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
      this.#log.info({ asset, channels: model.channels, rows: model.card.rows }, 'a model of its own judges');
    }
  }

  async #takeModel({ asset, id, stage }: Extract<AimedOrder, { what: 'model' }>): Promise<string> {
    if (!this.#orders) throw new Error('models do not run here');
    const installed = await this.#orders.prepare({ asset, id });
    this.#kept(() => this.pipeline.changeModels(asset, (slot) => slot.install(installed, stage)) ?? '');
    return stage === 'live' ? 'it judges from now on' : 'it runs in the shadow from now on';
  }

  /** Rows that wait for models go to them together; those that come meanwhile are the next ones. */
  #runModels(): void {
    const host = this.#host;
    if (!host || this.#modelsRun) return;
    const work = this.pipeline.takeModelWork();
    if (work.length === 0) return;
    this.#modelsRun = true;
    host
      .run(work.flatMap((one) => one.work.jobs.map((job) => job.job)))
      .then((results) => {
        if (this.#stopping) return;
        let at = 0;
        for (const one of work) {
          this.pipeline.modelsDone(one, results.slice(at, at + one.work.jobs.length), this.#now());
          at += one.work.jobs.length;
        }
        this.#modelsRun = false;
        this.#schedule(this.pipeline.alerting ? GROUP_MS : UNHURRIED_MS);
        this.#runModels();
      })
      // A host answers in bounded time, whatever models do: this is a bug, and the process must not go on silently.
      .catch((error) => {
        queueMicrotask(() => {
          throw error;
        });
      });
  }

  /** Does something while the disk takes what there is, and has it kept. */
  #kept(change: () => string): string {
    this.commit();
    if (this.failure !== null) throw new Error(`the outbox takes nothing: ${this.failure}`);
    const said = change();
    this.commit();
    return said;
  }

  /** Nothing is committed any more: what models say later is said again after a restart. */
  stop(): void {
    this.#host = null;
    this.#orders = null;
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#silence) clearTimeout(this.#silence);
  }

  /** Makes everything durable that was accepted so far, if the disk lets it. */
  commit(): void {
    if (this.#stopping) return;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#silence) clearTimeout(this.#silence);
    this.#timer = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#silence = null;
    const kept =
      (this.#refused === null || this.#keep(this.#refused)) &&
      this.#keep(this.pipeline.drain({ ledger: this.#ledgerDue() }));
    if (!kept) {
      this.#schedule(RETRY_MS);
      return;
    }
    const done = this.#waiting;
    this.#waiting = [];
    this.#unhurried = 0;
    for (const call of done) call();
    const resume = this.#stopped;
    this.#stopped = [];
    for (const call of resume) call();
    this.#committed();
  }

  /** False where the disk refused; what it refused is kept for the next try. */
  #keep(drained: Drained): boolean {
    this.#refused = drained;
    try {
      if (drained.outgoing.length > 0 || drained.states.length > 0 || this.#outbox.hasForgotten) {
        this.#outbox.commit(drained, this.#config, this.#now());
        this.commits++;
      }
    } catch (error) {
      if (this.failure === null) this.#log.error({ error: String(error) }, 'the outbox takes nothing: sources wait');
      this.failure = String(error);
      return false;
    }
    if (this.failure !== null) this.#log.info('the outbox takes again');
    this.failure = null;
    this.#refused = null;
    return true;
  }

  #ledgerDue(): LedgerDue | null {
    const timeMs = this.#now();
    if (timeMs - this.#ledgerMs < this.#config.ledgerIntervalMs) return null;
    this.#ledgerMs = timeMs;
    return { timeMs, sources: this.outages?.look(timeMs) };
  }

  #schedule(delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    if (this.#dueMs <= dueMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.commit(), delayMs);
  }
}
