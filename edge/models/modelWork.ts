import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { MachineOrder } from '../commands.ts';
import type { EdgeConfig } from '../config.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { ModelFileRetry } from './modelFileRetry.ts';
import type { ModelHost } from './modelHost.ts';
import type { ModelInstaller } from './modelInstaller.ts';

/** What model work needs from its edge. */
export interface ModelWorkSurroundings {
  assets: EdgeConfig['assets'];
  pipeline: Pipeline;
  now: () => number;
  log: Logger;
  /** Applies a change and commits it. @throws Error while commits fail. */
  durably: (change: () => string) => string;
  /** Called when results have been applied to the pipeline. */
  onInferred: () => void;
}

/** A model that flags more of the rows it was trained on is discarded. */
const MAX_FALSE_RATE = 0.02;

/** The models of an edge's machines: inference on their rows, installation, and training of a machine's own. */
export class ModelWork {
  /** State of the model files that the configuration names, by machine. */
  readonly files = new Map<string, ModelFileRetry>();
  readonly #edge: ModelWorkSurroundings;
  /** Process that runs models; null if none is available. */
  #host: ModelHost | null = null;
  #installer: ModelInstaller | null = null;
  #isInferring = false;
  #stopping = false;

  constructor(edge: ModelWorkSurroundings) {
    this.#edge = edge;
  }

  /** Starts inference on `host`. */
  start(host: ModelHost, installer: ModelInstaller): void {
    this.#host = host;
    this.#installer = installer;
    this.infer();
  }

  /** Stops inference. Results that arrive later are computed again after a restart. */
  stop(): void {
    this.#host = null;
    this.#installer = null;
    this.#stopping = true;
  }

  /** Runs inference on all due rows as one batch; rows that arrive meanwhile form the next. */
  infer(): void {
    const host = this.#host;
    if (!host || this.#isInferring) return;
    const { pipeline, now, onInferred } = this.#edge;
    const work = pipeline.takeModelWork();
    if (work.length === 0) return;
    this.#isInferring = true;
    host
      .run(work.flatMap((one) => one.work.jobs.map((job) => job.job)))
      .then((results) => {
        if (this.#stopping) return;
        let at = 0;
        for (const one of work) {
          pipeline.applyModelResults(one, results.slice(at, at + one.work.jobs.length), now());
          at += one.work.jobs.length;
        }
        this.#isInferring = false;
        onInferred();
        this.infer();
      })
      // The host answers in bounded time whatever a model does: a rejection is a bug and must crash the process.
      .catch((error) => {
        queueMicrotask(() => {
          throw error;
        });
      });
  }

  /** Installs a model by command. @throws Error with the reason if it cannot. */
  async install({ asset, id, stage }: Extract<MachineOrder, { what: 'model' }>): Promise<string> {
    if (!this.#installer) throw new Error('this edge runs no models');
    const installed = await this.#installer.prepare({ asset, id });
    const { durably, pipeline } = this.#edge;
    durably(() => pipeline.updateModels(asset, (slot) => slot.install(installed, stage)) ?? '');
    return stage === 'live' ? 'the model is live' : 'the model runs in shadow';
  }

  rollBack({ asset, id, why = 'by command' }: Extract<MachineOrder, { what: 'rollback' }>): string {
    const { durably, pipeline, now } = this.#edge;
    return durably(() => pipeline.updateModels(asset, (slot) => slot.rollBack(id ?? null, why, now())));
  }

  /**
   * Installs the model files that the configuration names and that are not installed yet. A refused file is retried
   * when it changes; one whose machine has too little history, a little later.
   */
  async installFiles(): Promise<void> {
    const installer = this.#installer;
    if (!installer) return;
    const { assets, now, log } = this.#edge;
    for (const [asset, { model: file }] of Object.entries(assets)) {
      const waits = this.files.get(asset);
      if (file === undefined || (waits && !waits.isDue(now()))) continue;
      try {
        await this.#installFile(installer, asset, file);
        this.files.set(asset, ModelFileRetry.settled(file));
      } catch (error) {
        const next = ModelFileRetry.refused(file, error, now());
        if (waits?.why !== next.why) log.warn({ asset, file, why: next.why }, 'the model file is not installed yet');
        this.files.set(asset, next);
      }
    }
  }

  async #installFile(installer: ModelInstaller, asset: string, file: string): Promise<void> {
    const { durably, pipeline, log } = this.#edge;
    const opened = await installer.openFile(file);
    const { id } = opened;
    const known = pipeline.models().find((m) => m.asset === asset);
    if (known?.active?.id === id || known?.undone?.id === id) return;
    const installed = await installer.preparePackage(asset, opened);
    durably(() => pipeline.updateModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
    log.info({ asset, file, id }, 'the model file is live');
  }

  /** Trains a model on a machine's own rows, for machines that have enough of them and no model. */
  async trainOwn(): Promise<void> {
    if (!this.#host) return;
    const { durably, pipeline, log } = this.#edge;
    for (const { asset, ...request } of pipeline.takeTrainingRows()) {
      const learned = await this.#host.learn(request);
      if (!learned.ok || learned.model.card.falseRate > MAX_FALSE_RATE) {
        const why = learned.ok ? `it flags ${learned.model.card.falseRate} of its own training rows` : learned.why;
        log.warn({ asset, why }, 'no model could be trained on the machine’s own rows; collection starts over');
        continue;
      }
      const { model, members } = learned;
      const id = createHash('sha256')
        .update(JSON.stringify([model, members]))
        .digest('hex');
      const installed = { id, name: 'own', release: id.slice(0, 8), model, members };
      // An approved model may have been installed meanwhile.
      if (pipeline.models().some((m) => m.asset === asset && m.active)) continue;
      durably(() => pipeline.updateModels(asset, (slot) => slot.install(installed, 'live')) ?? '');
      const { channels, card } = model;
      log.info(
        { asset, channels, rows: card.rows, members: members.watches },
        'a model trained on the machine’s own rows is live',
      );
    }
  }
}
